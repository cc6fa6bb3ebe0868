"""The result as a table, each line with the budget that it must keep."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

RATIO, GROWTH, STATEMENTS = 2.0, 2.0, 12
PAGE_MS, CREATE_MS, EXPORT_MS, EXPORT_MB = 40.0, 15.0, 60_000.0, 300
Result = Mapping[str, Any]


def lines(results: Sequence[Result]) -> Iterator[str]:
    """Markdown: one table of the seven actions, one of the other pages, and how fast the machine was meanwhile."""
    first = {item["name"]: item for item in results[0]["items"]}
    yield "| rows | action | ours_ms | sql_ms | ratio | growth | statements | page_ms | budget |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for result in results:
        for item in result["items"]:
            growth = item["ours_ms"] / first[item["name"]]["ours_ms"] if result is not results[0] else 1.0
            page = "—" if item["page_ms"] is None else f"{item['page_ms']:,.1f}"
            wrong = broken(item, growth=growth, largest=result["rows"] >= 1_000_000)
            said = "holds" if not wrong else f"does not hold: {', '.join(wrong)}"
            yield (
                f"| {result['rows']:,} | {item['name']} | {item['ours_ms']:,.2f} | {item['sql_ms']:,.2f} |"
                f" {item['ratio']:.2f} | {growth:.2f} | {item['statements']} | {page} | {said} |"
            )
    yield ""
    yield "| rows | page | db_ms | statements | page_ms | cpu_ms | budget |"
    yield "|---|---|---|---|---|---|---|"
    for result in results:
        for page_ in result["pages"]:
            wrong = broken(page_)
            said = "holds" if not wrong else f"does not hold: {', '.join(wrong)}"
            yield (
                f"| {result['rows']:,} | {page_['name']} | {page_['db_ms']:,.2f} | {page_['statements']} |"
                f" {page_['page_ms']:,.1f} | {page_['cpu_ms']:,.1f} | {said} |"
            )
    yield ""
    loops = "; ".join(
        f"{one['rows']:,} rows {' and '.join(f'{ms:.0f}' for ms in one['loop_ms'])} ms" for one in results
    )
    yield f"A million squares added up in Python, before and after: {loops}."


def broken(item: Result, *, growth: float = 1.0, largest: bool = False) -> list[str]:
    """Which budgets a line does not keep.

    The sweep is held to what fell due and the export to its 100,000 rows, so neither is counted in statements, and
    they are not compared with 10,000 rows, where both have less to do.
    """
    name = item["name"]
    long = name in ("sweep", "export")
    limit = {"create": CREATE_MS, "export": EXPORT_MS}.get(name, PAGE_MS)
    found = []
    if item.get("ratio", 0) > RATIO:
        found.append("ratio")
    if largest and growth > GROWTH and not long:
        found.append("growth")
    if item["statements"] > STATEMENTS and not long:
        found.append("statements")
    if item["page_ms"] is not None and item["page_ms"] > limit:
        found.append("page_ms")
    return found
