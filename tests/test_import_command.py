"""`./luoshi import` as typed: the line that counts, the codes, and what is said of a file that is none."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from tests.test_commands import is_one_chinese_line

pytestmark = [pytest.mark.row("1.6"), pytest.mark.slow]
MAKE = """
import django; django.setup()
from datetime import timedelta
from django.core.management import call_command
from django.utils import timezone
call_command("migrate", verbosity=0)
from luoshi.testing.cast import make_cast
make_cast(timezone.now() - timedelta(days=30))
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    done = subprocess.run(
        [sys.executable, "-c", MAKE], env=_environment(folder), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


def _environment(folder: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL"}}
    return {
        **clean,
        "LUOSHI_VAR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'town.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "luoshi.settings_test",
    }


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "luoshi", "import", *arguments],
        env=_environment(folder),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def book(path: Path, *rows: list[Any], more: str = "") -> str:
    made = Workbook()
    for row in rows:
        made.active.append(row)  # type: ignore[union-attr]  # a new workbook has a sheet
    if more:
        second = made.create_sheet(more)
        for first, row in zip(("备注", *[None] * len(rows)), rows, strict=False):
            second.append([first, *reversed(row)])
    made.save(path)
    return str(path)


def matters(folder: Path) -> int:
    with sqlite3.connect(folder / "town.sqlite3") as raw:
        return int(raw.execute("SELECT count(*) FROM matters_matter").fetchone()[0])


def test_rows_are_counted_on_the_last_line_and_the_code_says_whether_all_went_in(town: Path) -> None:
    good = ["A1", "路面破损", "石桥沟村"]
    path = book(town / "好.xlsx", ["编号", "问题", "责任单位"], good)
    tried = run(town, path, "--as", "matters", "--dry-run")
    assert (tried.returncode, tried.stdout) == (0, "rows 1, new 1, changed 0, same 0, refused 0\n")
    assert "第 1 行是表头：A 编号（编号）、B 问题（问题）、C 责任单位（责任单位）" in tried.stderr
    assert matters(town) == 0
    done = run(town, path, "--as", "matters")
    assert (done.returncode, done.stdout) == (0, "rows 1, new 1, changed 0, same 0, refused 0\n")
    again = run(town, path, "--as", "matters", "--by", "zhoumin")
    assert (again.returncode, again.stdout) == (0, "rows 1, new 0, changed 0, same 1, refused 0\n")

    bad = book(
        town / "坏.xlsx",
        ["编号", "问题", "责任单位"],
        good,
        ["A2", "路灯不亮", "没有的村"],
        ["A3", "桥栏松动", "石桥沟村"],
    )
    nothing = run(town, bad, "--as", "matters", "--all-or-nothing")
    assert nothing.returncode == 1
    assert nothing.stdout.splitlines()[-1] == "rows 3, new 1, changed 0, same 1, refused 1"
    assert nothing.stdout.startswith("C3：“责任单位”填的“没有的村”不在单位名册里。")
    assert matters(town) == 1
    some = run(town, bad, "--as", "matters")
    assert (some.returncode, some.stdout.splitlines()[-1]) == (1, "rows 3, new 1, changed 0, same 1, refused 1")
    assert matters(town) == 2


def test_wrong_use_and_unreadable_files_end_with_2_and_one_line(town: Path) -> None:
    two = book(town / "两张.xlsx", ["编号", "问题"], ["B1", "路面破损"], more="另一张")
    (town / "网页.xls").write_text("<html><table></table></html>")
    wrong = [
        (str(town / "没有.xlsx"), "--as", "matters"),
        (str(town / "网页.xls"), "--as", "matters"),
        (two, "--as", "matters"),
        (two, "--as", "matters", "--sheet", "第三张"),
        (two, "--as", "people", "--sheet", "另一张"),
        (two, "--as", "nonsense"),
        (two, "--as", "matters", "--sheet", "另一张", "--by", "nobody"),
        (two,),
    ]
    for arguments in wrong:
        done = run(town, *arguments)
        assert (done.returncode, done.stdout) == (2, ""), arguments
        assert is_one_chinese_line(done.stderr), done.stderr
    refused = run(town, two, "--as", "units", "--by", "zhoumin")
    assert (refused.returncode, is_one_chinese_line(refused.stderr)) == (1, True)
    chosen = run(town, two, "--as", "matters", "--sheet", "另一张")
    assert (chosen.returncode, chosen.stdout) == (0, "rows 1, new 1, changed 0, same 0, refused 0\n")
