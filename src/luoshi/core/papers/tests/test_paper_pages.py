"""The pages of papers, pressed as people press them."""

import html
import re
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest import mock

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from luoshi.core.matters.models import Matter
from luoshi.core.org.models import Person
from luoshi.core.papers.models import Paper, State
from luoshi.core.papers.tests.desk import BODY, Desk
from luoshi.kit.documents import pdf
from luoshi.kit.jobs import worker
from luoshi.kit.jobs.models import Job

pytestmark = pytest.mark.row("N8")


def client(person: Person) -> Client:
    found = Client()
    found.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    return found


def shown(answer) -> str:  # type: ignore[no-untyped-def]  # of the test client
    return html.unescape(answer.content.decode())


@pytest.fixture
def office(desk: Desk) -> Client:
    return client(desk.stage.cast.office)


def typed(paper: Paper, **changes: object) -> dict[str, object]:
    told = {"seen": paper.version, "title": paper.title, "body": paper.body, "reach": paper.reach}
    return {**told, "series": paper.series_id, "recipients": "", "copies_to": "", "note": "", **changes}


@pytest.mark.row("5.2")
def test_a_brief_is_drafted_checked_signed_and_received_by_pressing(desk: Desk, office: Client) -> None:
    cast = desk.stage.cast
    answer = office.post("/papers/new/circular/", {"circular-month": "2026-11"})
    paper = Paper.objects.get()
    assert answer["Location"] == f"/papers/{paper.pk}/edit/"
    assert office.post("/papers/new/circular/", {"circular-month": "2026-11"})["Location"] == f"/papers/{paper.pk}/"
    page = shown(office.get(f"/papers/{paper.pk}/edit/"))
    assert "【在办】" in page
    assert "一般不超过 4000 字" in page
    told = office.post(f"/papers/{paper.pk}/do/submit/", {})
    assert told.status_code == 409
    assert "待填" in shown(told)
    body = paper.body.replace("（待填：其他要求）", "按期反馈。")
    units = [cast.units["nongye"].pk]
    saved = office.post(f"/papers/{paper.pk}/edit/", typed(paper, body=body, units=units, then="done"))
    assert saved["Location"] == f"/papers/{paper.pk}/"
    office.post(f"/papers/{paper.pk}/do/submit/", {})
    assert "不能由您核稿" in shown(office.post(f"/papers/{paper.pk}/do/review/", {})).replace("稿子是您写的", "")
    client(cast.office2).post(f"/papers/{paper.pk}/do/review/", {"review-words": "可以"})
    leader = client(cast.leader)
    assert "签发后编号" in shown(leader.get(f"/papers/{paper.pk}/"))
    assert "1 份公文等您签发" in shown(leader.get("/home/"))
    leader.post(f"/papers/{paper.pk}/do/issue/", {})
    paper.refresh_from_db()
    assert paper.state == State.ISSUED
    clerk = client(cast.clerk)
    assert "1 份公文等您的单位签收" in shown(clerk.get("/home/"))
    assert "签收" in shown(clerk.get(f"/papers/{paper.pk}/"))
    clerk.post(f"/papers/{paper.pk}/receive/")
    assert "赵小兰" in shown(office.get(f"/papers/{paper.pk}/"))
    page = shown(office.get(f"/papers/{paper.pk}/"))
    assert "发文时的数字和现在再数的一样" in page
    desk.stage.register(title="新来的事", raisers=[])
    page = shown(office.get(f"/papers/{paper.pk}/"))
    assert "发文时 2，现在 3" in page
    assert "发文时 2" not in shown(clerk.get(f"/papers/{paper.pk}/"))
    link = re.search(r'class="fig" href="([^"]+)"[^>]*>2<', page)
    assert link
    assert "水渠堵塞" in shown(office.get(link[1]))


