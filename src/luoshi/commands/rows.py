"""``./luoshi rows``: each row of the mission, where it is done, which tests prove it and how they went."""

import ast
import json
import tomllib
import unicodedata
from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from luoshi.commands.chinese import Parser
from luoshi.commands.errors import Unreadable, WrongUse
from luoshi.commands.frame import ROOT, load, set_up, var_folder

NAME = "rows"
HELP = "对照使命逐行看：在哪一页、哪些测试、上次跑得怎样"

DONE, FAILING, NOT_RUN, MISSING = "done", "failing", "not run", "missing"
WORDS = {DONE: "成", FAILING: "未过", NOT_RUN: "未跑", MISSING: "缺"}
BACKENDS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
OUTCOMES = {"passed": "过", "failed": "未过", "skipped": "没跑"}


def arguments(parser: Parser) -> None:
    parser.add_argument("--json", metavar="FILE", help="把同样的内容写成 JSON 文件")


@dataclass
class Row:
    """One row of the mission with what stands for it.

    ``tests`` maps a test to its outcomes by database, each a count by outcome; ``absent`` are pages that do not exist.
    """

    number: str
    zh: str
    en: str
    pages: list[str]
    absent: list[str] = field(default_factory=list)
    tests: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """``missing`` without an existing page or without a test; ``done`` where every test ran and none failed."""
        if not self.tests or len(self.pages) == len(self.absent):
            return MISSING
        counts = [count for outcomes in self.tests.values() for count in outcomes.values()]
        if any(count.get("failed") for count in counts) or self.absent:
            return FAILING
        ran = all(any(count.get("passed") for count in outcomes.values()) for outcomes in self.tests.values())
        return DONE if ran else NOT_RUN

    def tally(self) -> str:
        """How the tests went, by database, in words."""
        parts = []
        for backend, name in BACKENDS.items():
            total: dict[str, int] = {}
            for outcomes in self.tests.values():
                for outcome, count in outcomes.get(backend, {}).items():
                    total[outcome] = total.get(outcome, 0) + count
            if total:
                parts.append(f"{name} " + "、".join(f"{total[o]} {word}" for o, word in OUTCOMES.items() if o in total))
        return "；".join(parts) or ("上次没有跑" if self.tests else "缺")

    def as_json(self) -> dict[str, Any]:
        return {
            "row": self.number,
            "zh": self.zh,
            "en": self.en,
            "pages": self.pages,
            "pages_absent": self.absent,
            "tests": [{"test": test, "outcomes": outcomes} for test, outcomes in sorted(self.tests.items())],
            "status": self.status,
        }


def read_mission(path: Path) -> list[Row]:
    """The rows of the file.

    :raises Unreadable: where it is not there, no TOML, or a row lacks a field.
    """
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))["row"]
        return [Row(row["number"], row["zh"], row["en"], list(row["pages"])) for row in rows]
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise Unreadable("rows.mission", f"使命的清单 {path} 读不了（{error}）。", "请从程序的仓库里恢复它。") from None


def marks(decorators: Sequence[ast.expr]) -> list[str]:
    """Numbers in ``pytest.mark.row(…)`` among decorators or the values of ``pytestmark``."""
    return [
        str(argument.value)
        for call in decorators
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.row"
        for argument in call.args
        if isinstance(argument, ast.Constant)
    ]


def marked(body: Sequence[ast.stmt], inherited: list[str], prefix: str) -> Iterator[tuple[str, list[str]]]:
    """Tests of a module or class with the numbers of their rows, under the names that pytest gives them."""
    for statement in body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "pytestmark":
            value = statement.value
            inherited = inherited + marks(value.elts if isinstance(value, ast.List | ast.Tuple) else [value])
    for statement in body:
        if isinstance(statement, ast.ClassDef):
            yield from marked(
                statement.body, inherited + marks(statement.decorator_list), f"{prefix}::{statement.name}"
            )
        elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and statement.name.startswith("test"):
            numbers = inherited + marks(statement.decorator_list)
            if numbers:
                yield f"{prefix}::{statement.name}", numbers


def tests_of_rows(root: Path) -> dict[str, list[str]]:
    """Every test in the source that bears a row, with its rows; it need not have run."""
    found: dict[str, list[str]] = {}
    for top in ("src", "tests"):
        for path in sorted((root / top).rglob("test_*.py")):
            source = path.read_text(encoding="utf-8")
            if "mark.row" in source:
                found.update(marked(ast.parse(source).body, [], path.relative_to(root).as_posix()))
    return found


def last_run(path: Path) -> dict[str, Any]:
    """What the tests left behind, by test; nothing where they have not run."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise Unreadable(
            "rows.last_run", f"上次测试的结果 {path} 读不了（{error}）。", "请删去它，再运行 ./luoshi test。"
        ) from None
    return kept if isinstance(kept, dict) else {}


def routes() -> set[str]:
    """Names of all routes, with their namespaces."""
    from django.urls import URLPattern, URLResolver, get_resolver

    def walk(entries: Sequence[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
        for entry in entries:
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
            elif entry.name:
                yield f"{prefix}{entry.name}"

    return set(walk(get_resolver().url_patterns, ""))


def gather() -> list[Row]:
    """The rows as they stand now. Django must be set up."""
    rows = read_mission(ROOT / "docs" / "mission.toml")
    names = routes()
    for row in rows:
        row.absent = [page for page in row.pages if not exists(page, names)]
    by_number = {row.number: row for row in rows}
    kept = last_run(var_folder() / "rows.json")
    for test, numbers in tests_of_rows(ROOT).items():
        for number in numbers:
            if number in by_number:
                by_number[number].tests[test] = kept.get(test, {}).get("outcomes", {})
    return rows


def exists(page: str, names: set[str]) -> bool:
    """Whether a route of that name, or for ``./luoshi NAME`` a command, is there."""
    if page.startswith("./luoshi "):
        return load(page.removeprefix("./luoshi ").split()[0]) is not None
    return page in names


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def padded(text: str, columns: int) -> str:
    return text + " " * max(0, columns - width(text))


def shown(row: Row) -> str:
    pages = "、".join(f"{page}（没有这一页）" if page in row.absent else page for page in row.pages) or "缺"
    head = f"{padded(row.number, 5)}{padded(WORDS[row.status], 6)}{row.zh}"
    tests = f"{len(row.tests)} 个；{row.tally()}" if row.tests else "缺"
    return f"{head}\n{' ' * 11}页面：{pages}　测试：{tests}"


def run(options: Namespace) -> int:
    set_up()
    rows = gather()
    for row in rows:
        print(shown(row))
    count = {status: sum(row.status == status for row in rows) for status in WORDS}
    print(f"共 {len(rows)} 行：" + "，".join(f"{WORDS[status]} {number}" for status, number in count.items()) + "。")
    if options.json:
        try:
            Path(options.json).write_text(
                json.dumps([row.as_json() for row in rows], ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
            )
        except OSError as error:
            raise WrongUse(f"写不进 {options.json}（{error.strerror}）。", "请换一个位置。") from None
    return 0
