"""The table of the benchmark says of each line whether it keeps its budget."""

from typing import Any

import pytest

from luoshi.commands.benching.table import broken, lines

KEPT: dict[str, Any] = {
    "name": "list", "ours_ms": 2.0, "sql_ms": 1.0, "ratio": 2.0, "statements": 12, "page_ms": 40.0, "growth": 1.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({}, []),
        ({"ratio": 2.01}, ["ratio"]),
        ({"statements": 13}, ["statements"]),
        ({"page_ms": 40.1}, ["page_ms"]),
        ({"growth": 2.1}, ["growth"]),
        ({"name": "create", "page_ms": 15.1}, ["page_ms"]),
        ({"name": "sweep", "page_ms": None, "statements": 86, "growth": 70.0}, []),
        ({"name": "sweep", "page_ms": None, "ratio": 3.0}, ["ratio"]),
        ({"name": "export", "page_ms": 59_000.0, "statements": 200}, []),
        ({"name": "export", "page_ms": 61_000.0}, ["page_ms"]),
    ],
)
def test_a_line_that_breaks_its_budget_says_which(changed: dict[str, Any], wrong: list[str]) -> None:
    item = {**KEPT, **changed}
    assert broken(item, growth=item["growth"], largest=True) == wrong


def test_growth_counts_from_the_fewest_rows_to_a_million() -> None:
    def result(rows: int, ours_ms: float) -> dict[str, Any]:
        page = {"name": "today", "db_ms": 1.0, "statements": 9, "page_ms": 41.0, "cpu_ms": 20.0}
        return {"rows": rows, "items": [{**KEPT, "ours_ms": ours_ms}], "pages": [page], "loop_ms": [50.2, 61.0]}

    told = list(lines([result(10_000, 1.0), result(100_000, 3.0), result(1_000_000, 2.5)]))
    said = {line.split("|")[1].strip(): line.split("|")[-2].strip() for line in told if "| list |" in line}
    assert said == {"10,000": "holds", "100,000": "holds", "1,000,000": "does not hold: growth"}
    assert sum("does not hold: page_ms" in line for line in told) == 3
    assert "10,000 rows 50 and 61 ms; 100,000 rows 50 and 61 ms" in told[-1]
