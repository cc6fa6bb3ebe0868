"""Under whose mark and number a paper goes out: the town's own rule for each kind; minutes bear a mark of their own."""

from io import BytesIO

import docx
import pytest
from django.test import Client

from luoshi.core.papers import actions, document, filing, queries
from luoshi.core.papers.models import Kind, KindSeries, Paper, Series
from luoshi.core.papers.tests.desk import Desk

pytestmark = pytest.mark.row("N8")


def opened(desk: Desk, code: str, mark: str, signed_as: str, printed_by: str = "") -> Series:
    told = {"code": code, "mark": mark, "signed_as": signed_as, "printed_by": printed_by}
    return actions.open_series(town=desk.stage.cast.town, by=desk["office"], at=desk.tick(), **told)


def use(desk: Desk, kind: Kind, series: Series | None, by: str = "office") -> None:
    actions.use_series(kind, series, town=desk.stage.cast.town, by=desk[by], at=desk.tick())


def lines(paper: Paper) -> list[tuple[str, str]]:
    found = Paper.objects.select_related("series", "signer", "drafter").get(pk=paper.pk)
    body = docx.Document(BytesIO(filing.word(document.load(found))))
    told = [*body.paragraphs, *(p for t in body.tables for r in t.rows for c in r.cells for p in c.paragraphs)]
    return [(p.style.style_id, p.text) for p in told if p.text.strip()]


def test_a_report_goes_out_under_the_committee_and_an_order_under_the_office_each_without_gaps(desk: Desk) -> None:
    office = desk.issued()
    committee = opened(desk, "云委", "中共云岭镇委员会文件", "中共云岭镇委员会", "云岭镇党政综合办公室")
    use(desk, Kind.SITUATION, committee)
    reports = [desk.issued(kind=Kind.SITUATION, title="关于问题办理情况的报告", issued_by=True) for _ in range(2)]
    assert [paper.number for paper in reports] == ["云委〔2026〕1号", "云委〔2026〕2号"]
    assert desk.issued().number == office.number.replace("1号", "2号")
    assert queries.number_faults() == []
    told = lines(reports[0])
    assert ("LuoshiMark", "中共云岭镇委员会文件") in told
    assert ("Title", "中共云岭镇委员会关于问题办理情况的报告") in told
    assert ("LuoshiSigned", "中共云岭镇委员会") in told
    assert ("LuoshiImprint", "云岭镇党政综合办公室\t2026年11月25日印发") in told
    use(desk, Kind.SITUATION, None)
    assert desk.draft(kind=Kind.SITUATION).series == office.series
    refused = desk.refused(lambda: use(desk, Kind.SITUATION, committee, by="clerk"))
    assert refused.code == "papers.not_office"


def test_a_closed_run_is_taken_by_no_kind_any_more(desk: Desk) -> None:
    first = desk.draft().series
    committee = opened(desk, "云委", "中共云岭镇委员会文件", "中共云岭镇委员会")
    use(desk, Kind.ANNUAL, committee)
    assert desk.draft(kind=Kind.ANNUAL).series == committee
    actions.close_series(committee, on=desk.stage.at.date(), by=desk["office"], at=desk.tick())
    assert desk.draft(kind=Kind.ANNUAL).series == first
    assert not KindSeries.objects.exists()
    assert desk.refused(lambda: use(desk, Kind.ANNUAL, committee)).code == "papers.not_here"


def test_minutes_bear_their_own_mark_and_neither_signature_nor_seal(desk: Desk) -> None:
    body = "会议议定清淤。\n出席：陈立新、王建军。"
    plain = desk.issued(kind=Kind.MINUTES, title="镇长办公会议纪要", body=body, figures=())
    told = lines(plain)
    assert ("LuoshiMark", f"{plain.series.signed_as}会议纪要") in told
    assert not [text for style, text in told if style in ("LuoshiSigned", "LuoshiDated")]
    assert ("LuoshiNumberUp", f"\t{plain.number}\t2026年11月25日") in told
    own = opened(desk, "云委纪", "中共云岭镇委员会会议纪要", "中共云岭镇委员会")
    use(desk, Kind.MINUTES, own)
    second = desk.issued(kind=Kind.MINUTES, title="党委会议纪要", body=body, figures=())
    assert second.number == "云委纪〔2026〕1号"
    assert ("LuoshiMark", "中共云岭镇委员会会议纪要") in lines(second)
    notice = desk.draft()
    said = {"seen": 1, "title": notice.title, "body": notice.body, "series": own}
    assert desk.refused(lambda: desk.do("edit", notice, "office", **said)).code == "papers.mark"
    assert desk.refused(lambda: use(desk, Kind.NOTICE, own)).code == "papers.mark"


def test_the_office_says_on_a_page_which_kind_bears_whose_mark(desk: Desk) -> None:
    desk.draft()
    committee = opened(desk, "云委", "中共云岭镇委员会文件", "中共云岭镇委员会")
    client = Client()
    client.force_login(desk.stage.cast.office.account, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post("/papers/numbers/", {"what": "kinds", "kinds-situation": committee.pk}, follow=True)
    assert "已定下" in answer.content.decode()
    assert desk.draft(kind=Kind.SITUATION).series == committee
    wrong = client.post("/papers/numbers/", {"what": "kinds", "kinds-situation": "999999"})
    assert wrong.status_code == 409
    assert KindSeries.objects.get().series == committee
