"""Meetings: agenda, people, what was agreed becomes records, minutes in versions, former decisions come back."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import docx
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from luoshi.chapters.review import actions as review
from luoshi.chapters.review.meetings import actions, queries
from luoshi.chapters.review.meetings.forms import MeetingForm
from luoshi.chapters.review.meetings.minutes import document
from luoshi.chapters.review.meetings.models import AgendaItem, Attendee, Meeting, Resolution
from luoshi.chapters.review.meetings.transitions import SENTENCES
from luoshi.chapters.review.models import Finding
from luoshi.core.journal.models import Event
from luoshi.core.matters.models import Matter
from luoshi.core.matters.tests.stage import Stage
from luoshi.core.org.rules import PUBLIC
from luoshi.kit.documents.docx import render_docx
from luoshi.testing.cast import Cast
from luoshi.testing.refusals import refused

pytestmark = pytest.mark.row("1.2")
Kind = Resolution.Kind
AGENDA = ["研究灌溉用水", "研究村口路灯"]


@pytest.fixture
def stage(cast: Cast, now: datetime) -> Stage:
    return Stage(cast, now)


def call(stage: Stage, by: str = "office", **told: Any) -> Meeting:
    cast = stage.cast
    made = {
        "name": "党委会",
        "held_at": stage.at,
        "chair": cast.secretary,
        "agenda": AGENDA,
        "present": [cast.secretary, cast.leader],
        "sitting_in": [cast.office],
        "guests": ["县水利局 林工"],
        "place": "二楼会议室",
        **told,
    }
    return actions.call(town=cast.town, by=stage[by], at=stage.tick(), **made)


def item(meeting: Meeting, n: int = 1) -> AgendaItem:
    return meeting.agenda.get(position=n)


def agree(stage: Stage, meeting: Meeting, text: str, n: int = 1, by: str = "office", **told: Any) -> Resolution:
    made = {"kind": Kind.TASK, "unit": stage.cast.units["nongye"], **told}
    return actions.agree(item(meeting, n), text=text, by=stage[by], at=stage.tick(), **made)


def fresh(meeting: Meeting) -> Meeting:
    return Meeting.objects.get(pk=meeting.pk)


def test_a_meeting_needs_an_agenda_and_everybody_is_there_once(stage: Stage) -> None:
    cast = stage.cast
    for code, told in {
        "meeting.no_agenda": {"agenda": ["", "  "]},
        "meeting.long_agenda": {"agenda": ["议"] * 21},
        "meeting.twice": {"sitting_in": [cast.leader]},
        "meeting.nobody": {"present": [], "sitting_in": [], "guests": [" "]},
        "meeting.other_town": {"present": [cast.outsider]},
        "text.name.missing": {"name": " "},
        "meeting.when": {"held_at": stage.at.replace(year=1990)},
    }.items():
        with refused(code):
            call(stage, **told)
    with refused("meeting.twice"):
        call(stage, guests=["林工", "林工"])
    for part in ("clerk", "outsider"):
        with refused("meeting.not_caller"):
            call(stage, by=part)
    assert not Meeting.objects.exists()
    meeting = call(stage)
    for row in (
        Attendee(meeting=meeting, person=cast.leader),
        Attendee(meeting=meeting, guest="县水利局 林工"),
        Attendee(meeting=meeting),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def test_people_are_listed_and_kept_with_the_secretary_and_the_leaders_first_and_strangers_are_refused(
    stage: Stage,
) -> None:
    cast = stage.cast
    ticked = [cast.village, cast.leader, cast.clerk, cast.secretary, cast.head]
    told = {"agenda": "研究灌溉用水", "present": [one.pk for one in ticked], "guests": ""}
    form = MeetingForm(told, actor=stage["office"], whole=False)
    listed = [name for _, name in form.fields["sitting_in"].choices]
    assert listed[:2] == ["陈立新", "王建军"]
    assert listed.index("刘建国") < listed.index("赵小兰") < listed.index("孙大山")
    assert form.is_valid(), form.errors
    in_order = [cast.secretary, cast.leader, cast.head, cast.clerk, cast.village]
    assert form.told()["present"] == in_order
    meeting = call(stage, present=form.told()["present"], sitting_in=[])
    assert [one.person for one in queries.present(meeting) if one.person] == in_order
    other = MeetingForm({**told, "present": [cast.outsider.pk]}, actor=stage["office"], whole=False)
    assert not other.is_valid()
    assert list(other.errors) == ["present"]


def test_who_reads_a_meeting(stage: Stage) -> None:
    meeting = call(stage, by="head")
    seers = {part for part in stage.cast.everybody if queries.visible_to(stage[part]).filter(pk=meeting.pk).exists()}
    assert seers == {"secretary", "leader", "office", "office2", "head"}
    assert queries.visible_to(PUBLIC).count() == 0
    with refused("meeting.unknown"):
        agree(stage, meeting, "修泵", by="clerk")
    with refused("meeting.not_recorder"):
        agree(stage, meeting, "修泵", by="leader")
    agree(stage, meeting, "修泵", by="head")


def test_agreed_findings_and_tasks_become_records_and_the_office_registers_them(stage: Stage) -> None:
    meeting, day = call(stage), stage.day
    with refused("meeting.nothing_agreed"):
        actions.issue(meeting, by=stage["office"], at=stage.tick())
    for code, told in {
        "meeting.task_unit": {"unit": None},
        "meeting.due": {"due": day - timedelta(days=1)},
        "text.text.missing": {"text": " "},
        "meeting.other_town": {"unit": stage.cast.other_unit},
    }.items():
        with refused(code):
            agree(stage, meeting, **{"text": "修泵", **told})
    task = agree(stage, meeting, "三台泵修好，能抽水。", due=day + timedelta(days=5))
    found = agree(stage, meeting, "渠道管护责任不清", kind=Kind.FINDING, unit=None)
    agree(stage, meeting, "路灯统一由村里报修", 2, kind=Kind.DECISION, unit=None)
    with refused("meeting.not_issued"):
        actions.register(task, by=stage["office"], at=stage.tick())
    held = meeting.held_at
    stage.tick(days=2)
    actions.issue(fresh(meeting), by=stage["office"], at=stage.tick())
    assert Finding.objects.count() == 2
    finding = Resolution.objects.get(pk=found.pk).finding
    assert finding is not None
    assert (finding.channel, finding.meeting_name, finding.received_at) == ("meeting", "党委会", held)
    assert finding.meeting_people == "陈立新、王建军、周敏、县水利局 林工"
    with refused("review.not_office"):
        actions.register(task, by=stage["secretary"], at=stage.tick())
    matter = actions.register(task, by=stage["office"], at=stage.tick())
    assert (matter.explicit_due, matter.resolve_due) == (day + timedelta(days=5), day + timedelta(days=5))
    assert timezone.localdate(matter.received_at) == timezone.localdate(held)
    assert Matter.objects.count() == 1


def test_what_changes_after_the_minutes_makes_a_new_version_and_the_old_one_stays(stage: Stage) -> None:
    meeting = call(stage)
    kept, gone = agree(stage, meeting, "修泵"), agree(stage, meeting, "换灯", 2)
    first = actions.issue(fresh(meeting), by=stage["office"], at=stage.tick())
    with refused("meeting.nothing_changed"):
        actions.issue(fresh(meeting), by=stage["office"], at=stage.tick(), reason="再印")
    with refused("meeting.issued"):
        actions.change(meeting, agenda=AGENDA, present=[], by=stage["office"], at=stage.tick())
    actions.register(kept, by=stage["office"], at=stage.tick())
    with refused("meeting.under_way"):
        actions.drop(kept, by=stage["office"], at=stage.tick())
    actions.drop(gone, by=stage["office"], at=stage.tick())
    with refused("meeting.not_agreed"):
        actions.drop(gone, by=stage["office"], at=stage.tick())
    agree(stage, meeting, "路灯改由村里统一换", 2)
    assert queries.agenda(fresh(meeting)).has_news
    with refused("text.reason.missing"):
        actions.issue(fresh(meeting), by=stage["office"], at=stage.tick())
    second = actions.issue(fresh(meeting), by=stage["office"], at=stage.tick(), reason="路灯另有安排")
    assert not queries.agenda(fresh(meeting)).has_news
    assert [one.version for one in queries.versions(meeting)] == [2, 1]
    assert text_of(first).count("换灯") == 1
    assert "换灯" not in text_of(second)
    assert "路灯改由村里统一换" in text_of(second)
    assert Finding.objects.count() == 3


def text_of(minutes: Any) -> str:
    held = BytesIO()
    render_docx(document(minutes, issuer="云岭镇"), held)
    return "\n".join(one.text for one in docx.Document(BytesIO(held.getvalue())).paragraphs)


def test_minutes_say_who_was_there_and_what_was_agreed(stage: Stage) -> None:
    meeting = call(stage)
    agree(stage, meeting, "三台泵修好，能抽水。", due=stage.day + timedelta(days=5))
    told = text_of(actions.issue(fresh(meeting), by=stage["office"], at=stage.tick()))
    number = Finding.objects.get().number
    for words in (
        "党委会纪要",
        "陈立新在二楼会议室主持召开党委会",
        "出席：陈立新、王建军。",
        "列席：周敏、县水利局 林工。",
        "研究灌溉用水",
        f"任务：三台泵修好，能抽水，由农业农村服务中心负责，2026年11月30日前完成。（{number}）",
        "没有议定事项",
        "记录：周敏。",
    ):
        assert words in told


def test_an_item_with_something_agreed_stays_where_it_is(stage: Stage) -> None:
    meeting = call(stage)
    agree(stage, meeting, "换灯", 2)
    told: dict[str, Any] = {"present": [stage.cast.leader], "by": stage["office"]}
    with refused("meeting.item_agreed"):
        actions.change(meeting, agenda=["研究灌溉用水"], at=stage.tick(), **told)
    actions.change(meeting, agenda=["研究防汛", *AGENDA[1:], "研究秸秆"], at=stage.tick(), **told)
    assert [one.item.title for one in queries.agenda(meeting).items] == ["研究防汛", "研究村口路灯", "研究秸秆"]
    assert [one.person for one in queries.present(meeting)] == [stage.cast.leader]


def test_what_was_agreed_comes_back_with_its_state_until_it_is_ended(stage: Stage) -> None:
    first = call(stage)
    task, dropped = agree(stage, first, "修泵"), agree(stage, first, "换灯", 2)
    agree(stage, first, "路灯由村里报修", 2, kind=Kind.DECISION, unit=None)
    assert queries.former(call(stage, held_at=stage.tick(days=1))) == []
    actions.issue(fresh(first), by=stage["office"], at=stage.tick())
    matter = actions.register(task, by=stage["office"], at=stage.tick())
    dropped.refresh_from_db()
    assert dropped.finding is not None
    second = call(stage, held_at=stage.tick(days=1))
    told = {one.resolution.text: (one.state, one.is_open) for one in queries.former(second)}
    assert told == {"修泵": ("已立项", True), "换灯": ("待处理", True), "路灯由村里报修": ("决定", False)}
    review.answer(dropped.finding, text="已换好", by=stage["office"], at=stage.tick())
    told = {one.resolution.text: (one.state, one.is_open) for one in queries.former(second)}
    assert told["换灯"] == ("已答复", False)
    agree(stage, second, "清渠")
    actions.issue(fresh(second), by=stage["office"], at=stage.tick())
    third = call(stage, held_at=stage.tick(days=1))
    by_hand = set()
    for one in Resolution.objects.filter(until=None).exclude(kind="decision"):
        assert one.finding is not None
        open_matter = one.finding.matter is None or one.finding.matter.state not in ("closed", "voided")
        if one.meeting_id != third.pk and one.finding.state != "answered" and open_matter:
            by_hand.add(one.text)
    assert {one.resolution.text for one in queries.former(third) if one.is_open} == by_hand == {"修泵", "清渠"}
    assert "换灯" in {one.resolution.text for one in queries.former(third)}  # answered since the meeting before
    assert queries.former(call(stage, name="班子会")) == []
    assert matter.state == "registered"


def test_nothing_is_agreed_before_the_meeting(stage: Stage) -> None:
    meeting = call(stage, held_at=stage.at + timedelta(days=3))
    with refused("meeting.not_yet"):
        agree(stage, meeting, "修泵")
    with refused("meeting.not_yet"):
        actions.issue(meeting, by=stage["office"], at=stage.tick())


def test_every_event_has_its_sentence_and_no_event_a_word_that_was_typed(stage: Stage) -> None:
    meeting = call(stage)
    actions.drop(agree(stage, meeting, "换灯"), by=stage["office"], at=stage.tick())
    agree(stage, meeting, "修泵")
    actions.change(meeting, agenda=AGENDA, present=[stage.cast.leader], by=stage["office"], at=stage.tick())
    actions.issue(meeting, by=stage["office"], at=stage.tick())
    agree(stage, meeting, "清渠")
    actions.issue(meeting, by=stage["office"], at=stage.tick(), reason="补一条")
    events = Event.objects.filter(stream__startswith="meeting:")
    assert set(events.values_list("verb", flat=True)) == set(SENTENCES)
    assert not any(word in event.data for event in events for word in ("换灯", "修泵", "研究", "补一条"))
