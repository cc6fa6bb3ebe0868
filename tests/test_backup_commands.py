"""`./luoshi backup` and `./luoshi restore` as a person at the server types them, on both databases and across them."""

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from luoshi.commands.keeping.archive import Reader
from tests.support.story import make_story
from tests.test_keeping import with_manifest

ROOT = Path(__file__).resolve().parents[1]
pytestmark = [pytest.mark.slow, pytest.mark.row("N3")]


def environment(var):
    told = {**os.environ, "LUOSHI_VAR": str(var), "DJANGO_SETTINGS_MODULE": "luoshi.settings"}
    told.pop("DATABASE_URL", None)
    return told


def luoshi(*words, var, ok=True):
    done = subprocess.run(
        [sys.executable, "-m", "luoshi", *map(str, words)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(var),
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert (done.returncode == 0) == ok, done.stdout + done.stderr
    if done.returncode == 2:
        assert done.stderr.count("\n") == 1
    return done.stdout + done.stderr


@pytest.fixture
def town(tmp_path, transactional_db, settings):
    """The address of a database with the story's town, and its var folder."""
    var = tmp_path / "var"
    var.mkdir()
    (var / "secret").write_text("the secret of the town that is backed up")
    settings.MEDIA_ROOT = var / "files"
    make_story()
    if connection.vendor == "sqlite":
        copy = sqlite3.connect(tmp_path / "town.sqlite3")
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=WAL")
        copy.close()
        return f"sqlite:///{tmp_path / 'town.sqlite3'}", var
    return address(connection.settings_dict["NAME"]), var


def address(name):
    place = connection.settings_dict
    return f"postgres://{place['USER']}:{place['PASSWORD']}@{place['HOST']}:{place['PORT']}/{name}"


@pytest.fixture
def places(tmp_path):
    """Empty places for a town: a file, and on PostgreSQL a database too."""
    found = [f"sqlite:///{tmp_path / 'back.sqlite3'}"]
    if connection.vendor != "postgresql":
        yield found
        return
    name = f"back_{os.getpid()}"
    with psycopg.connect(address("postgres"), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    yield [*found, address(name)]
    with psycopg.connect(address("postgres"), autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def told(path):
    with Reader(path) as reader:
        reader.check()
        members = {name: one["sha256"] for name, one in reader.manifest["members"].items()}
        return {name: digest for name, digest in members.items() if name != "manifest.json"}


def test_a_town_goes_from_one_database_to_the_other_and_back_and_stays_the_same(town, places, tmp_path):
    url, var = town
    first = tmp_path / "first.luoshi"
    said = luoshi("backup", first, "--db", url, var=var)
    assert "已备份云岭镇" in said
    wanted = told(first)
    assert any(name.startswith("files/evidence/") for name in wanted)
    for number, place in enumerate(places):
        other, again = tmp_path / f"var{number}", tmp_path / f"{number}.luoshi"
        said = luoshi("restore", first, "--db", place, var=other)
        assert "已恢复云岭镇" in said
        assert "流水完好" in said
        luoshi("verify", "--db", place, var=other)
        luoshi("backup", again, "--db", place, var=other)
        assert told(again) == wanted
        if place.startswith("sqlite:"):
            assert os.stat(place.removeprefix("sqlite:///")).st_mode & 0o077 == 0, "nobody else on the machine reads it"
        assert (other / "secret").read_text() == (var / "secret").read_text()


def test_nothing_is_replaced_unless_told_and_then_all_or_nothing(town, places, tmp_path):
    url, var = town
    first, again, place = tmp_path / "first.luoshi", tmp_path / "again.luoshi", places[-1]
    luoshi("backup", first, "--db", url, var=var)
    wanted = told(first)
    luoshi("restore", first, "--db", place, var=var)
    refused = luoshi("restore", first, "--db", place, var=var, ok=False)
    assert "已经有数据" in refused
    assert "--overwrite" in refused
    with in_use(place):
        assert "正在使用" in luoshi("restore", first, "--db", place, "--overwrite", var=var, ok=False)
    with_manifest(first, tmp_path / "other", lambda one: one["journal"].update(root="0" * 64))
    assert "印记不符" in luoshi("restore", tmp_path / "other", "--db", place, "--overwrite", var=var, ok=False)
    killed(first, place, var)
    luoshi("verify", "--db", place, var=var)
    luoshi("backup", again, "--db", place, var=var)
    assert told(again) == wanted
    luoshi("restore", first, "--db", place, "--overwrite", var=var)
    luoshi("verify", "--db", place, var=var)


@contextlib.contextmanager
def in_use(place):
    if place.startswith("sqlite:"):
        with contextlib.closing(sqlite3.connect(place.removeprefix("sqlite:///"))) as somebody:
            somebody.execute("PRAGMA journal_mode=WAL")
            somebody.execute("SELECT count(*) FROM matters_matter").fetchone()
            yield
    else:
        with psycopg.connect(place):
            yield


def killed(path, place, var):
    """Two restores over what is there, each killed at some moment."""
    for _ in range(2):
        started = subprocess.Popen(
            [sys.executable, "-m", "luoshi", "restore", str(path), "--db", place, "--overwrite"],
            cwd=ROOT,
            env=environment(var),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(random.uniform(0.8, 4))
        started.send_signal(signal.SIGKILL)
        started.wait()
    if place.startswith("postgres"):  # the server notices that its client is gone
        with psycopg.connect(address("postgres"), autocommit=True) as server:
            name = place.rpartition("/")[2]
            server.execute("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = %s", [name])


def test_a_backup_of_an_older_version_is_restored_and_brought_up_to_date(tmp_path):
    old, var = tmp_path / "old.sqlite3", tmp_path / "var"
    url = f"sqlite:///{old}"
    steps = [("org", "0001"), ("matters", "0005"), ("journal",), ("search",)]
    each = "".join(f"call_command('migrate', *{step!r}, verbosity=0);" for step in steps)
    luoshi(
        "manage", "shell", "-v0", "-c", f"from django.core.management import call_command;{each}", "--db", url, var=var
    )
    with contextlib.closing(sqlite3.connect(old)) as raw, raw:
        raw.execute(
            "INSERT INTO org_unit (id, name, code, kind, path, \"order\") VALUES (7, '云岭镇', 'yunling', 'town', '/y/', 0)"
        )
    luoshi("backup", tmp_path / "old.luoshi", "--db", url, var=var)
    with zipfile.ZipFile(tmp_path / "old.luoshi") as kept:
        manifest = json.loads(kept.read("manifest.json"))
    assert ["matters", "0006_narrow"] not in manifest["migrations"]
    new = tmp_path / "new.sqlite3"
    said = luoshi("restore", tmp_path / "old.luoshi", "--db", f"sqlite:///{new}", var=var)
    assert "已升级到这个版本" in said
    with contextlib.closing(sqlite3.connect(new)) as raw:
        assert raw.execute("SELECT name FROM org_unit").fetchall() == [("云岭镇",)]
        assert raw.execute("SELECT 1 FROM django_migrations WHERE name = '0006_narrow'").fetchone()


def test_no_database_is_nothing_to_back_up_and_another_programs_is_no_place_to_restore_to(tmp_path):
    said = luoshi(
        "backup", tmp_path / "b", "--db", f"sqlite:///{tmp_path}/none.sqlite3", var=tmp_path / "var", ok=False
    )
    assert "没有可备份的" in said
    assert [one.name for one in tmp_path.iterdir()] == []
