"""The frame of the commands: exit codes, one Chinese line where something is wrong, and the database that is chosen."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def luoshi(*arguments: str, var: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
    }
    return subprocess.run(
        [sys.executable, "-m", "luoshi", *arguments],
        env={**clean, "LUOSHI_VAR": str(var), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def is_one_chinese_line(text: str) -> bool:
    return len(text.splitlines()) == 1 and bool(CHINESE.search(text))


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nonsense",),
        ("frame",),
        ("serve", "--port", "0"),
        ("serve", "--port", "eighty"),
        ("serve", "--port", "99999"),
        ("serve", "--port"),
        ("serve", "--frobnicate"),
        ("serve", "--db", "sqlite:///relative.sqlite3"),
        ("serve", "--db", "sqlite://"),
        ("serve", "--db", "sqlite:////"),
        ("serve", "--db", "mysql://localhost/luoshi"),
        ("serve", "--db", "postgres://localhost"),
        ("serve", "--db", "postgres://localhost:port/luoshi"),
        ("serve", "--db", "postgres://nobody:secret@127.0.0.1:1/luoshi", "--port", "18199"),
        ("manage", "nonsense"),
        ("rows", "--json", "/nowhere/at/all.json"),
    ],
)
def test_wrong_use_ends_with_2_and_one_line_of_chinese(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = luoshi(*arguments, var=tmp_path)
    assert done.returncode == 2, done
    assert is_one_chinese_line(done.stderr), done.stderr
    assert "secret" not in done.stderr


@pytest.mark.slow
def test_the_environments_database_is_checked_too_and_the_option_overrides_it(tmp_path: Path) -> None:
    refused = luoshi("manage", "check", var=tmp_path, DATABASE_URL="mysql://localhost/luoshi")
    assert (refused.returncode, is_one_chinese_line(refused.stderr)) == (2, True)
    chosen = tmp_path / "一 个" / "chosen.sqlite3"
    done = luoshi(
        *("manage", "migrate", "contenttypes", f"--db=sqlite:///{chosen}"),
        var=tmp_path,
        DATABASE_URL=f"sqlite:///{tmp_path}/other.sqlite3",
    )
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(chosen) as database:
        assert database.execute("SELECT 1 FROM sqlite_master WHERE name = 'django_content_type'").fetchone()
    database.close()
    assert not (tmp_path / "other.sqlite3").exists()


@pytest.mark.slow
def test_a_file_that_is_no_database_is_told_in_one_line(tmp_path: Path) -> None:
    wrong = tmp_path / "letter.sqlite3"
    wrong.write_text("尊敬的领导" * 500, encoding="utf-8")
    before = wrong.read_bytes()
    done = luoshi(
        "manage",
        "shell",
        "-c",
        "from django.db import connection; connection.ensure_connection()",
        "--db",
        f"sqlite:///{wrong}",
        var=tmp_path,
    )
    assert done.returncode == 2
    assert is_one_chinese_line(done.stderr), done.stderr
    assert wrong.read_bytes() == before


def test_help_is_chinese_and_names_every_command(tmp_path: Path) -> None:
    done = luoshi("--help", var=tmp_path)
    assert done.returncode == 0
    assert all(f"./luoshi {name}" in done.stdout for name in ("manage", "rows", "serve", "test"))
    told = luoshi("serve", "--help", var=tmp_path)
    assert (told.returncode, "用法：" in told.stdout, "usage" in told.stdout) == (0, True, False)


@pytest.mark.slow
def test_nobody_reading_ends_quietly_and_closed_streams_do_no_harm(tmp_path: Path) -> None:
    environment = {**os.environ, "LUOSHI_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "luoshi.settings"}
    command = f"{sys.executable} -m luoshi rows"
    unread = subprocess.run(
        ["bash", "-c", f"{command} | true; echo ${{PIPESTATUS[0]}}"],
        env={**environment, "PYTHONUNBUFFERED": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert unread.stdout.strip() == "141"
    assert unread.stderr == ""
    closed = subprocess.run(["bash", "-c", f"{command} <&- >&- 2>&-"], env=environment, timeout=60, check=False)
    assert closed.returncode == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def group_of(pid: int) -> set[int]:
    """The process and everything below it, as /proc tells."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.slow
def test_serve_answers_restarts_what_dies_and_takes_everything_along_when_told_to_end(tmp_path: Path) -> None:
    port = free_port()
    clean = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
    }
    served = subprocess.Popen(
        [sys.executable, "-m", "luoshi", "serve", "--host", "127.0.0.1", "--port", str(port)],
        env={**clean, "LUOSHI_VAR": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert served.stdout is not None
        assert f"http://127.0.0.1:{port}/" in served.stdout.readline()
        health = f"http://127.0.0.1:{port}/healthz"
        with urllib.request.urlopen(health, timeout=5) as answer:
            assert answer.status == 200
        taken = luoshi("serve", "--host", "127.0.0.1", "--port", str(port), var=tmp_path / "second")
        assert (taken.returncode, is_one_chinese_line(taken.stderr)) == (2, True)
        family = group_of(served.pid)
        assert len(family) >= 4
        jobs = next(p for p in family if Path(f"/proc/{p}/cmdline").read_bytes().endswith(b"processes\0jobs\0"))
        os.kill(jobs, signal.SIGKILL)
        deadline = time.monotonic() + 15
        while not (group_of(served.pid) - family) and time.monotonic() < deadline:
            time.sleep(0.2)
        family |= group_of(served.pid)
        begun = time.monotonic()
        served.terminate()
        assert served.wait(timeout=10) == 0
        assert time.monotonic() - begun < 10
        assert not [pid for pid in family if alive(pid)]
    finally:
        if served.poll() is None:
            served.terminate()
            served.wait(timeout=15)
