from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from luoshi.chapters.review import queries, rules
from luoshi.chapters.review.actions import take, take_from_public
from luoshi.chapters.review.models import ORIGIN, Channel, Complaint, Finding, Mode, State, Via
from luoshi.core.journal.models import Event
from luoshi.core.matters.models import Raiser
from luoshi.core.org.rules import PUBLIC
from luoshi.kit.errors import Refused
from luoshi.testing.cast import Cast

WORDS = "村东头路灯坏了一个月，晚上走路摔过人。请派人来修。"


def raiser_of(finding: Finding) -> Raiser:
    return Raiser.objects.get(origin_kind=ORIGIN, origin_ref=str(finding.pk))


@pytest.mark.row("1.2")
def test_six_channels_each_keep_what_belongs_to_them(cast: Cast, now: datetime) -> None:
    office = cast.actor(cast.office, now.date())
    told: dict[str, Any] = {"town": cast.town, "words": WORDS, "by": office, "at": now}
    six = ["citizen", "served", "cadre", "superior", "peer", "meeting"]

    citizen = take(channel=Channel.CITIZEN, via=Via.PHONE, name="一位村民", **told)
    served = take(channel=Channel.SERVED, via=Via.COUNTER, **told)
    cadre = take(channel=Channel.CADRE, **told)
    above = take(channel=Channel.SUPERIOR, mode=Mode.IN_PERSON, heard_by=cast.secretary, name="县委督查室", **told)
    peer = take(
        channel=Channel.PEER, mode=Mode.WRITTEN, document="关于路灯的函（柳政函〔2026〕3号）", name="柳河镇", **told
    )
    meeting = take(
        channel=Channel.MEETING,
        meeting_name="党委（扩大）会",
        meeting_on=date(2026, 11, 24),
        meeting_people="陈立新、周敏、刘建国",
        **told,
    )

    assert citizen.finding.title == "村东头路灯坏了一个月，晚上走路摔过人"
    assert [f.channel for f in Finding.objects.order_by("pk")] == six
    assert [raiser_of(t.finding).kind for t in (citizen, served, cadre, above, peer, meeting)] == six
    assert above.finding.heard_by == cast.secretary
    assert (peer.finding.document, peer.finding.channel_label) == (
        "关于路灯的函（柳政函〔2026〕3号）",
        "同级点（书面点）",
    )
    assert meeting.finding.meeting_on == date(2026, 11, 24)
    assert citizen.code
    assert served.code
    assert raiser_of(cadre.finding).person == cast.office
    assert not cadre.code
    assert not above.code

    with pytest.raises(Refused) as no_document:
        take(channel=Channel.PEER, mode=Mode.WRITTEN, name="柳河镇", **told)
    assert no_document.value.field == "document"
    with pytest.raises(Refused) as no_mode:
        take(channel=Channel.SUPERIOR, name="县委督查室", **told)
    assert no_mode.value.field == "mode"
    with pytest.raises(Refused) as nobody:
        take(channel=Channel.SUPERIOR, mode=Mode.IN_PERSON, **told)
    assert nobody.value.field == "name"
    with pytest.raises(Refused) as no_people:
        take(channel=Channel.MEETING, meeting_name="党委会", meeting_on=date(2026, 11, 24), **told)
    assert no_people.value.field == "meeting_people"
    with pytest.raises(Refused) as tomorrow:
        take(channel=Channel.MEETING, meeting_name="会", meeting_on=date(2026, 11, 26), meeting_people="全体", **told)
    assert tomorrow.value.field == "meeting_on"
    with pytest.raises(Refused) as how:
        take(channel=Channel.CITIZEN, **told)
    assert how.value.field == "via"
    assert Finding.objects.count() == 6