def test_what_is_refused_loses_nothing_that_was_typed(desk: Desk, office: Client) -> None:
    paper = desk.draft()
    answer = office.post(f"/papers/{paper.pk}/edit/", typed(paper, title="", body="写了很久的正文"))
    assert answer.status_code == 409
    assert "写了很久的正文" in shown(answer)
    answer = office.post(
        f"/papers/{paper.pk}/edit/", typed(paper, body="又写的", source="matters?colour=x", name="x", then="stay")
    )
    assert answer.status_code == 409
    assert "又写的" in shown(answer)
    paper.refresh_from_db()
    assert paper.body == BODY
    desk.do("edit", paper, "office2", seen=1, title="别人改的", body="别人写的")
    answer = office.post(
        f"/papers/{paper.pk}/edit/",
        typed(Paper(pk=1, version=1, title="甲", body="我写的", reach="town", series_id=paper.series_id)),
    )
    assert "别人改过这份稿子" in shown(answer)
    assert "我写的" in shown(answer)


def test_a_figure_is_added_from_the_list_and_from_an_address(desk: Desk, office: Client) -> None:
    paper = desk.draft()
    address = "/ledgers/matters/?state=working"
    office.post(f"/papers/{paper.pk}/edit/", typed(paper, source=address, name="正在办", then="stay"))
    assert paper.figures.get(name="正在办").source == "matters?state=working"
    page = shown(office.get(f"/papers/{paper.pk}/edit/"))
    choice = re.search(r'<option value="([^"]+)">本月收到</option>', page)
    assert choice
    office.post(f"/papers/{paper.pk}/edit/", typed(paper, common=choice[1], then="stay"))
    assert paper.figures.get(name="本月收到").source.startswith("matters?received_from=2026-11-01")


def word(office: Client, paper: Paper) -> docx.document.Document:
    return docx.Document(BytesIO(office.get(f"/papers/{paper.pk}/word/").content))


def sent(package) -> SimpleUploadedFile:  # type: ignore[no-untyped-def]  # a package of python-docx
    held = BytesIO()
    package.save(held)
    return SimpleUploadedFile("改好的.docx", held.getvalue())


def test_a_paper_edited_in_wps_is_put_back_with_its_figures(desk: Desk, office: Client) -> None:
    paper = desk.draft()
    package = word(office, paper)
    line = next(p for p in package.paragraphs if p.text.startswith("（一）抓紧办"))
    line.runs[-1].text += "逾期的先办。"
    answer = office.post(f"/papers/{paper.pk}/take/", {"file": sent(package)})
    page = shown(answer)
    assert answer.status_code == 200
    assert "还没有存" in page
    assert "没有丢失的内容" in page
    assert "有 2 行不同" in page
    area = re.search(r"<textarea name=\"body\"[^>]*>\s*(.*?)</textarea>", answer.content.decode(), re.S)
    assert area
    body = html.unescape(area[1])
    assert "全镇在办【在办】件，其中逾期【逾期】件。" in body
    assert "逾期的先办。" in body
    paper.refresh_from_db()
    assert paper.body == BODY
    office.post(f"/papers/{paper.pk}/edit/", typed(paper, body=body))
    paper.refresh_from_db()
    assert "逾期的先办。" in paper.body


def test_what_was_lost_on_the_way_is_told_before_it_is_taken_over(desk: Desk, office: Client) -> None:
    paper = desk.draft()
    package = word(office, paper)
    controls = [e for e in package.element.body.iter() if e.tag.endswith("}sdt")]
    controls[0].getparent().remove(controls[0])
    next(t for t in controls[1].iter() if t.tag.endswith("}t")).text = "9"
    page = shown(office.post(f"/papers/{paper.pk}/take/", {"file": sent(package)}))
    assert "这些数字在文件里没有了：在办" in page
    assert "数字【逾期】在文件里写成了“9”" in page


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "这个文件是空的"),
        (b"plain", "不是能读取的Word文档"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "加了密码"),
        (b"PK\x05\x06" + b"\0" * 18, "不是能读取的Word文档"),
    ],
)
def test_a_file_that_is_not_sound_is_refused_beside_its_field(
    desk: Desk, office: Client, data: bytes, said: str
) -> None:
    paper = desk.draft()
    answer = office.post(f"/papers/{paper.pk}/take/", {"file": SimpleUploadedFile("x.docx", data)})
    assert answer.status_code == 409
    assert said in shown(answer)


