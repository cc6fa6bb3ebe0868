"""Upload, see what would happen, correct the columns, do it, watch it, mend what was refused."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from luoshi.core.matters.models import Matter
from luoshi.kit.imports import actions
from luoshi.kit.imports.models import Batch
from luoshi.kit.imports.tests.toy import book
from luoshi.kit.jobs import worker
from luoshi.testing.cast import Cast, make_cast

pytestmark = [pytest.mark.django_db, pytest.mark.row("1.6")]
HEAD = ["编号", "问题", "责任单位", "时限"]


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast(timezone.now() - timedelta(days=30))


def client_of(cast: Cast, part: str) -> Client:
    client = Client()
    client.force_login(getattr(cast, part).account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def upload(client: Client, path: Path, **how: Any) -> Any:
    file = SimpleUploadedFile(path.name, path.read_bytes())
    return client.post(reverse("imports"), {"slug": "matters", "file": file, "sheet": "", **how}, follow=True)


def test_a_clerk_uploads_sees_and_does_it(cast: Cast, tmp_path: Path) -> None:
    client = client_of(cast, "office")
    start = client.get(reverse("imports")).content.decode()
    assert "问题台账" in start
    assert "人员" not in re.findall(r'name="slug".*?</label>', start, re.DOTALL)[0]
    path = book(
        tmp_path, [HEAD, ["A1", "路面破损", "石桥沟村", "2027-03-01"], ["A2", "路灯不亮", "没有的村", "2027-03-01"]]
    )
    page = upload(client, path).content.decode()
    assert "导入以后会这样" in page
    assert "C3" in page
    assert "不在单位名册里" in page
    assert Matter.objects.count() == 0
    batch = Batch.objects.get()
    done = client.post(reverse("import-run", args=[batch.pk]), follow=True).content.decode()
    assert "导入结果" in done
    assert Matter.objects.get().title == "路面破损"
    mend = client.get(reverse("import-refused", args=[batch.pk]))
    assert mend["Content-Type"].endswith("sheet")
    assert b"".join(mend.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]  # a file is streamed
    again = client.post(reverse("import-run", args=[batch.pk]))
    assert again.status_code == 409
    assert "不用再按" in again.content.decode()
    assert "路面破损" in upload(client, path).content.decode()


def test_columns_that_were_not_known_are_asked_for_on_the_page(cast: Cast, tmp_path: Path) -> None:
    client = client_of(cast, "organisation")
    path = book(tmp_path, [["编号", "咋回事", "责任单位"], ["A1", "路面破损", "石桥沟村"]])
    page = upload(client, path).content.decode()
    assert "没有认出这些列：问题" in page
    batch = Batch.objects.get()
    wrong = client.post(reverse("import-columns", args=[batch.pk]), {"number": "0", "unit": "2"}).content.decode()
    assert "没有选择" in wrong
    told = {"number": "0", "title": "1", "unit": "2"}
    page = client.post(reverse("import-columns", args=[batch.pk]), told, follow=True).content.decode()
    assert "导入以后会这样" in page
    assert "路面破损" in page
    next_month = book(tmp_path, [["编号", "咋回事", "责任单位"], ["A2", "路灯不亮", "石桥沟村"]], name="下月.xlsx")
    assert "导入以后会这样" in upload(client, next_month).content.decode()


def test_what_is_not_read_is_seen_before_it_is_done_and_why_nothing_can_be(cast: Cast, tmp_path: Path) -> None:
    client = client_of(cast, "office")
    head = ["编号", "啥事", "具体表现", "责任单位", "时限"]
    rows = [["A1", "桥栏杆断了", "北头", "石桥沟村", "2027-03-01"], ["A2", "灯不亮", "三盏", "没有的村", "2027-03-01"]]
    page = upload(client, book(tmp_path, [head, *rows])).content.decode()
    unread = "没有用到的列：B 列 啥事。"
    assert page.index(unread) < page.index("导入其余的行"), "a problem taken from 表现 is seen before the button"
    batch = Batch.objects.get()
    chosen = {"number": 0, "title": 1, "problem": 2, "unit": 3, "due": 4, "all_or_nothing": "on"}
    page = client.post(reverse("import-columns", args=[batch.pk]), chosen, follow=True).content.decode()
    assert unread not in page
    assert "请改好不能导入的行再上传" in page
    assert reverse("import-run", args=[batch.pk]) not in page
    chosen.pop("all_or_nothing")
    page = client.post(reverse("import-columns", args=[batch.pk]), chosen, follow=True).content.decode()
    assert reverse("import-run", args=[batch.pk]) in page
    assert "请改好" not in page


def test_a_long_one_is_left_to_a_job_and_its_progress_is_there_on_return(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 3)
    client = client_of(cast, "organisation")
    path = book(tmp_path, [HEAD, *([f"A{n}", f"路面破损{n}", "石桥沟村", "2027-03-01"] for n in range(5))])
    page = upload(client, path).content.decode()
    batch = Batch.objects.get()
    assert "可以离开这一页" in page
    assert f'hx-get="{reverse("import", args=[batch.pk])}"' in page
    worker.run_pending(timezone.now(), schedules=False)
    assert "导入以后会这样" in client.get(reverse("import", args=[batch.pk])).content.decode()
    client.post(reverse("import-run", args=[batch.pk]))
    assert Matter.objects.count() == 0
    worker.run_pending(timezone.now(), schedules=False)
    assert "导入结果" in client.get(reverse("import", args=[batch.pk])).content.decode()
    assert Matter.objects.count() == 5


def test_a_file_that_is_none_is_told_beside_the_form(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    path.write_bytes(b"<html><table></table></html>")
    page = upload(client_of(cast, "office"), path).content.decode()
    assert "其实是网页" in page
    assert Batch.objects.count() == 0


@pytest.mark.parametrize("part", ["head", "clerk", "village", "secretary", "leader", "discipline", "outsider"])
def test_the_pages_do_not_exist_for_others(cast: Cast, tmp_path: Path, part: str) -> None:
    upload(client_of(cast, "office"), book(tmp_path, [HEAD, ["A1", "路面破损", "石桥沟村", "2027-03-01"]]))
    pk = Batch.objects.get().pk
    other = client_of(cast, part)
    assert other.get(reverse("imports")).status_code == 404
    assert other.get(reverse("import", args=[pk])).status_code == 404
    assert other.post(reverse("import-run", args=[pk])).status_code == 404
    assert other.get(reverse("import-refused", args=[pk])).status_code == 404
    assert Client().get(reverse("import", args=[pk])).status_code in (302, 404)
