"""A database that others hold, and one without room: told on the page, with what was typed, and nothing half-written."""

import html
import re
import sqlite3
from contextlib import closing, contextmanager
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from luoshi.core.journal import verification
from luoshi.core.matters.models import Matter
from luoshi.testing.cast import make_cast
from tests.support.story import client_of

WORDS = "河堤路断了，“三轮车”过不去 <b>&急"


@contextmanager
def somebody_holds_the_database(now):
    """Another process has the write lock (SQLite), or the rows that every registration wants (PostgreSQL)."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(connection.settings_dict["NAME"], uri=True, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("UPDATE matters_matter SET place = place WHERE id = -1")
            yield
            other.execute("ROLLBACK")
        return
    place = connection.settings_dict
    url = f"postgres://{place['USER']}:{place['PASSWORD']}@{place['HOST']}:{place['PORT']}/{place['NAME']}"
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE matters_matter IN EXCLUSIVE MODE")
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '300ms'")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")
            other.rollback()


def test_a_locked_database_is_told_and_what_was_typed_is_sent_again_with_one_press(transactional_db):
    now = timezone.now()
    cast = make_cast(now - timedelta(days=30))
    office = client_of(cast.office)
    form = re.search(r'name="form" value="(\w+)"', office.get("/matters/new/").content.decode())
    filled = {
        "form": form[1],
        "title": "河堤路断了",
        "problem": WORDS,
        "grade": "ordinary",
        "secrecy": "open",
        "received_at": f"{timezone.localtime(now):%Y-%m-%dT00:01}",
    }
    with somebody_holds_the_database(now):
        answer = office.post("/matters/new/", filled)
    text = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "正有别的程序占着数据库" in text
    assert "您填的都还在这一页上" in text
    assert not Matter.objects.exists()
    kept = {name: html.unescape(value) for name, value in re.findall(r'name="([\w-]+)" value="([^"]*)"', text)}
    assert {name: kept[name] for name in filled} == filled
    assert re.search(r'<form method="post" action="/matters/new/">', text)
    assert office.post("/matters/new/", kept).status_code == 302
    assert office.post("/matters/new/", kept).status_code == 302
    assert Matter.objects.get().problem == WORDS


def test_a_database_without_room_is_told_and_goes_on_when_there_is(transactional_db):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's own full disk can't be made in a test cluster")
    cast = make_cast(timezone.now() - timedelta(days=30))
    office = client_of(cast.office)
    filled = {"grade": "ordinary", "secrecy": "open", "received_at": f"{timezone.localdate():%Y-%m-%d}T00:01"}
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute("PRAGMA max_page_count")
        most = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    words = "路灯不亮" * 100
    answers = []
    try:
        for n in range(60):
            told = {**filled, "title": f"第 {n} 盏路灯", "problem": words, "form": f"{n:032x}"}
            answers.append(office.post("/matters/new/", told))
            if answers[-1].status_code == 503:
                break
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA max_page_count = {most}")
    text = answers[-1].content.decode()
    assert (answers[-1].status_code, "磁盘满了" in text, words in text) == (503, True, True)
    assert verification.verify().whole
    assert Matter.objects.count() == len(answers) - 1
    assert office.post("/matters/new/", told).status_code == 302
