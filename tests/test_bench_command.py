"""`./luoshi bench`: what it writes, that its rows are a town like any other, and that it keeps to databases of its own."""

import json
import os
import sqlite3
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from luoshi.commands import bench

ROOT = Path(__file__).resolve().parents[1]
NAMES = ["list", "filter", "search", "detail", "create", "sweep", "export"]
PAGES = list(bench.PAGES)
FIELDS = {"name", "ours_ms", "sql_ms", "ratio", "statements", "page_ms"}
pytestmark = [pytest.mark.row("3.1"), pytest.mark.slow]


def luoshi(var, *options, url=None):
    environment = {**os.environ, "LUOSHI_VAR": str(var), "DJANGO_SETTINGS_MODULE": "luoshi.settings"}
    environment.pop("DATABASE_URL", None)
    if url:
        environment["DATABASE_URL"] = url
    command = [sys.executable, "-m", "luoshi", *map(str, options)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)


def digest(file):
    return sha256(file.read_bytes()).hexdigest()


@pytest.fixture
def named(tmp_path, transactional_db):
    """The address of a database that somebody works in, and a function that says whether it is as it was."""
    if connection.vendor == "sqlite":
        file = tmp_path / "town.sqlite3"
        with sqlite3.connect(file) as town:
            town.execute("CREATE TABLE kept (said text)")
        town.close()
        before = digest(file)
        yield f"sqlite:///{file}", f"sqlite:///{tmp_path}/bench-200.sqlite3", lambda: digest(file) == before
        return
    place = connection.settings_dict
    server = f"postgres://{place['USER']}:{place['PASSWORD']}@{place['HOST']}:{place['PORT']}"
    bench = f"{place['NAME']}_bench_200"
    connection.close()

    def counted():
        with psycopg.connect(f"{server}/{place['NAME']}") as town:
            return town.execute("SELECT count(*) FROM matters_matter").fetchone() == (0,)

    yield f"{server}/{place['NAME']}", f"{server}/{bench}", counted
    with psycopg.connect(f"{server}/postgres", autocommit=True) as raw:
        raw.execute(f'DROP DATABASE IF EXISTS "{bench}" WITH (FORCE)')


def test_bench_measures_in_a_database_of_its_own_whose_journal_verifies(tmp_path, named):
    url, own, untouched = named
    found = tmp_path / "bench.json"
    done = luoshi(tmp_path, "bench", "--rows", 200, "--json", found, url=url)
    assert done.returncode == 0, done.stderr
    told = json.loads(found.read_text())
    assert set(told) == {"rows", "backend", "items", "pages", "loop_ms"}
    assert len(told["loop_ms"]) == 2
    assert min(told["loop_ms"]) > 0
    assert (told["rows"], told["backend"]) == (200, "sqlite" if connection.vendor == "sqlite" else "postgresql")
    assert [item["name"] for item in told["items"]] == NAMES
    assert {frozenset(item) for item in told["items"]} == {frozenset(FIELDS)}
    assert [item["name"] for item in told["items"] if item["page_ms"] is None] == ["sweep"]
    assert all(item["ours_ms"] > 0 and item["sql_ms"] > 0 and item["statements"] > 0 for item in told["items"])
    assert [page["name"] for page in told["pages"]] == PAGES
    assert all(page["db_ms"] > 0 and page["statements"] > 0 and page["page_ms"] > 0 for page in told["pages"])
    assert untouched()
    verified = luoshi(tmp_path, "verify", "--db", own)
    assert verified.returncode == 0, verified.stdout
    assert "完好" in verified.stdout

    again = luoshi(tmp_path, "bench", "--rows", 200, url=url)
    assert (again.returncode, "用上次装好的库" in again.stdout, "装入用了" in done.stdout) == (0, True, True)


@pytest.mark.parametrize("rows", ["0", "many", "99999999"])
def test_a_senseless_number_of_rows_is_wrong_use(tmp_path, rows):
    done = luoshi(tmp_path, "bench", "--rows", rows)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert not list(tmp_path.glob("bench-*"))


def test_people_press_over_http_on_a_copy_while_a_workbook_comes_in(tmp_path, named):
    url, own, untouched = named
    found = tmp_path / "people.json"
    options = ["--rows", 200, "--people", 4, "--seconds", 8, "--import", 230, "--json", found]
    done = luoshi(tmp_path, "bench", *options, url=url)
    assert done.returncode == 0, done.stderr
    told = json.loads(found.read_text())
    assert (told["people"], told["rows"], told["errors"]) == (4, 200, 0), told["first_errors"]
    items = {item["name"]: item for item in told["items"]}
    assert items["sign-in"]["count"] == 4
    assert items["write while importing"]["count"] >= 1
    assert all(0 < one["p50_ms"] <= one["p95_ms"] <= one["p99_ms"] <= one["most_ms"] for one in items.values())
    assert set(told["import_s"]) == {"upload", "trial", "import"}
    assert untouched()
    assert not list(tmp_path.glob("*-people.sqlite3*"))
    verified = luoshi(tmp_path, "verify", "--db", own)
    assert verified.returncode == 0, "the database that was copied is as it was"
    wrong = luoshi(tmp_path, "bench", "--people", 4, "--seconds", 0, url=url)
    assert (wrong.returncode, len(wrong.stderr.splitlines())) == (2, 1)
