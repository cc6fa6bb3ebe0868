"""`./luoshi init`: a real town from the command line."""

import os
import pty
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SAID = ("--name", "云岭镇", "--code", "yunling", "--person", "郑平", "--username", "zhengping")


def environment(var: Path) -> dict[str, str]:
    clean = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    return {**clean, "LUOSHI_VAR": str(var)}


def init(*arguments: str, var: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "luoshi", "init", *arguments]
    return subprocess.run(
        command,
        env=environment(var),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def units(var: Path) -> list[str]:
    with closing(sqlite3.connect(var / "luoshi.sqlite3")) as database:
        return [name for (name,) in database.execute("SELECT name FROM org_unit ORDER BY id")]


@pytest.mark.row("0.3")
def test_a_town_is_made_once_and_its_slip_is_printed(tmp_path: Path) -> None:
    for lacking in ((), SAID[:4], (*SAID[:2], "--code", "云 岭", *SAID[4:]), (*SAID[:6], "--username", " ")):
        refused = init(*lacking, var=tmp_path)
        assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1), refused
        assert units(tmp_path) == []
    done = init(*SAID, var=tmp_path)
    assert done.returncode == 0, done.stderr
    assert re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", done.stdout)
    assert units(tmp_path) == ["云岭镇", "党政综合办公室"]
    assert (tmp_path / "luoshi.sqlite3").stat().st_mode & 0o077 == 0, "nobody else on the machine reads it"
    again = init(*SAID[:2], "--code", "other", *SAID[4:], var=tmp_path)
    assert (again.returncode, len(again.stderr.splitlines())) == (2, 1)
    assert "云岭镇" in again.stderr
    assert units(tmp_path) == ["云岭镇", "党政综合办公室"]


def test_on_a_terminal_what_is_missing_is_asked_and_what_is_wrong_asked_again(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "luoshi", "init", "--name", "云岭镇"],
        env=environment(tmp_path),
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    os.close(theirs)
    os.write(ours, "云岭\n\n郑平\nzhengping\nyunling\n".encode())
    said, _ = process.communicate(timeout=60)
    os.close(ours)
    assert process.returncode == 0, said.decode()
    assert "小写字母" in said.decode()
    assert units(tmp_path) == ["云岭镇", "党政综合办公室"]
