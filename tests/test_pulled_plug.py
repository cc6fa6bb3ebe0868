"""Processes are killed in the middle of real work: nothing acknowledged is lost, nothing is there by half or twice."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper
from django.test import Client

from luoshi.chapters.review import actions as review
from luoshi.chapters.review.models import Channel, Finding
from luoshi.commands.killing import checking
from luoshi.commands.killing.clients import Press
from luoshi.core.evidence import storage
from luoshi.core.journal.models import Stream, Words
from luoshi.core.matters.models import Raiser
from luoshi.testing.cast import Cast
from tests.support.story import client_of

if TYPE_CHECKING:
    from tests.support.story import Story

ROOT = Path(__file__).resolve().parents[1]
MARK = "反映路灯之一"


@pytest.mark.slow
@pytest.mark.database
def test_twelve_kills_of_every_kind_lose_nothing_halve_nothing_and_do_nothing_twice(tmp_path: Path) -> None:
    """Half of the twenty-four: each database is killed where the tests run on it."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-m", "luoshi", "test", "--kill", "12", "--on", connection.vendor],
        env={**environment, "LUOSHI_VAR": str(tmp_path)},
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    assert "杀了 12 次" in told
    assert re.search(r"种子 \d+", told)
    kinds = {
        "sqlite": ("网页进程", "网页服务", "后台任务进程", "正在写库的进程"),
        "postgresql": ("网页进程", "网页服务", "后台任务进程", "数据库服务", "数据库连接进程"),
    }[connection.vendor]
    assert all(kind in told for kind in kinds), told


@pytest.mark.parametrize(("count", "seed"), [("0", "1"), ("-3", "1"), ("10001", "1"), ("many", "1"), ("3", "x")])
def test_senseless_numbers_are_refused_before_anything_starts(tmp_path: Path, count: str, seed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "luoshi", "test", f"--kill={count}", "--seed", seed, "--on", "sqlite"],
        env={**os.environ, "LUOSHI_VAR": str(tmp_path)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


@pytest.fixture
def press(cast: Cast, now: datetime, settings: Any, tmp_path: Path) -> Press:
    """A citizen's words with a file, taken and acknowledged."""
    settings.MEDIA_ROOT = tmp_path
    content = MARK.encode()
    review.take_from_public(
        town=cast.town,
        channel=Channel.CITIZEN,
        words=MARK,
        address="10.0.0.1",
        at=now,
        files=[SimpleUploadedFile("说明.txt", content)],
    )
    return Press("raise", MARK, sha256=hashlib.sha256(content).hexdigest(), acknowledged=True, sent=1)


def said(press: Press) -> str:
    findings = checking.Findings()
    checking.check([press], findings, count=False)
    return "；".join(findings.wrong)


def damage(what: str, press: Press) -> None:
    finding = Finding.objects.get(words=MARK)
    if what == "row without file":
        storage.path_of(press.sha256).unlink()
    elif what == "file of another content":
        storage.path_of(press.sha256).write_bytes(b"x")
    elif what == "event without words":
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM journal_words WHERE event_id > 0")
    elif what == "thing without event":
        Stream.objects.filter(name=finding.stream).update(name="elsewhere:1")
    elif what == "finding without raiser":
        Raiser.objects.filter(origin_ref=str(finding.pk)).delete()
    elif what == "done twice":
        Finding.objects.create(**{**_columns(finding), "id": None})
    elif what == "lost":
        press.mark = "反映路灯之二"


def _columns(finding: Finding) -> dict[str, object]:
    return {field.attname: getattr(finding, field.attname) for field in finding._meta.concrete_fields}


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("row without file", "附件文件不见了"),
        ("file of another content", "附件文件坏了"),
        ("event without words", "没有文字"),
        ("thing without event", "流水头与流水不符"),
        ("finding without raiser", "没有反映人"),
        ("done twice", "有 2 份"),
        ("lost", "不见了"),
    ],
)
def test_what_is_lost_halved_or_done_twice_is_noticed(press: Press, what: str, words: str) -> None:
    assert said(press) == ""
    assert Words.objects.exists()
    damage(what, press)
    assert words in said(press)


def test_page_that_finds_the_database_away_says_so_without_asking_it(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: object) -> None:
        raise OperationalError("the connection is closed")

    office: Client = client_of(story.people["office"])
    office.raise_request_exception = False
    with monkeypatch.context() as cut:
        cut.setattr(CursorWrapper, "execute", away)
        answer = office.get("/home/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert office.get("/home/").status_code == 200
