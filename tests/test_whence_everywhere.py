"""Every page on which somebody enters something leads to where that came from and what draws on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from luoshi.chapters.review.causes import actions as causes
from luoshi.chapters.review.meetings import actions as meetings
from luoshi.chapters.review.selfreview.models import Sheet
from luoshi.core.desk import queries, tracing
from luoshi.core.desk.queries.whence import Line, Whence
from luoshi.core.org.models import Person
from luoshi.core.org.rules import Actor
from luoshi.core.papers import actions as papers
from luoshi.core.papers import models as papers_models
from luoshi.core.plan import actions as plans
from luoshi.testing.cast import Cast
from tests.support.story import STORY_NOW, client_of
from tests.test_statements import MOST, statements

if TYPE_CHECKING:
    from tests.support.story import Story

pytestmark = pytest.mark.row("N1")
Thing = Callable[["Story"], Any]

KINDS: dict[str, tuple[Thing, str, str]] = {
    "cause": (lambda s: s.cause, "/causes/{}/", "outsider"),
    "example": (lambda s: s.examples["approved"], "/examples/{}/", "outsider"),
    "meeting": (lambda s: s.meetings[0], "/meetings/{}/", "clerk"),
    "selfreview-sheet": (lambda s: s.sheets["unit"], "/selfreview/sheets/{}/", "clerk"),
    "paper": (lambda s: s.papers["issued"], "/papers/{}/", "clerk"),
    "plan-part": (lambda s: s.plan.parts.all()[1], "/plan/parts/{}/", "outsider"),
    "finding": (lambda s: s.findings["waiting"], "/review/findings/{}/", "clerk"),
}
"""Of each kind: one of the story, its page, and who must learn nothing of where it came from."""


def actor_of(story: Story, part: str) -> Actor:
    person: Person = story.people[part]
    return Cast.actor(story.cast, person, STORY_NOW.date())


def traced(story: Story, kind: str, thing: Any, part: str = "secretary") -> Whence:
    actor, known = actor_of(story, part), tracing.get(kind)
    assert known is not None
    return queries.whence(known, known.get(actor, thing.pk), actor=actor)


def line(found: Whence, label: str) -> Line:
    return next(one for one in found.lines if one.label == label)


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_leads_there_and_nobody_learns_it_who_may_not_see_the_thing(story: Story, kind: str) -> None:
    pick, page, stranger = KINDS[kind]
    thing = pick(story)
    link = f"/desk/whence/{kind}/{thing.pk}/"
    client = client_of(story.people["secretary"])
    assert link in client.get(page.format(thing.pk)).content.decode(), "one click"
    answer = client.get(link)
    assert answer.status_code == 200
    assert page.format(thing.pk) in answer.content.decode(), "and back"
    assert 0 < statements(client, link) <= MOST
    client = client_of(story.people[stranger])
    assert client.get(link).status_code == 404
    assert link not in client.get(page.format(thing.pk)).content.decode()


def test_a_cause_says_who_found_it_and_that_the_ledger_draws_on_it(story: Story) -> None:
    cause, office = story.cause, actor_of(story, "office")
    assert cause is not None
    before = traced(story, "cause", cause)
    root = f"第{len(cause.whys)}个为什么"
    assert (line(before, root).value, line(before, root).changed) == (cause.root, 0)
    assert "问题台账：根源" in dict(line(before, root).uses)
    causes.amend(cause, kind=cause.kind, whys=[*cause.whys[:-1], "招标没写保修"], by=office, at=STORY_NOW)
    root_now = line(traced(story, "cause", cause), root)
    assert root_now.entry is not None
    assert (root_now.value, root_now.changed, root_now.entry.who) == ("招标没写保修", 1, "周敏")
    assert line(traced(story, "cause", cause), "第1个为什么").changed == 0
    causes.unlink(cause, cause.links.get().matter or cause.links.get().finding, by=office, at=STORY_NOW)
    assert "问题台账：根源" not in dict(line(traced(story, "cause", cause), root).uses)


def test_what_was_agreed_at_a_meeting_is_traced_line_by_line_to_the_finding_and_back(story: Story) -> None:
    meeting = story.meetings[0]
    found = traced(story, "meeting", meeting)
    agreed = {one.value: one for one in found.lines if one.label.startswith("议定")}
    assert set(agreed) == {"三台泵修好", "渠道排班"}
    assert all(one.changed == 0 and one.entry and one.entry.who == "周敏" for one in agreed.values())
    assert agreed["三台泵修好"].entry != agreed["渠道排班"].entry
    assert dict(agreed["三台泵修好"].uses) == {"查摆问题": "/review/findings/"}
    young = traced(story, "meeting", story.meetings[1])
    assert all(not one.uses for one in young.lines if one.label.startswith("议定")), "no minutes, no finding"
    finding = meeting.resolutions.order_by("pk")[0].finding
    assert finding is not None
    assert traced(story, "finding", finding).origin == (
        f"会议 党委会（{meeting.held_at:%Y-%m-%d}）",
        f"/meetings/{meeting.pk}/",
    )


def test_a_paper_from_a_meeting_is_named_there_and_names_the_meeting(story: Story) -> None:
    client, meeting = client_of(story.people["office"]), story.meetings[0]
    assert client.post("/papers/new/meeting/", {"meeting": meeting.pk}).status_code == 302
    paper = papers_models.Paper.objects.get(origin=meeting.stream)
    (drawn,) = traced(story, "meeting", meeting).papers
    assert drawn == (f"{paper.title}（拟稿）", f"/papers/{paper.pk}/")
    assert traced(story, "meeting", meeting, "leader").papers == (), "a draft is the office's and the secretary's"
    origin = traced(story, "paper", paper).origin
    assert origin is not None
    assert origin[1] == f"/meetings/{meeting.pk}/"
    papers.edit(
        paper,
        seen=paper.version,
        title="关于排班的纪要",
        body=paper.body,
        recipients="农业农村服务中心",
        by=actor_of(story, "office"),
        at=timezone.now(),
    )
    found = traced(story, "paper", paper)
    assert (line(found, "标题").value, line(found, "标题").changed) == ("关于排班的纪要", 1)
    assert line(found, "主送").value == "农业农村服务中心"


def test_a_sheet_tells_who_handed_it_in_and_its_gap_tells_of_the_sheet(story: Story) -> None:
    sheet: Sheet = story.sheets["unit"]
    found = traced(story, "selfreview-sheet", sheet)
    written = [one for one in found.lines if one.value]
    assert [(one.value, one.entry.who if one.entry else "") for one in written] == [
        ("unit：灌渠的事只派了工，没有回头看。", "刘建国")
    ]
    assert dict(written[0].uses) == {"查摆问题": "/review/findings/"}
    finding = sheet.answers.get(benchmark="tasks").raised.get().finding
    origin = traced(story, "finding", finding).origin
    assert origin is not None
    assert origin[1] == f"/selfreview/sheets/{sheet.pk}/"
    office = queries.whence(
        tracing.get("finding"),  # type: ignore[arg-type]  # it is there, as the line above shows
        finding,
        actor=actor_of(story, "office"),
    )
    assert office.origin is None, "whoever may not read the sheet does not learn that it came from one"


def test_an_example_that_a_sheet_points_at_says_so_to_who_may_read_the_sheet(story: Story) -> None:
    example, sheet = story.examples["approved"], story.sheets["unit"]
    Sheet.objects.filter(pk=sheet.pk).update(compared_with=example.stream)
    for part, told in {"secretary": True, "clerk": False}.items():
        uses = dict(line(traced(story, "example", example, part), "学什么").uses)
        assert ("自查表：对照的典型" in uses) is told, part
    assert line(traced(story, "selfreview-sheet", sheet), "对照的典型").value.startswith(example.name)


def test_a_sentence_of_the_plan_knows_its_own_corrections_and_not_its_neighbours(story: Story) -> None:
    assert story.plan is not None
    one, other = story.plan.parts.all()[1:3]
    office = actor_of(story, "office")
    unit = story.cast.units["nongye"]
    plans.set_duty(other, unit=unit, person=None, due=None, goal=None, by=office, at=STORY_NOW)
    assert line(traced(story, "plan-part", one), "责任单位").value == ""
    duty = line(traced(story, "plan-part", other), "责任单位")
    assert duty.entry is not None
    assert (duty.value, duty.entry.who, duty.entry.sentence) == (
        unit.name,
        "周敏",
        "定责任单位、责任人、时限和目标",
    )
    words = line(traced(story, "plan-part", other), "句子")
    assert words.entry is not None
    assert words.entry.sentence == "装入方案"
    measure = story.plan.parts.filter(kind="measure").last()
    assert measure is not None
    plans.call_parts(story.plan, kinds={measure.pk: "rest"}, by=office, at=STORY_NOW)
    called = {part.pk: line(traced(story, "plan-part", part), "是什么").entry for part in (measure, one)}
    assert {pk: entry.sentence for pk, entry in called.items() if entry} == {
        measure.pk: "校正句子的位置",
        one.pk: "装入方案",
    }


def test_more_agreed_at_a_meeting_asks_the_database_no_more(story: Story) -> None:
    meeting, client = story.meetings[1], client_of(story.people["office"])
    link = f"/desk/whence/meeting/{meeting.pk}/"
    before = statements(client, link)
    for text in ("再排一次班", "清淤", "装栏杆"):
        meetings.agree(
            meeting.agenda.get(),
            kind=meetings.Resolution.Kind.DECISION,
            text=text,
            by=actor_of(story, "office"),
            at=STORY_NOW,
        )
    assert statements(client, link) == before
