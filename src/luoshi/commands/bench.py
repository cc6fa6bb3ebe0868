"""``./luoshi bench``: how long the program's actions take beside hand-written SQL on the same rows."""

import json
import os
import subprocess
import sys
import tempfile
from argparse import Namespace
from pathlib import Path
from typing import Any

from luoshi.commands.benching import data, pace, table
from luoshi.commands.benching.places import PLACES
from luoshi.commands.chinese import Parser
from luoshi.commands.errors import WrongUse
from luoshi.commands.frame import ROOT, set_up, var_folder

NAME = "bench"
HELP = "测速：在自建的库里装入大量事项，与手写 SQL 对比"
CHOOSES_DATABASE = True

ROWS = 10_000
ALL = (10_000, 100_000, 1_000_000)
LEAST, MOST = 100, 5_000_000
MOST_PEOPLE, MOST_ROWS_IN, MOST_SECONDS = 1_000, 100_000, 3_600
WORDS = {
    "list": "台账首页",
    "filter": "按单位看逾期",
    "search": "查找四字词",
    "detail": "事项页",
    "create": "立项",
    "sweep": "催办清点",
    "export": "导出 Excel",
}
PAGES = {
    **{name: WORDS[name] for name in ("list", "filter", "search", "detail")},
    "today": "今天",
    "unit": "单位页",
    "units": "单位",
    "goals": "目标",
    "goal": "目标页",
    "findings": "问题",
    "reckoning": "对账",
    **PLACES,
}
"""Pages measured once more for themselves, with time on a core and without hand-written SQL."""


def arguments(parser: Parser) -> None:
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--rows", metavar="N", type=int, default=ROWS, help=f"事项数，不写是 {ROWS:,}")
    size.add_argument("--all", action="store_true", help="依次测 " + "、".join(f"{n:,}" for n in ALL))
    parser.add_argument("--people", metavar="N", type=int, help="不测单个动作，测这么多人同时办事")
    parser.add_argument(
        "--seconds",
        metavar="S",
        type=int,
        default=120,
        help="--people 的人在几秒里陆续登录，到齐后再办几秒（不写：120）",
    )
    parser.add_argument("--import", dest="rows_in", metavar="N", type=int, help="测导入这么多行，同时有人立项")
    parser.add_argument("--json", metavar="FILE", type=Path, help="结果写入这个文件")
    parser.add_argument(
        "--as", dest="account", metavar="WHO", default="office", help="由谁来看：office、clerk3-1、head10"
    )


def run(options: Namespace) -> int:
    """0 when measured, whatever the figures say.

    :raises WrongUse: for a senseless number of rows, or a database or file that can't be made.
    """
    if not LEAST <= options.rows <= MOST:
        raise WrongUse(f"--rows 应在 {LEAST:,} 到 {MOST:,} 之间。", "请改正。")
    if options.people is not None or options.rows_in is not None:
        sensible = 0 <= (options.people or 0) <= MOST_PEOPLE and 0 <= (options.rows_in or 0) <= MOST_ROWS_IN
        if options.all or not sensible or not 1 <= options.seconds <= MOST_SECONDS:
            most = f"--people 最多 {MOST_PEOPLE:,}，--import 最多 {MOST_ROWS_IN:,}，--seconds 最多 {MOST_SECONDS:,}"
            raise WrongUse(f"{most}，都不和 --all 一起用。", "请改正。")
        results = _many(options)
    else:
        results = [_apart(options, count) for count in ALL] if options.all else _one(options)
        if options.all:
            print("\n".join(["", *table.lines(results)]), flush=True)
    if options.json:
        try:
            options.json.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise WrongUse(f"写不进 {options.json}（{error.strerror}）。", "请换一个位置。") from None
    return 0


def _apart(options: Namespace, count: int, named: str | None = None) -> Any:
    """One number of rows in a process of its own: memory and database start afresh. ``named``: the database that was named,
    where this process has turned to another since."""
    environment = {**os.environ}
    if named is not None:
        environment.pop("DATABASE_URL", None)
        environment |= {"DATABASE_URL": named} if named else {}
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "bench.json"
        command = [
            sys.executable,
            "-m",
            "luoshi",
            NAME,
            "--rows",
            str(count),
            "--json",
            str(kept),
            "--as",
            options.account,
        ]
        if options.db:
            command += ["--db", options.db]
        done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
        if done.returncode:
            raise WrongUse(f"{count:,} 件没有测成。", "原因见上。")
        return json.loads(kept.read_text(encoding="utf-8"))


def _many(options: Namespace) -> Any:
    from luoshi.commands.benching import people

    named, _ = _fill(options)
    return people.measure(options.people or 0, options.rows_in or 0, options.seconds, options.rows, named, var_folder())


def _fill(options: Namespace) -> tuple[str, bool]:
    """The filled database is the one that Django uses; what was named besides, and whether it was filled just now."""
    named = os.environ.get("DATABASE_URL", "")
    url = data.address(options.rows, named, var_folder())
    os.environ["DATABASE_URL"] = url
    data.make_room(url, named)
    set_up()
    print(f"{options.rows:,} 件事项，每件三条流水：", flush=True)
    seconds = data.ready(options.rows, named)
    print(f"装入用了 {seconds:.0f} 秒。" if seconds else "用上次装好的库。", flush=True)
    return named, bool(seconds)


def _one(options: Namespace) -> Any:
    from luoshi.commands.static import prepare_static

    named, new = _fill(options)
    prepare_static()
    if new:  # filling takes more memory than an export, and leaves its marks on both
        return _apart(options, options.rows, named)
    from luoshi.commands.benching.measure import Item, Page
    from luoshi.commands.benching.measure import run as measure

    print("动作            程序在库内毫秒  手写SQL毫秒   倍数  语句  整页毫秒", flush=True)

    def told(item: Item) -> None:
        page = f"{item.page_ms:,.1f}" if item.page_ms is not None else "—"
        name = WORDS[item.name]
        print(
            f"{name}{'　' * (7 - len(name))} {item.ours_ms:>14,.2f} {item.sql_ms:>11,.2f} {item.ratio:>6.2f}"
            f" {item.statements:>5} {page:>9}",
            flush=True,
        )

    def told_page(page: Page) -> None:
        name = PAGES[page.name]
        print(
            f"{name}{'　' * (7 - len(name))} {page.db_ms:>14,.2f} {'':>11} {'':>6} {page.statements:>5} {page.page_ms:>9,.1f}",
            flush=True,
        )

    before = pace.loop_ms()
    found = measure(options.rows, options.account, told, told_page)
    found["loop_ms"] = [before, pace.loop_ms()]
    print(f"导出 {found.pop('exported'):,} 行，这一进程内存最高 {found.pop('peak_mb'):,} MB。", flush=True)
    print(
        f"机器快慢：Python 把一百万个数乘方相加，测前 {before:.0f} 毫秒，测后 {found['loop_ms'][1]:.0f} 毫秒。",
        flush=True,
    )
    return found
