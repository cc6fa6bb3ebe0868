"""``./luoshi doctor``: what is wrong with this installation, and what to do. Reads only."""

import os
import sys
from argparse import Namespace
from pathlib import Path

from luoshi.commands.database import describe, hidden, reach, sqlite_file
from luoshi.commands.errors import WrongUse
from luoshi.commands.frame import Parser, set_up
from luoshi.kit.errors import Refused

NAME = "doctor"
HELP = "检查这套系统好不好，逐项说出毛病和办法"
WELL, ILL, KNOW = "✓", "✗", "·"


def arguments(parser: Parser) -> None:
    parser.add_argument("--full", action="store_true", help="慢慢查：每条流水、每个附件的内容、全部检索词")


def run(options: Namespace) -> int:
    """0: nothing is wrong. One line each: ✓ well, ✗ wrong and what to do, · worth knowing.

    :raises Refused: where something is wrong (exit code 1).
    """
    set_up()
    wrong = _database()
    if not wrong:
        from django.utils import timezone

        from luoshi.kit import health

        for result in health.examine(health.Examination(timezone.now(), full=options.full)):
            if not result.symptoms:
                print(f"{WELL} {result.label}")
            for symptom in result.symptoms:
                print(f"{ILL if symptom.is_wrong else KNOW} {result.label}：{symptom}")
            wrong += sum(symptom.is_wrong for symptom in result.symptoms)
            sys.stdout.flush()
    if wrong:
        raise Refused("doctor.wrong", f"发现 {wrong} 处毛病。", "请照上面带 ✗ 的各行办理，再运行一遍 ./luoshi doctor。")
    print("没有发现毛病。")
    return 0


def _database() -> int:
    """Whether the database can be asked at all: 0, or 1 after saying why not."""
    url = os.environ["DATABASE_URL"]
    if url.startswith("sqlite:") and not Path(sqlite_file(url)).is_file():
        return _ill(f"{hidden(url)} 还没有。请运行 ./luoshi init 或 ./luoshi serve，或检查 --db 和 DATABASE_URL。")
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    from luoshi.commands.keeping import rows

    try:
        if not url.startswith("sqlite:"):
            reach()
        executor = MigrationExecutor(connection)
        behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
        newer = rows.unknown(rows.applied())
    except WrongUse as error:
        return _ill(str(error))
    except DatabaseError as error:
        return _ill(describe(error) or str(error))
    if newer:
        return _ill(f"表是更新版本的程序建的（{newer[0][0]} {newer[0][1]}）。请把程序升级到那个版本。")
    if behind:
        return _ill(f"表还不是最新的（差 {len(behind)} 步）。请先备份，再运行 ./luoshi serve，会自动升级。")
    print(f"{WELL} 数据库：{hidden(url)} 连得上，表是最新的")
    return 0


def _ill(said: str) -> int:
    print(f"{ILL} 数据库：{said}")
    return 1