def test_a_figure_that_fails_is_said_on_the_draft_and_typed_over_with_a_reason(desk: Desk, office: Client) -> None:
    paper = desk.draft()
    paper.figures.filter(name="逾期").update(source="matters?light=violet")
    page = shown(office.get(f"/papers/{paper.pk}/"))
    assert "数字【逾期】取不到：“灯”没有“violet”" in page
    assert office.post(f"/papers/{paper.pk}/type-over/", {"name": "逾期", "text": "1"}).status_code == 409
    office.post(f"/papers/{paper.pk}/type-over/", {"name": "逾期", "text": "1", "reason": "按纸面数"})
    page = shown(office.get(f"/papers/{paper.pk}/"))
    assert "取不到：" not in page.partition("要点")[0]
    assert "按纸面数" in page


def test_an_order_is_drafted_from_the_page_of_its_matter(desk: Desk, office: Client) -> None:
    matter = Matter.objects.get(title="水渠堵塞")
    page = shown(office.get(f"/matters/{matter.pk}/"))
    assert "拟督办单公文" in page
    assert "拟督办单公文" not in shown(client(desk.stage.cast.clerk).get(f"/matters/{matter.pk}/"))
    answer = office.post("/papers/new/matter/", {"matter": str(matter.pk)})
    assert answer["Location"].endswith("/edit/")
    refused = office.post("/papers/new/matter/", {"matter": "0"})
    assert refused.status_code == 409
    assert "没有拟成" in shown(refused)
    assert office.post("/papers/new/nothing/").status_code == 404


def test_numbers_are_kept_on_their_page(desk: Desk, office: Client) -> None:
    told = {
        "what": "series",
        "series-code": "云政",
        "series-mark": "云岭镇人民政府文件",
        "series-signed_as": "云岭镇人民政府",
    }
    assert office.post("/papers/numbers/", told).status_code == 302
    assert office.post("/papers/numbers/", told).status_code == 409
    page = shown(office.get("/papers/numbers/"))
    key = re.search(r'name="pk" value="(\d+)"', page)
    assert key
    run = {"what": "run", "run-series": key[1], "run-year": "2026", "run-before": "17"}
    assert office.post("/papers/numbers/", run).status_code == 302
    assert "从" in shown(office.get("/papers/numbers/"))
    assert office.post("/papers/numbers/", {"what": "close", "pk": key[1]}).status_code == 302
    assert office.post("/papers/numbers/", {"what": "close", "pk": key[1]}).status_code == 404
    assert desk.draft().series.code != "云政"


def test_hostile_text_stays_text(desk: Desk, office: Client) -> None:
    paper = desk.draft(title="<script>alert(1)</script>", body="<b>|【在办】</b>\n|<i>|【在办】|\n|x|【<u>】|")
    page = office.get(f"/papers/{paper.pk}/").content.decode()
    assert "<script>alert" not in page
    assert "<b>|" not in page
    assert "<i>" not in page
    assert office.get(f"/papers/{paper.pk}/print/").status_code == 200
    assert office.get(f"/papers/{paper.pk}/word/").status_code == 200


def test_a_pdf_is_made_where_the_server_can_and_else_the_page_says_what_to_install(
    desk: Desk, office: Client, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    page = f"/papers/{desk.issued(body=BODY).pk}/pdf/"
    with mock.patch.object(pdf, "available", return_value=False):
        for answer in (office.get(page), office.post(page)):
            assert answer.status_code == 409
            assert "apt-get install libreoffice-writer" in shown(answer)
    assert not Job.objects.filter(kind="papers.pdf").exists()
    with (
        mock.patch.object(pdf, "available", return_value=True),
        mock.patch.object(pdf, "convert", return_value=b"%PDF"),
    ):
        assert "生成 PDF" in shown(office.get(page))
        waiting = office.post(page)["Location"]
        assert "正在转成 PDF" in shown(office.get(waiting))
        assert worker.run_pending(schedules=False) == 1
        made = office.get(waiting)
        assert (made.content, made["Content-Type"]) == (b"%PDF", "application/pdf")
        assert office.post(page)["Location"] == page
