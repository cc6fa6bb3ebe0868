"""One drafts, another checks, a third signs; figures are frozen; who may not, is told why."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from luoshi.core.evidence.models import Item
from luoshi.core.journal.models import Event
from luoshi.core.matters.models import State as MatterState
from luoshi.core.papers import actions, figures, queries
from luoshi.core.papers.models import Paper, PaperFigure, Reach, State
from luoshi.core.papers.tests.desk import BODY, FIGURES, Desk
from luoshi.core.papers.transitions import SENTENCES
from luoshi.kit.search.queries import matching

pytestmark = pytest.mark.row("N8")


def test_a_paper_goes_from_draft_to_archive_and_every_step_is_journaled(desk: Desk) -> None:
    paper = desk.draft(units=(desk.stage.cast.units["nongye"].pk,))
    assert (paper.state, paper.number) == (State.DRAFT, "")
    desk.do("submit", paper, "office", words="请核")
    desk.do("review", paper, "office2", words="可以")
    desk.do("issue", paper, "leader")
    assert paper.state == State.ISSUED
    assert paper.number == f"{paper.series.code}〔2026〕1号"
    assert str(paper.issued_on) == "2026-11-25"
    desk.do("receive", paper, "clerk")
    assert [d.received_by_id for d in paper.deliveries.all()] == [desk.stage.cast.clerk.pk]
    assert desk.refused(lambda: desk.do("receive", paper, "clerk")).code == "papers.nothing_to_receive"
    desk.do("archive", paper, "office")
    verbs = list(Event.objects.filter(stream=paper.stream).order_by("seq").values_list("verb", flat=True))
    assert verbs == ["paper.drafted", "paper.submit", "paper.review", "paper.issue", "paper.received", "paper.archive"]
    assert set(verbs) <= set(SENTENCES)
    (file,) = Item.objects.filter(stream=paper.stream)
    assert file.name.startswith(f"{paper.number} ")
    assert [line.who for line in queries.story(paper)][:4] == ["周敏", "周敏", "吴桐", "王建军"]
    assert list(Paper.objects.filter(pk__in=matching("paper", "群众反映"))) == [paper]


def test_nobody_checks_or_signs_what_they_wrote(desk: Desk) -> None:
    paper = desk.draft()
    desk.do("submit", paper, "office")
    assert desk.refused(lambda: desk.do("review", paper, "office")).code == "papers.own_work"
    desk.do("review", paper, "leader")
    refusal = desk.refused(lambda: desk.do("issue", paper, "leader"))
    assert refusal.code == "papers.own_work"
    assert "书记" in refusal.fix
    assert desk.refused(lambda: desk.do("issue", paper, "office2")).code == "papers.not_yours"
    desk.do("issue", paper, "secretary")
    assert not paper.alone

    corrected = desk.draft()
    desk.do("edit", corrected, "office2", seen=1, title="改过的", body=BODY)
    desk.do("submit", corrected, "office")
    assert desk.refused(lambda: desk.do("review", corrected, "office2")).code == "papers.own_work"


def test_the_secretary_alone_may_sign_ones_own_and_it_shows(desk: Desk) -> None:
    paper = desk.draft("secretary")
    desk.do("submit", paper, "secretary")
    desk.do("review", paper, "secretary")
    desk.do("issue", paper, "secretary")
    assert paper.alone
    data = json.loads(Event.objects.get(stream=paper.stream, verb="paper.issue").data)
    assert data["alone"] is True


def test_the_database_itself_holds_apart_who_wrote_checked_and_signed(desk: Desk) -> None:
    paper = desk.issued()
    for wrong in (
        {"signer_id": paper.drafter_id},
        {"reviewer_id": paper.drafter_id},
        {"signer_id": paper.reviewer_id},
        {"serial": None},
        {"state": State.DRAFT},
        {"signer_id": None},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Paper.objects.filter(pk=paper.pk).update(**wrong)
    twin = desk.issued(title="另一份通知")
    assert twin.serial == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Paper.objects.filter(pk=twin.pk).update(serial=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaperFigure.objects.filter(paper=paper).update(typed="3")


@pytest.mark.row("5.2")
def test_figures_are_frozen_on_issue_and_what_changed_since_is_told(desk: Desk) -> None:
    paper = desk.issued()
    rows = {row.name: row for row in paper.figures.all()}
    assert {name: row.value for name, row in rows.items()} == {"在办": 2, "逾期": 1}
    assert {row.reviewed for row in rows.values()} == {2, 1}
    assert rows["逾期"].sentence == "问题台账（灯：逾期）"
    assert figures.changes(rows.values(), figures.see(rows.values(), desk["leader"])) == []
    desk.stage.at_state(MatterState.WORKING, title="桥面塌陷", raisers=[])
    (change,) = figures.changes(rows.values(), figures.see(rows.values(), desk["leader"]))
    assert change.words == "发文时 2，现在 3"
    assert change.url == "/ledgers/matters/?light=open"


def test_an_unknown_and_a_failing_figure_hold_a_paper_back_until_mended_or_typed_over(desk: Desk) -> None:
    paper = desk.draft(body="在办【在办】件，另有【什么】件。")
    refusal = desk.refused(lambda: desk.do("submit", paper, "office"))
    assert refusal.code == "papers.not_ready"
    assert "【什么】没有对应的数字" in refusal.sentence
    PaperFigure.objects.create(paper=paper, name="什么", source="matters?light=violet")
    refusal = desk.refused(lambda: desk.do("submit", paper, "office"))
    assert refusal.sentence == "数字【什么】取不到：“灯”没有“violet”。"
    assert paper.state == State.DRAFT
    assert (
        desk.refused(lambda: desk.do("type_over", paper, "office", name="什么", text="5", reason=" ")).field == "reason"
    )
    desk.do("type_over", paper, "office", name="什么", text="5", reason="台账改版，按纸面数")
    desk.do("submit", paper, "office")
    desk.do("review", paper, "office2")
    desk.do("issue", paper, "leader")
    row = paper.figures.get(name="什么")
    assert (row.value, row.typed, row.reason) == (None, "5", "台账改版，按纸面数")
    assert figures.frozen(paper.figures.all())["什么"] == "5"


def test_a_figure_that_fails_between_checking_and_signing_is_not_signed(desk: Desk) -> None:
    paper = desk.reviewed()
    PaperFigure.objects.filter(paper=paper, name="逾期").update(source="nowhere?x=1")
    assert desk.refused(lambda: desk.do("issue", paper, "leader")).code == "papers.not_ready"
    paper.refresh_from_db()
    assert (paper.state, paper.serial) == (State.REVIEWED, None)
    assert desk.issued(title="下一份").serial == 1


def test_what_must_still_be_written_holds_a_paper_back(desk: Desk) -> None:
    paper = desk.draft(body="今年情况如下。\n（待填：做法）")
    assert "待填" in desk.refused(lambda: desk.do("submit", paper, "office")).sentence
    assert desk.refused(lambda: desk.do("submit", desk.draft(body=""), "office")).sentence == "没有正文。"


def test_a_paper_that_bears_a_grade_of_secrecy_is_held_back(desk: Desk) -> None:
    refusal = desk.refused(lambda: desk.do("submit", desk.draft(body="机密★1年\n情况如下。"), "office"))
    assert "密级标志“机密★”" in refusal.sentence
    desk.do("submit", desk.draft(body="要保守秘密，机密文件另存。"), "office")


def test_two_editors_do_not_write_over_one_another(desk: Desk) -> None:
    paper = desk.draft()
    desk.do("edit", paper, "office", seen=1, title="甲", body="甲写的")
    refusal = desk.refused(lambda: desk.do("edit", paper, "office2", seen=1, title="乙", body="乙写的"))
    assert refusal.code == "papers.changed_meanwhile"
    desk.do("edit", paper, "office2", seen=2, title="甲", body="甲乙写的")
    assert [v.body for v in paper.versions.order_by("number")] == [BODY, "甲写的", "甲乙写的"]


def test_a_paper_sent_back_is_checked_anew_and_a_withdrawn_one_never_had_a_number(desk: Desk) -> None:
    paper = desk.reviewed()
    assert desk.refused(lambda: desk.do("send_back", paper, "leader", words=" ")).field == "words"
    desk.do("send_back", paper, "leader", words="再核一核数字")
    assert (paper.state, paper.reviewer_id) == (State.DRAFT, None)
    assert {row.reviewed for row in paper.figures.all()} == {None}
    desk.do("withdraw", paper, "office", words="不发了")
    assert (paper.state, paper.serial) == (State.WITHDRAWN, None)
    out = desk.issued()
    desk.do("revoke", out, "secretary", words="另行发文")
    assert (out.state, out.serial) == (State.WITHDRAWN, 1)
    assert desk.issued(title="再发").serial == 2
    assert queries.number_faults() == []


def test_who_sees_a_paper(desk: Desk) -> None:
    units = desk.stage.cast.units
    draft, submitted = desk.draft(), desk.draft(title="送核的")
    desk.do("submit", submitted, "office")
    town = desk.issued(title="都能看的")
    named = desk.issued(title="只给农业的", reach=Reach.NAMED, units=(units["nongye"].pk,))

    def seen(part: str) -> set[int]:
        return set(queries.visible_to(desk[part]).values_list("pk", flat=True))

    everything = {draft.pk, submitted.pk, town.pk, named.pk}
    assert seen("office") == seen("secretary") == seen("office2") == everything
    assert seen("leader") == everything - {draft.pk}
    assert seen("clerk") == seen("head") == {town.pk, named.pk}
    assert seen("village") == seen("discipline") == {town.pk}
    assert seen("outsider") == set()
    assert desk.refused(lambda: desk.do("receive", named, "village")).code == "papers.unknown"
    assert desk.refused(lambda: desk.do("submit", draft, "clerk")).code == "papers.unknown"
    assert desk.refused(lambda: desk.draft("village")).code == "papers.not_writer"


def test_a_figure_is_added_by_the_address_of_a_ledger_and_a_wrong_one_is_refused(desk: Desk) -> None:
    paper = desk.draft()
    unit = desk.stage.cast.units["nongye"].pk
    address = f"/ledgers/matters/?light=open&unit={unit}&order=due"
    added = desk.do("add_figure", paper, "office", name="", source=address)
    assert added.source == f"matters?light=open&unit={unit}"
    assert added.name.startswith("问题台账（")
    for source, code in (
        ("matters?light=violet", "papers.figure"),
        ("matters?nothing=1", "papers.figure"),
        ("elsewhere?x=1", "papers.figure"),
        ("好多件", "figures.unreadable"),
    ):
        refusal = desk.refused(lambda source=source: desk.do("add_figure", paper, "office", name="x", source=source))
        assert (refusal.code, refusal.field) == (code, "source")
    assert (
        desk.refused(lambda: desk.do("add_figure", paper, "office", name="在办", source="matters")).code
        == "papers.figure_taken"
    )
    assert desk.refused(lambda: desk.do("add_figure", paper, "office", name="【x】", source="matters")).field == "name"


def test_acts_come_in_order_of_time_and_only_from_people(desk: Desk) -> None:
    from luoshi.core.org.rules import system

    paper = desk.draft()
    early = desk.stage.at - timedelta(days=1)
    assert desk.refused(lambda: actions.submit(paper, by=desk["office"], at=early)).code == "papers.before_last"
    robot = system("robot", town_id=desk.stage.cast.town.pk)
    assert desk.refused(lambda: actions.submit(paper, by=robot, at=desk.tick())).code == "papers.unknown"


def test_a_deputy_does_not_check_what_the_principal_wrote(desk: Desk) -> None:
    from luoshi.core.org import actions as org
    from luoshi.testing.cast import MAKER

    cast = desk.stage.cast
    org.deputise(
        principal=cast.office,
        deputy=cast.office2,
        starts_on=desk.stage.day,
        ends_on=desk.stage.day + timedelta(days=5),
        by=MAKER,
        at=desk.tick(),
    )
    desk.stage._actors.clear()
    paper = desk.draft()
    desk.do("submit", paper, "office")
    assert desk.refused(lambda: desk.do("review", paper, "office2")).code == "papers.own_work"
    assert FIGURES
