"""`./luoshi verify` as a person at the server types it: exit codes, plain sentences, nothing written."""

import os
import sqlite3
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from django.db import connection

from luoshi.core.journal.models import Seal
from luoshi.core.journal.tests.tampering import sql
from luoshi.core.journal.tests.town import small_log

ROOT = Path(__file__).resolve().parents[1]
pytestmark = [pytest.mark.row("N3"), pytest.mark.slow]


def verify(url, var, *options):
    environment = {**os.environ, "LUOSHI_VAR": str(var), "DJANGO_SETTINGS_MODULE": "luoshi.settings"}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "luoshi", "verify", "--db", url, *map(str, options)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
    assert "Traceback" not in done.stderr
    assert (done.stderr.count("\n") == 1) == (done.returncode in (1, 2)), done.stderr
    return done.returncode, done.stdout + done.stderr


def seen(folder):
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.fixture
def town(tmp_path, transactional_db):
    """The address of a database with a small journal."""
    small_log()
    if connection.vendor == "sqlite":
        folder = tmp_path / "town"
        folder.mkdir()
        copy = sqlite3.connect(folder / "town.sqlite3")
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=WAL")
        copy.close()
        return f"sqlite:///{folder / 'town.sqlite3'}"
    place = connection.settings_dict
    return f"postgres://{place['USER']}:{place['PASSWORD']}@{place['HOST']}:{place['PORT']}/{place['NAME']}"


def test_verify_says_what_is_there_and_exports_it_and_writes_nothing_else(town, tmp_path):
    root = Seal.objects.order_by("size").first().root
    before = seen(tmp_path / "town") if connection.vendor == "sqlite" else None
    bundle = tmp_path / "out" / "bundle.jsonl"
    bundle.parent.mkdir()
    code, said = verify(town, tmp_path / "var", "--root", root, "--export", bundle)
    assert (code, "流水 9 条，其中已封存 7 条、待封 2 条" in said, "销毁的 1 条" in said) == (0, True, True)
    assert Seal.objects.order_by("-size").first().root in said
    assert "所给印记属于这份流水" in said
    assert [path.name for path in bundle.parent.iterdir()] == [bundle.name]
    assert before is None or seen(tmp_path / "town") == before
    tool = subprocess.run([sys.executable, ROOT / "tools" / "verify_bundle.py", bundle, "--root", root], check=False)
    assert tool.returncode == 0
    code, said = verify(town, tmp_path / "var", "--root", "0" * 64)
    assert (code, "不属于这份流水" in said, "请先核对印记" in said.splitlines()[-1]) == (1, True, True)
    code, said = verify(town, tmp_path / "var", "--root", "0" * 64, "--export", tmp_path / "no" / "folder")
    assert (code, "写不了" in said) == (2, True)


def test_verify_names_the_first_broken_event(town, tmp_path):
    changed = "UPDATE journal_event SET post = 'post:9' WHERE stream = 'matter:1' AND seq = 3"
    if connection.vendor == "sqlite":
        with sqlite3.connect(town.removeprefix("sqlite:///")) as attacked:
            attacked.execute(changed)
        attacked.close()
    else:
        sql(changed)
    code, said = verify(town, tmp_path / "var", "--export", tmp_path / "bundle")
    assert (code, "不完好" in said, "matter:1" in said, "第 3 条" in said) == (1, True, True, True)
    assert "请停用系统" in said.splitlines()[-1]
    assert not (tmp_path / "bundle").exists()


@pytest.mark.parametrize("root", ["0" * 65, "g" * 64, ""])
def test_a_malformed_root_is_wrong_use(tmp_path, root):
    code, said = verify(f"sqlite:///{tmp_path}/none.sqlite3", tmp_path / "var", f"--root={root}")
    assert (code, "六十四位十六进制数" in said) == (2, True)


def test_what_is_no_journal_is_unreadable_and_no_file_is_made(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "text").write_text("not a database, but long enough to be taken for one" * 50)
    empty = sqlite3.connect(folder / "empty.sqlite3")
    empty.execute("CREATE TABLE other (a)")
    empty.close()
    (folder / "nothing").touch()
    before = seen(folder)
    for name in ("missing.sqlite3", "no/such/folder.sqlite3", "text", "empty.sqlite3", "nothing"):
        code, said = verify(f"sqlite:///{folder / name}", tmp_path / "var")
        assert (code, said.count("\n")) == (2, 1), said
    code, said = verify("postgres://nobody:x@127.0.0.1:1/none", tmp_path / "var")
    assert (code, "x@" in said) == (2, False), said
    assert seen(folder) == before
