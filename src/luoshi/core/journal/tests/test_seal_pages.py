"""The seal for anybody: roots to keep, a script to check with, and the bundle for those who may take it."""

import subprocess
import sys
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from luoshi.core.journal.actions import Signature, record
from luoshi.core.journal.models import Event, Seal
from luoshi.core.journal.sealing import seal
from luoshi.core.journal.tests.tampering import sql
from luoshi.kit.qr import drawn

pytestmark = pytest.mark.row("N3")


def sealed(count: int) -> None:
    """As many seals, each over one more event."""
    begun = timezone.now() - timedelta(hours=1)
    for number in range(count):
        at = begun + timedelta(seconds=number)
        record(stream="matter:77", verb="matter.secret", by=Signature("person:88"), at=at, words={"reason": "密密密"})
        seal(at=at)


def test_anybody_sees_roots_and_keeps_one_but_no_event(db, django_assert_max_num_queries):
    stranger = Client()
    assert "还没有印记" in stranger.get("/seal/").content.decode()
    sealed(23)
    newest, oldest = Seal.objects.order_by("-size")[0], Seal.objects.order_by("size")[0]
    with django_assert_max_num_queries(2):
        page = stranger.get("/seal/").content.decode()
    assert newest.root in page.replace("<wbr>", "")
    assert oldest.root not in page.replace("<wbr>", "")
    assert "?before=4" in page
    assert "导出文件</button>" not in page
    older = stranger.get("/seal/?before=4").content.decode()
    assert oldest.root in older.replace("<wbr>", "")
    assert newest.root not in older.replace("<wbr>", "")
    for strange in ("x", "9" * 30, "-1", "٤"):
        assert stranger.get("/seal/", {"before": strange}).status_code == 200
    sheet = stranger.get(f"/seal/{oldest.size}/").content.decode()
    shown = sheet[sheet.index("<pre>") + 8 : sheet.index("</b></pre>")]
    assert shown.split() == [oldest.root[n : n + 8] for n in range(0, 64, 8)]
    assert "style=" not in drawn(oldest.root, title="印记", millimetres=50) + drawn(oldest.root, title="印记")
    assert not [word for word in ("密密密", "matter:77", "person:88", "secret") if word in page + older + sheet]
    assert [stranger.get(f"/seal/{size}/").status_code for size in (24, 10**30)] == [404, 404]
    assert stranger.post("/seal/export/").status_code == 302


def test_discipline_inspection_takes_the_bundle_and_a_stranger_checks_it(cast, tmp_path):
    sealed(3)
    root = Seal.objects.order_by("size")[0].root
    tool = tmp_path / "verify_bundle.py"
    tool.write_bytes(b"".join(Client().get("/seal/verify_bundle.py").streaming_content))
    told = []
    for part in ("office", "discipline", "clerk", "secretary"):
        client = Client()
        client.force_login(cast.everybody[part].account, backend="django.contrib.auth.backends.ModelBackend")
        assert ("导出文件</button>" in client.get("/seal/").content.decode()) == (part == "discipline")
        answer = client.post("/seal/export/")
        told.append(answer.status_code)
        if answer.status_code == 200:
            bundle = tmp_path / f"{part}.jsonl"
            bundle.write_bytes(b"".join(answer.streaming_content))
            command = [sys.executable, tool, bundle, "--root", root]
            assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    assert told == [404, 200, 404, 404]
    taken = Event.objects.filter(verb="journal.exported").order_by("pk")
    assert [event.actor for event in taken] == [f"person:{cast.discipline.pk}"]


def test_broken_journal_is_not_exported(cast):
    sealed(2)
    client = Client()
    client.force_login(cast.discipline.account, backend="django.contrib.auth.backends.ModelBackend")
    sql("UPDATE journal_event SET verb = 'matter.other' WHERE stream = 'matter:77' AND seq = 1")
    answer = client.post("/seal/export/")
    assert (answer.status_code, "流水不完好" in answer.content.decode()) == (409, True)
    assert not Event.objects.filter(verb="journal.exported").exists()
