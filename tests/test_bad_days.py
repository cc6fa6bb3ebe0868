"""Days on which the machine is not well: a locked database, a full disk, a clock that is put back."""

import re
from datetime import timedelta

import pytest
from django.db import OperationalError, transaction
from django.test import RequestFactory

from luoshi.core.evidence.models import Item
from luoshi.core.journal import verification
from luoshi.core.journal.models import Event
from luoshi.core.matters import actions
from luoshi.kit.errors import Refused
from luoshi.kit.jobs import actions as jobs
from luoshi.kit.jobs import registry, worker
from luoshi.kit.jobs.models import Job, Schedule
from luoshi.kit.trouble import refusal
from luoshi.web.trouble import trouble_page
from tests.support.story import client_of, picture
from tests.test_keeping import files_end_at


@pytest.mark.parametrize("secret", ["password", "code", "new_password1"])
def test_the_page_for_trouble_never_writes_a_secret_down(secret):
    error = OperationalError("database is locked")
    request = RequestFactory().post("/signin/", {"username": "zhou", secret: "verysecret"})
    text = trouble_page(request, error).content.decode()
    assert "verysecret" not in text
    assert "退回上一页" in text
    request = RequestFactory().post("/x/", {"words": "写了半天的话", "file": picture()})
    text = trouble_page(request, error).content.decode()
    assert "写了半天的话" in text
    assert "重新选" in text
    assert "<form" not in text  # sent again without its files it would be another thing


def test_a_form_kept_open_too_long_is_sent_again_with_one_press_and_never_for_another_site(story):
    matter, clerk = story["working"], client_of(story.people["clerk"])
    strict = type(clerk)(enforce_csrf_checks=True)
    strict.cookies = clerk.cookies
    url, form = f"/matters/{matter.pk}/do/report/", {"progress": "写了半天的进展", "csrfmiddlewaretoken": "x" * 64}
    page = strict.post(url, form, headers={"sec-fetch-site": "same-origin"})
    html = page.content.decode()
    assert (page.status_code, "写了半天的进展" in html, f'action="{url}"' in html) == (403, True, True)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', html)
    assert token is not None
    assert "x" * 64 not in html
    again = strict.post(url, {**form, "csrfmiddlewaretoken": token[1]}, headers={"sec-fetch-site": "same-origin"})
    assert again.status_code != 403, "the token on the page is a good one"
    for site in ("cross-site", "same-site", "none", ""):
        elsewhere = strict.post(url, form, headers={"sec-fetch-site": site} if site else {})
        assert (elsewhere.status_code, "写了半天的进展" in elsewhere.content.decode()) == (403, False), site


def test_only_the_machines_faults_are_told_as_such():
    said = {
        "database is locked": "machine.busy",
        "canceling statement due to lock timeout": "machine.busy",
        "database or disk is full": "machine.no_room",
        'could not extend file "base/1": No space left on device': "machine.no_room",
        "disk I/O error": "machine.disk",
        "couldn't get a connection after 20.00 sec": "machine.away",
        'connection to server at "127.0.0.1", port 1 failed: Connection refused': "machine.away",
    }
    for words, code in said.items():
        told = refusal(OperationalError(words))
        assert told is not None
        assert told.code == code
        assert told.fix
    assert refusal(OperationalError("near SELECT: syntax error")) is None
    assert refusal(ValueError("database is locked")) is None
    assert refusal(PermissionError(13, "Permission denied")) is None


def test_a_full_disk_keeps_the_words_and_records_nothing(story, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    matter, clerk = story["working"], client_of(story.people["clerk"])
    before = Event.objects.count(), Item.objects.count()
    fill = {"report-progress": "照片如附，灯杆已立", "report-files": [picture("新.jpg")]}
    with files_end_at(100):
        answer = clerk.post(f"/matters/{matter.pk}/do/report/", fill)
    text = answer.content.decode()
    assert answer.status_code == 409, text[:500]
    assert "磁盘满了" in text
    assert "照片如附，灯杆已立" in text
    assert (Event.objects.count(), Item.objects.count()) == before
    assert [one for one in (tmp_path / "files").rglob("*") if one.is_file()] == []


def test_a_clock_that_is_put_back_refuses_what_would_run_backwards_and_says_so(story):
    matter, at = story["working"], story.stage.at
    story.stage.do("urge", matter, "office", words="请抓紧")
    with pytest.raises(Refused) as said, transaction.atomic():
        actions.urge(story.fresh("working"), words="再催", by=story.stage["office2"], at=at - timedelta(hours=1))
    assert said.value.code == "matter.before_last"
    assert "时钟慢了" in said.value.fix
    assert re.search(r"上一步（\d{4}年\d\d月\d\d日 \d\d:\d\d）", said.value.sentence)
    assert verification.verify().whole


def test_what_recurs_and_what_waits_goes_on_after_the_clock_is_put_back(db, now, monkeypatch):
    monkeypatch.setattr(registry, "_kinds", {})
    done = []

    @registry.job("t.beat", every=timedelta(minutes=5))
    def beat(context):
        done.append(("beat", context.at))

    @registry.job("t.once")
    def once(context):
        done.append(("once", context.at))

    Schedule.objects.all().delete()
    worker.run_pending(now)
    assert [what for what, _ in done] == ["beat"]
    jobs.enqueue("t.once", {}, at=now)
    later = jobs.enqueue("t.once", {}, at=now, run_at=now + timedelta(minutes=30))
    done.clear()
    back = now - timedelta(hours=1)
    worker.run_pending(back)
    worker.run_pending(back + timedelta(seconds=1))
    assert {what for what, _ in done} == {"beat", "once"}
    assert Schedule.objects.get(kind="t.beat").next_at <= back + timedelta(minutes=6)
    later.refresh_from_db()
    assert later.run_at == back + timedelta(minutes=30)
    done.clear()
    worker.run_pending(back + timedelta(seconds=2))
    assert done == []
    assert not Job.objects.filter(state="failed").exists()
