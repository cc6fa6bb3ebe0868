"""The list of the mission's rows is whole, and what stands for a row is found and counted."""

import ast
import re
from pathlib import Path

import pytest

from luoshi.commands import rows
from luoshi.commands.errors import Unreadable
from tests.support import rows as recorder

ROOT = Path(__file__).resolve().parents[1]


def test_every_row_of_the_mission_is_listed_once_with_its_words() -> None:
    listed = rows.read_mission(ROOT / "docs" / "mission.toml")
    numbers = [row.number for row in listed]
    chapters = {"0": 4, "1": 6, "2": 6, "3": 7, "4": 6, "5": 2}
    expected = [f"{chapter}.{place}" for chapter, size in chapters.items() for place in range(1, size + 1)]
    assert numbers == [*expected, *(f"N{place}" for place in range(1, 9))]
    assert all(re.search(r"[\u4e00-\u9fff]", row.zh) and row.en.isascii() for row in listed)


def test_tests_of_a_row_are_found_on_functions_classes_and_modules() -> None:
    source = """
import pytest
pytestmark = pytest.mark.row("1.1")
@pytest.mark.row("1.2", "N3")
def test_one(): ...
@pytest.mark.row("1.3")
class TestMany:
    @pytest.mark.slow
    def test_two(self): ...
def helper(): ...
"""
    assert dict(rows.marked(ast.parse(source).body, [], "a.py")) == {
        "a.py::test_one": ["1.1", "1.2", "N3"],
        "a.py::TestMany::test_two": ["1.1", "1.3"],
    }


def test_a_row_is_done_only_with_an_existing_page_and_tests_that_all_passed() -> None:
    def status(pages: list[str], absent: list[str], *outcomes: dict[str, dict[str, int]]) -> str:
        tests = {str(place): outcome for place, outcome in enumerate(outcomes)}
        return rows.Row("1.1", "话", "word", pages, absent, tests).status

    passed, failed, skipped = (
        {"sqlite": {"passed": 2}},
        {"sqlite": {"passed": 1, "failed": 1}},
        {"sqlite": {"skipped": 1}},
    )
    assert status(["home"], [], passed) == rows.DONE
    assert status([], [], passed) == rows.MISSING
    assert status(["gone"], ["gone"], passed) == rows.MISSING
    assert status(["home"], []) == rows.MISSING
    assert status(["home"], [], passed, failed) == rows.FAILING
    assert status(["home", "gone"], ["gone"], passed) == rows.FAILING
    assert status(["home"], [], passed, skipped) == rows.NOT_RUN
    assert status(["home"], [], passed, {}) == rows.NOT_RUN


def test_a_run_is_written_over_the_same_tests_and_leaves_the_others(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    recorder.keep(path, "sqlite", {"a": ["1.1"], "b": ["1.2"]}, {"a": {"a": "passed"}, "b": {"b": "failed"}})
    recorder.keep(path, "postgresql", {"a": ["1.1"]}, {"a": {"a[x]": "passed", "a[y]": "failed"}})
    recorder.keep(path, "sqlite", {"b": ["1.2"]}, {"b": {"b": "passed"}})
    assert rows.last_run(path) == {
        "a": {"rows": ["1.1"], "outcomes": {"sqlite": {"passed": 1}, "postgresql": {"passed": 1, "failed": 1}}},
        "b": {"rows": ["1.2"], "outcomes": {"sqlite": {"passed": 1}}},
    }
    path.write_text("half a fi", encoding="utf-8")
    with pytest.raises(Unreadable):
        rows.last_run(path)
    assert rows.last_run(tmp_path / "never.json") == {}
