"""A ledger that is too long to wait for: asked for on the page, made by a job, fetched by whoever asked."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from django.utils import timezone

from luoshi.core.org import actions as org
from luoshi.kit.exports.models import Export
from luoshi.kit.jobs import worker
from luoshi.kit.ledgers import views
from luoshi.testing.cast import MAKER
from tests.support.story import ACCUSED, client_of, finish

if TYPE_CHECKING:
    from tests.support.story import Story

pytestmark = [pytest.mark.row("1.6"), pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _long(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    monkeypatch.setattr(views, "WAITED_FOR", 3)


def sheet(answer: Any) -> list[Any]:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return [[cell.value for cell in row] for row in book.active.iter_rows()]


def test_long_ledger_is_asked_for_made_and_fetched_and_a_short_one_comes_at_once(story: Story) -> None:
    office = client_of(story.people["office"])
    short = office.get("/ledgers/matters/xlsx/?q=三盏灯不亮晚上没有这样的话")
    assert (short.status_code, short.streaming) == (200, True)
    finish(short)
    answer = office.get("/ledgers/matters/xlsx/?order=-number")
    assert (answer.status_code, answer["Location"]) == (302, "/exports/new/matters/?order=-number")
    asked = office.get(answer["Location"])
    assert "开始导出" in asked.content.decode()
    assert Export.objects.count() == 0, "looking asks for nothing"
    for _ in range(2):
        assert office.post(answer["Location"])["Location"] == "/exports/"
    export = Export.objects.get()
    waiting = office.get("/exports/").content.decode()
    assert "排队中" in waiting
    assert f"/exports/{export.pk}/file/" not in waiting
    assert office.get(f"/exports/{export.pk}/file/").status_code == 404
    worker.run_pending(schedules=False)
    assert f"/exports/{export.pk}/file/" in office.get("/exports/").content.decode()
    rows = sheet(office.get(f"/exports/{export.pk}/file/"))
    page = finish(office.get("/ledgers/matters/?order=-number")).content.decode()
    titles = [str(row[rows[2].index("问题")]) for row in rows[3:]]
    assert len(titles) == Export.objects.get().rows > 10
    assert all(title in page for title in titles[:10])
    assert not any(ACCUSED in str(cell) for row in rows for cell in row)


def test_file_is_for_the_one_who_asked_and_only_while_the_posts_are_the_same(story: Story) -> None:
    clerk = client_of(story.people["clerk"])
    clerk.post("/exports/new/matters/")
    worker.run_pending(schedules=False)
    url = f"/exports/{Export.objects.get().pk}/file/"
    assert finish(clerk.get(url)).status_code == 200
    for other in ("office", "secretary", "outsider"):
        client = client_of(story.people[other])
        assert client.get(url).status_code == 404
        assert url not in client.get("/exports/").content.decode()
    assert client_of(None).get(url).status_code == 302
    assert clerk.post("/exports/new/nothing/").status_code == 404
    assert clerk.get("/exports/new/findings/").status_code == 404
    appointment = story.people["clerk"].appointments.get()
    yesterday = timezone.localdate() - timedelta(days=1)
    org.end_appointment(appointment, ends_on=yesterday, by=MAKER, at=timezone.now())
    answer = clerk.get(url)
    assert answer.status_code == 409
    assert "岗位" in answer.content.decode()