@pytest.mark.row("1.2")
def test_the_database_itself_keeps_what_a_channel_needs(cast: Cast, now: datetime) -> None:
    row: dict[str, Any] = {
        "town": cast.town,
        "title": "路灯",
        "words": WORDS,
        "received_at": now,
        "entered_at": now,
        "last_at": now,
    }
    Finding.objects.create(channel="citizen", **row)
    for wrong in (
        {"channel": "citizen", "mode": "written", "document": "函"},
        {"channel": "peer"},
        {"channel": "peer", "mode": "written"},
        {"channel": "superior", "mode": "in_person"},
        {"channel": "meeting", "meeting_name": "会", "meeting_people": "人"},
        {"channel": "citizen", "state": "opened"},
        {"channel": "citizen", "state": "answered"},
        {"channel": "citizen", "state": "merged", "is_accusation": True, "merged_into": Finding.objects.get()},
        {"channel": "citizen", "received_at": now + timedelta(seconds=1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Finding.objects.create(**{**row, **wrong})
    with pytest.raises(IntegrityError), transaction.atomic():
        Complaint.objects.create(town=cast.town, text="慢", received_at=now, settled_at=now)


@pytest.mark.row("1.2")
def test_the_public_has_two_channels_and_outsiders_none(cast: Cast, now: datetime) -> None:
    taken = take_from_public(town=cast.town, channel=Channel.SERVED, words=WORDS, address="10.0.0.1", at=now)
    assert raiser_of(taken.finding).receipt_digest == rules.digest(taken.code)
    assert taken.finding.source_hidden
    assert taken.finding.entered_by is None
    with pytest.raises(Refused, match="干部登录"):
        take(town=cast.town, channel=Channel.MEETING, words=WORDS, by=PUBLIC, at=now)
    with pytest.raises(Refused, match="本镇在任干部"):
        take(town=cast.town, channel=Channel.CADRE, words=WORDS, by=cast.actor(cast.outsider, now.date()), at=now)
    assert Finding.objects.count() == 1


def test_words_heard_yesterday_carry_yesterdays_time(cast: Cast, now: datetime) -> None:
    office = cast.actor(cast.office, now.date())
    told: dict[str, Any] = {
        "town": cast.town,
        "channel": Channel.CITIZEN,
        "via": Via.COUNTER,
        "words": WORDS,
        "by": office,
    }
    heard = now - timedelta(days=1, hours=2)
    finding = take(received_at=heard, at=now, **told).finding
    assert (finding.received_at, finding.entered_at) == (heard, now)
    assert raiser_of(finding).raised_at == heard
    event = Event.objects.get(stream=finding.stream)
    assert (event.happened_at, event.recorded_at) == (heard, now)
    assert queries.story(office, finding)[0].late

    with pytest.raises(Refused) as later:
        take(received_at=now + timedelta(minutes=1), at=now, **told)
    with pytest.raises(Refused) as ancient:
        take(received_at=datetime.fromisoformat("1999-12-31T23:59:00+08:00"), at=now, **told)
    assert later.value.field == ancient.value.field == "received_at"
    take(received_at=datetime.fromisoformat("2000-01-01T00:00:00+08:00"), at=now, **told)


@pytest.mark.row("1.2")
def test_who_raised_it_is_shown_to_the_office_alone(cast: Cast, now: datetime) -> None:
    clerk, office = cast.actor(cast.clerk, now.date()), cast.actor(cast.office, now.date())
    secretary = cast.actor(cast.secretary, now.date())
    hidden = take(town=cast.town, channel=Channel.CADRE, words=WORDS, by=clerk, at=now).finding
    named = take(town=cast.town, channel=Channel.CADRE, words=WORDS, by=clerk, at=now, source_hidden=False).finding

    assert queries.get(clerk, hidden.pk) == hidden
    assert [r.person for r in queries.sources(office, hidden)] == [cast.clerk]
    assert queries.sources(secretary, hidden) == []
    assert [r.person for r in queries.sources(secretary, named)] == [cast.clerk]
    assert Event.objects.get(stream=hidden.stream).actor == f"raiser:{raiser_of(hidden).pk}"
    assert Event.objects.get(stream=named.stream).actor == f"person:{cast.clerk.pk}"
    assert queries.story(secretary, hidden)[0].who == "提出人"
    for nobody in (cast.head, cast.outsider, cast.village):
        with pytest.raises(Refused, match="没有这件问题"):
            queries.get(cast.actor(nobody, now.date()), hidden.pk)


def test_no_free_text_stands_in_the_journals_event(cast: Cast, now: datetime) -> None:
    taken = take_from_public(
        town=cast.town,
        channel=Channel.CITIZEN,
        words=WORDS,
        place="石桥沟村",
        contact="13800001111",
        address="10.9.8.7",
        at=now,
    )
    event = Event.objects.get(stream=taken.finding.stream)
    for said in ("路灯", "石桥沟", "13800001111", "10.9.8.7", taken.code):
        assert said not in event.data
    assert "13800001111" not in event.words.body
    assert State(taken.finding.state) is State.NEW
