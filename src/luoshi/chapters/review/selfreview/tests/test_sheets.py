"""Rounds and sheets: opened for everybody, written by whom they are about, read by few, never lost, never forced."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from luoshi.chapters.review import queries as review
from luoshi.chapters.review.models import Finding
from luoshi.chapters.review.selfreview import actions, queries, rules
from luoshi.chapters.review.selfreview.actions import Written
from luoshi.chapters.review.selfreview.models import Answer, Raised, Round, Sheet
from luoshi.chapters.review.selfreview.queries import similar
from luoshi.chapters.review.selfreview.tests.stage import OWN, Room
from luoshi.chapters.review.selfreview.transitions import SENTENCES
from luoshi.core.journal.models import Event, Words
from luoshi.core.matters.models import Raiser
from luoshi.core.org import actions as org
from luoshi.core.org import queries as people
from luoshi.core.org.rules import PUBLIC, Duty
from luoshi.testing.cast import MAKER, PEOPLE, UNITS
from luoshi.testing.refusals import refused

pytestmark = pytest.mark.row("1.1")
UNIT_OF = {part: code for part, _, _, code, _, _ in PEOPLE}


def test_opening_a_round_readies_a_sheet_for_everybody_and_every_unit(room: Room) -> None:
    people_of = Counter(Sheet.objects.filter(kind="person", round=room.round).values_list("unit__code", flat=True))
    assert people_of == Counter(UNIT_OF.values())
    units = set(Sheet.objects.filter(kind="unit", round=room.round).values_list("unit__code", flat=True))
    assert units == {code for code, *_ in UNITS}
    headless = set(Sheet.objects.filter(headless=True).values_list("unit__code", flat=True))
    assert headless == {"banzi", "jiwei", "dangzheng"}
    deadline = timezone.localdate(room.at) + timedelta(days=5)
    with refused("selfreview.round_open"):
        room.open(deadline=deadline)
    actions.close_round(room.round, by=room["organisation"], at=room.tick())
    with refused("selfreview.closed"):
        actions.close_round(room.round, by=room["organisation"], at=room.tick())
    for part in ("office", "head", "discipline", "outsider"):
        with refused("selfreview.not_organiser"):
            room.open(deadline=deadline, by=part)
    with refused("selfreview.deadline"):
        room.open(deadline=timezone.localdate(room.at) - timedelta(days=1))
    with refused("text.title.missing"):
        room.open(deadline=deadline, title=" ")
    room.open(deadline=deadline, by="organisation")
    assert Round.objects.count() == 2


def test_the_database_itself_keeps_one_open_round_and_one_sheet_a_person(room: Room) -> None:
    mine = room.of("clerk")
    for row in (
        Sheet(round=mine.round, kind="person", person=mine.person, unit=mine.unit, last_at=room.at),
        Sheet(round=mine.round, kind="unit", unit=mine.unit, last_at=room.at),
        Sheet(round=mine.round, kind="unit", unit=mine.unit, person=mine.person, last_at=room.at),
        Round(town=room.cast.town, title="又一轮", deadline=room.at, form={}, opened_at=room.at),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def test_only_whom_a_sheet_is_about_writes_it(room: Room) -> None:
    for part in room.cast.everybody:
        if part not in ("clerk",):
            with refused("selfreview.unknown"):
                room.write(room.of("clerk"), part)
        if part not in ("head",):
            with refused("selfreview.unknown"):
                room.write(room.unit("nongye"), part)
    room.write(room.of("clerk"), "clerk")
    room.write(room.unit("nongye"), "head")
    with refused("selfreview.unknown"):
        actions.save(room.of("clerk"), written={}, seen=1, by=PUBLIC, at=room.tick())
    # a unit without a head is written by whoever works in it
    room.write(room.unit("jiwei"), "discipline")
    for part in ("office", "office2", "organisation"):
        sheet = room.unit("dangzheng")
        room.write(sheet, part)
    with refused("selfreview.unknown"):
        room.write(room.unit("dangzheng"), "secretary")


def test_a_deputy_writes_for_the_unit_and_never_for_the_person(room: Room) -> None:
    day = timezone.localdate(room.at)
    org.deputise(principal=room.cast.head, deputy=room.cast.clerk, starts_on=day, ends_on=day, by=MAKER, at=room.tick())
    room.write(room.unit("nongye"), "clerk")
    with refused("selfreview.unknown"):
        room.write(room.of("head"), "clerk")
    assert room.of("head") not in queries.visible_to(room["clerk"])


def readers(room: Room, sheet: Sheet) -> set[str]:
    return {part for part in room.cast.everybody if queries.visible_to(room[part]).filter(pk=sheet.pk).exists()}


def test_who_reads_a_sheet_is_strict_and_the_same_in_both_ways_of_asking(room: Room) -> None:
    assert readers(room, room.of("clerk")) == {"clerk"}
    assert readers(room, room.unit("nongye")) == {"head"}
    room.hand_in(room.of("clerk"), "clerk")
    room.hand_in(room.of("secretary"), "secretary")
    room.hand_in(room.unit("nongye"), "head")
    room.hand_in(room.unit("jiwei"), "discipline")
    assert readers(room, room.of("clerk")) == {"clerk", "secretary", "organisation"}
    assert readers(room, room.of("secretary")) == {"secretary", "organisation"}
    assert readers(room, room.unit("nongye")) == {"head", "secretary", "organisation", "discipline"}
    for sheet in Sheet.objects.select_related("round"):
        by_rule = {
            part
            for part in room.cast.everybody
            if part != "outsider"
            and rules.may_read(
                room[part],
                person_id=sheet.person_id,
                unit_id=sheet.unit_id,
                headless=sheet.headless,
                handed_in=not sheet.is_draft,
            )
        }
        assert readers(room, sheet) == by_rule
    assert queries.visible_to(PUBLIC).count() == 0
    with refused("selfreview.unknown"):
        queries.get(room["office"], room.of("clerk").pk)
    with refused("selfreview.unknown"):
        queries.get_round(room["outsider"], room.round.pk)


def test_nothing_is_forced_and_an_empty_sheet_can_be_handed_in(room: Room) -> None:
    sheet = actions.hand_in(room.of("village"), by=room["village"], at=room.tick())
    assert not sheet.is_draft
    assert all(section.gaps == [] for section in queries.sections(sheet))
    assert sheet.pk not in {one.pk for one in queries.waiting(room["village"])}
    with refused("selfreview.handed_in"):
        room.write(room.of("village"), "village")
    actions.take_back(room.of("village"), by=room["village"], at=room.tick())
    with refused("selfreview.not_handed_in"):
        actions.take_back(room.of("village"), by=room["village"], at=room.tick())
    room.write(room.of("village"), "village", OWN)
    assert [gap.text for gap in queries.sections(room.of("village"))[0].gaps] == [OWN]


def test_bad_input_is_refused_beside_its_field_and_nothing_is_half_written(room: Room) -> None:
    sheet = room.of("clerk")
    for code, written in {
        "text.guidance-text.long": {"guidance": Written("字" * 20_000)},
        "selfreview.lines": {"guidance": Written("\n".join("一二三四五六七八九十甲乙丙"))},
        "selfreview.code": {"guidance": Written("话", ["heart"], [])},
        "selfreview.benchmark": {"elsewhere": Written("话")},
    }.items():
        with refused(code):
            room.write(sheet, "clerk", written={"ability": Written("先写的"), **written})
    assert sheet.answers.count() == 0
    assert room.of("clerk").version == 0
    room.write(sheet, "clerk", "一\n\n 繁體字的一條 \n")
    assert [gap.text for gap in queries.sections(room.of("clerk"))[0].gaps] == ["一", "繁體字的一條"]


def test_of_two_who_write_one_unit_s_sheet_neither_overwrites_the_other(room: Room) -> None:
    room.write(room.unit("dangzheng"), "office", "督办室先写的")
    with refused("selfreview.changed_meanwhile"):
        room.write(room.unit("dangzheng"), "organisation", "后到的", seen=0)
    room.write(room.unit("dangzheng"), "organisation", "看过以后写的", seen=1)
    assert queries.sections(room.unit("dangzheng"))[0].text == "看过以后写的"


def test_a_gap_becomes_a_finding_once_by_its_writer_alone(room: Room) -> None:
    sheet = room.of("clerk")
    room.write(sheet, "clerk", f"{OWN}\n台账只在年底补")
    with refused("selfreview.not_handed_in"):
        actions.raise_gap(sheet, benchmark="guidance", line=0, by=room["clerk"], at=room.tick())
    actions.hand_in(sheet, by=room["clerk"], at=room.tick())
    for part in ("secretary", "organisation", "head", "outsider"):
        with refused("selfreview.unknown"):
            actions.raise_gap(sheet, benchmark="guidance", line=0, by=room[part], at=room.tick())
    for line in (-1, 2):
        with refused("selfreview.no_such_gap"):
            actions.raise_gap(sheet, benchmark="guidance", line=line, by=room["clerk"], at=room.tick())
    finding = actions.raise_gap(sheet, benchmark="guidance", line=1, by=room["clerk"], at=room.tick())
    assert (finding.words, finding.channel, finding.unit_id) == ("台账只在年底补", "cadre", sheet.unit_id)
    assert finding.entered_by_id == room.cast.clerk.pk
    assert Raiser.objects.get(origin_ref=str(finding.pk)).person == room.cast.clerk
    with refused("selfreview.gap_raised"):
        actions.raise_gap(sheet, benchmark="guidance", line=1, by=room["clerk"], at=room.tick())
    with refused("selfreview.gap_raised"):
        actions.take_back(sheet, by=room["clerk"], at=room.tick())
    assert Finding.objects.count() == Raised.objects.count() == 1
    assert finding in review.visible_to(room["office"])
    gaps = queries.sections(room.of("clerk"))[0].gaps
    assert [gap.finding for gap in gaps] == [None, finding]


def test_after_the_end_nothing_is_written_but_a_gap_may_still_be_raised(room: Room) -> None:
    room.hand_in(room.of("clerk"), "clerk")
    actions.close_round(room.round, by=room["secretary"], at=room.tick())
    with refused("selfreview.closed"):
        room.write(room.of("head"), "head")
    with refused("selfreview.closed"):
        actions.hand_in(room.of("head"), by=room["head"], at=room.tick())
    with refused("selfreview.closed"):
        actions.take_back(room.of("clerk"), by=room["clerk"], at=room.tick())
    actions.raise_gap(room.of("clerk"), benchmark="guidance", line=0, by=room["clerk"], at=room.tick())
    assert not queries.waiting(room["head"]).exists()


def test_the_pages_say_when_a_sheet_can_be_taken_back_and_that_a_closed_round_asks_for_nothing(room: Room) -> None:
    def page(part: str, name: str, *args: int) -> str:
        client = Client()
        client.force_login(room.cast.everybody[part].account, backend="django.contrib.auth.backends.ModelBackend")
        return str(client.get(reverse(name, args=args)).content.decode())

    assert "还没有写，两分钟就够" in page("head", "selfreview")
    room.hand_in(room.of("clerk"), "clerk")
    sheet = room.of("clerk")
    assert "报过以后，这张表就不能取回" in page("clerk", "selfreview-sheet", sheet.pk)
    actions.raise_gap(sheet, benchmark="guidance", line=0, by=room["clerk"], at=room.tick())
    assert "取回" not in page("clerk", "selfreview-sheet", sheet.pk)
    with refused("selfreview.gap_raised"):
        actions.take_back(room.of("clerk"), by=room["clerk"], at=room.tick())
    actions.close_round(room.round, by=room["secretary"], at=room.tick())
    closed = page("head", "selfreview")
    assert "两分钟就够" not in closed
    assert "没有交" in closed
    assert "没有交。" in page("head", "selfreview-sheet", room.of("head").pk)


def test_who_comes_later_gets_a_sheet_once(room: Room) -> None:
    new = org.add_person(town=room.cast.town, name="新来的", by=MAKER, at=room.tick())
    post = room.cast.units["nongye"].posts.order_by("-pk")[0]
    org.appoint(new, post, starts_on=timezone.localdate(room.at), by=MAKER, at=room.tick())
    actor = people.actor_of(new, on=timezone.localdate(room.at))
    assert queries.without_sheet(actor, queries.own(actor, room.round))
    one = actions.begin_sheet(room.round, by=actor, at=room.tick())
    again = actions.begin_sheet(room.round, by=actor, at=room.tick())
    assert one.pk == again.pk
    assert one.unit == room.cast.units["nongye"]
    with refused("selfreview.unknown"):
        actions.begin_sheet(room.round, by=room["outsider"], at=room.tick())


def test_sheets_follow_those_who_move_and_nobody_waits_for_who_has_left(room: Room) -> None:
    cast, town = room.cast, room.cast.town
    assert actions.keep_up(town, at=room.tick()) == 0

    def leaves(part: str) -> None:
        held = cast.everybody[part].appointments.get()
        org.end_appointment(held, ends_on=room.day, by=MAKER, at=room.tick())

    def counted(code: str) -> tuple[int, int, bool | None]:
        name = cast.units[code].name
        return next(
            ((r.people, r.handed_in, r.own) for r in queries.coverage(room.round, on=room.day) if r.name == name),
            (0, 0, None),
        )

    # the clerk goes to another unit with a draft: it goes along, and is still the clerk's alone
    room.write(room.of("clerk"), "clerk")
    leaves("clerk")
    post = org.create_post(unit=cast.units["yingji"], name="科员", duties=[Duty.CLERK], by=MAKER, at=room.tick())
    room.tick(days=1)
    org.appoint(cast.clerk, post, starts_on=room.day, by=MAKER, at=room.tick())
    assert actions.keep_up(town, at=room.tick()) == 1
    assert room.of("clerk").unit == cast.units["yingji"]
    assert (counted("nongye"), counted("yingji")) == ((1, 0, False), (3, 0, False))
    actions.hand_in(room.of("clerk"), by=room["clerk"], at=room.tick())
    gap = actions.raise_gap(room.of("clerk"), benchmark="guidance", line=0, by=room["clerk"], at=room.tick())
    assert gap.unit == cast.units["yingji"]
    assert actions.keep_up(town, at=room.tick()) == 0

    # the head leaves: while the unit has none its members write, and no longer once there is a new one
    deputy = org.add_person(town=town, name="站员", by=MAKER, at=room.tick())
    place = org.create_post(unit=cast.units["nongye"], name="站员", duties=[Duty.CLERK], by=MAKER, at=room.tick())
    org.appoint(deputy, place, starts_on=room.day, by=MAKER, at=room.tick())
    leaves("head")
    room.tick(days=1)
    actor = people.actor_of(deputy, on=room.day)
    assert not queries.visible_to(actor).filter(pk=room.unit("nongye").pk).exists()
    assert actions.keep_up(town, at=room.tick()) == 1
    assert queries.get(actor, room.unit("nongye").pk).headless
    top = org.create_post(unit=cast.units["nongye"], name="新主任", duties=[Duty.HEAD], by=MAKER, at=room.tick())
    org.appoint(cast.other_clerk, top, starts_on=room.day, by=MAKER, at=room.tick())
    assert actions.keep_up(town, at=room.tick()) == 1
    assert not queries.visible_to(actor).filter(pk=room.unit("nongye").pk).exists()
    assert queries.get(room["other_clerk"], room.unit("nongye").pk)

    # nobody telephones who has left; what was handed in before still counts
    assert counted("nongye") == (0, 0, False)
    assert "刘建国" not in {s.whose for s in queries.missing(room["organisation"], room.round, on=room.day)}
    room.hand_in(room.of("village"), "village")
    leaves("village")
    room.tick(days=1)
    assert counted("shiqiaogou") == (1, 1, None)
    # a round that has ended stands as on its last day
    actions.close_round(room.round, by=room["secretary"], at=room.tick())
    before = queries.coverage(room.round, on=room.day)
    leaves("office")
    room.tick(days=3)
    assert queries.coverage(room.round, on=room.day) == before


def test_copied_passages_are_told_to_the_writer_and_kept_nowhere(room: Room) -> None:
    room.hand_in(room.of("clerk"), "clerk", OWN)
    room.write(room.of("other_clerk"), "other_clerk", f"{OWN}。自己的一句。")
    assert queries.too_alike(room.of("other_clerk")) == {"guidance": [OWN]}
    events, words = Event.objects.count(), Words.objects.count()
    queries.too_alike(room.of("other_clerk"))
    assert (Event.objects.count(), Words.objects.count()) == (events, words)
    # drafts of others are not looked at, and one's own words are nobody else's
    room.write(room.of("head"), "head", "另一段没有交上去的话，讲的是排涝泵站值守的事情")
    room.write(room.of("office"), "office", "另一段没有交上去的话，讲的是排涝泵站值守的事情")
    assert queries.too_alike(room.of("office")) == {}
    room.hand_in(room.of("head"), "head", "本人分管的惠农补贴公示晚了两周，群众来问才贴出来")
    room.write(room.unit("nongye"), "head", "本人分管的惠农补贴公示晚了两周，群众来问才贴出来")
    assert queries.too_alike(room.unit("nongye")) == {}


def test_a_draft_is_held_against_what_others_handed_in_and_nothing_else(room: Room) -> None:
    """By hand, for every sheet; asked once and asked again, since the statement is kept."""
    for days in (500, 30, 0):
        room.hand_in(room.of("clerk"), "clerk", f"{OWN}，{days}")
        room.hand_in(room.unit("nongye"), "head", f"我们中心{OWN}，{days}")
        room.hand_in(room.of("village"), "village", "")
        room.write(room.of("head"), "head", f"没有交的{OWN}，{days}")
        if days:
            actions.close_round(room.round, by=room["secretary"], at=room.tick())
            Round.objects.filter(pk=room.round.pk).update(opened_at=room.at - timedelta(days=days))
            room.open(deadline=room.day + timedelta(days=7))
    town, at = room.cast.other_town, room.at - timedelta(days=2)
    abroad = Round.objects.create(
        town=town, title="别处的", deadline=room.day, form=rules.standard(), opened_at=at, closed_at=None
    )
    theirs = Sheet.objects.create(
        round=abroad, kind="unit", unit=town, state="handed_in", handed_in_at=at, last_at=at, saved_at=at
    )
    theirs.answers.create(benchmark="guidance", text=f"别的镇的{OWN}")
    said = list(Answer.objects.select_related("sheet__round").exclude(text="").order_by("-pk"))
    seen = set()
    for _ in range(2):
        for sheet in Sheet.objects.select_related("round", "unit", "person"):
            others = [
                one.text
                for one in said
                if one.sheet.state == "handed_in"
                and one.sheet.round.town_id == sheet.round.town_id
                and sheet.round.opened_at - timedelta(days=400) <= one.sheet.round.opened_at <= sheet.round.opened_at
                and (sheet.saved_by_id is None or one.sheet.saved_by_id != sheet.saved_by_id)
                and (one.sheet.kind, one.sheet.person_id or one.sheet.unit_id)
                != (sheet.kind, sheet.person_id or sheet.unit_id)
            ]
            assert similar.of_others(sheet) == others, sheet
            seen.add(len(others))
    assert seen == {0, 1, 2, 4}


def test_coverage_by_unit_is_the_same_counted_by_hand_and_names_are_for_the_organiser(room: Room) -> None:
    for part in ("clerk", "village", "office"):
        room.hand_in(room.of(part), part)
    room.hand_in(room.unit("nongye"), "head")
    by_hand: dict[str, list[Any]] = {}
    for sheet in Sheet.objects.filter(round=room.round).select_related("unit"):
        row = by_hand.setdefault(sheet.unit.name, [0, 0, None])
        if sheet.kind == "person":
            row[0] += 1
            row[1] += sheet.state == "handed_in"
        else:
            row[2] = sheet.state == "handed_in"
    told = {row.name: [row.people, row.handed_in, row.own] for row in queries.coverage(room.round, on=room.day)}
    assert told == by_hand
    assert sum(row[1] for row in told.values()) == 3
    missing = queries.missing(room["organisation"], room.round, on=room.day)
    assert {sheet.pk for sheet in missing} == set(
        Sheet.objects.filter(round=room.round, state="draft").values_list("pk", flat=True)
    )
    for part in set(room.cast.everybody) - {"organisation"}:
        assert queries.missing(room[part], room.round, on=room.day) == []


def test_every_event_has_its_sentence_and_no_event_a_word_that_was_typed(room: Room) -> None:
    room.hand_in(room.of("clerk"), "clerk", OWN)
    actions.take_back(room.of("clerk"), by=room["clerk"], at=room.tick())
    actions.hand_in(room.of("clerk"), by=room["clerk"], at=room.tick())
    actions.raise_gap(room.of("clerk"), benchmark="guidance", line=0, by=room["clerk"], at=room.tick())
    actions.close_round(room.round, by=room["secretary"], at=room.tick())
    events = Event.objects.filter(stream__startswith="selfreview")
    assert set(events.values_list("verb", flat=True)) == set(SENTENCES) - {"selfreview.sheet_begun"}
    assert not any(OWN in event.data for event in events)
    assert OWN in Words.objects.get(event=events.filter(verb="selfreview.handed_in").order_by("pk")[0]).body
