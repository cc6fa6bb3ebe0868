"""Chains of whys, what they fill, who may look for them, circles, and figures that are added up again."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from luoshi.chapters.review import actions as review
from luoshi.chapters.review.causes import actions, queries, rules
from luoshi.chapters.review.causes.models import Cause, CauseLink
from luoshi.chapters.review.causes.transitions import SENTENCES
from luoshi.chapters.review.models import Channel, Finding
from luoshi.core.journal.models import Event
from luoshi.core.matters.models import Matter, Raiser, Secrecy, State
from luoshi.core.matters.tests.stage import Stage
from luoshi.core.org.rules import PUBLIC
from luoshi.testing.cast import Cast
from luoshi.testing.refusals import refused

pytestmark = pytest.mark.row("1.4")
WHYS = ["泵坏了没人修", "坏了不知道报给谁", "建完没有定管护责任"]


@pytest.fixture
def stage(cast: Cast, now: datetime) -> Stage:
    return Stage(cast, now - timedelta(days=40))


def found(stage: Stage, *things: Matter | Finding, by: str = "office", whys: list[str] | None = None) -> Cause:
    return actions.record_cause(
        town=stage.cast.town, kind="follow", whys=whys or WHYS, things=things, by=stage[by], at=stage.tick()
    )


def said(stage: Stage, words: str, **more: Any) -> Finding:
    return review.take_from_public(
        town=stage.cast.town, channel=Channel.CITIZEN, words=words, address="10.0.0.1", at=stage.tick(), **more
    ).finding


def fresh(matter: Matter) -> Matter:
    return Matter.objects.get(pk=matter.pk)


def test_the_end_of_the_chain_is_the_root_of_the_ledger_for_every_matter_under_it(stage: Stage) -> None:
    one, other = stage.at_state(State.WORKING), stage.at_state(State.REGISTERED, raisers=False)
    cause = found(stage, one, other)
    assert {fresh(one).cause, fresh(other).cause} == {WHYS[-1]}
    actions.amend(cause, kind="rules", whys=[*WHYS[:2], "招标时没有写明保修"], by=stage["office"], at=stage.tick())
    assert {fresh(one).cause, fresh(other).cause} == {"招标时没有写明保修"}
    with refused("cause.nothing_changed"):
        actions.amend(cause, kind="rules", whys=[*WHYS[:2], "招标时没有写明保修"], by=stage["office"], at=stage.tick())
    with refused("cause.linked_already"):
        found(stage, one)
    assert Cause.objects.count() == 1
    actions.unlink(cause, one, by=stage["office"], at=stage.tick())
    with refused("cause.not_linked"):
        actions.unlink(cause, one, by=stage["office"], at=stage.tick())
    found(stage, one)
    assert fresh(one).cause == WHYS[-1]


def test_chains_that_say_nothing_or_too_much_are_refused(stage: Stage) -> None:
    matter = stage.at_state(State.WORKING)
    for code, whys in {
        "text.why1.missing": ["", " "],
        "text.why2.missing": ["一", "", "三"],
        "cause.too_deep": list("一二三四五六"),
        "text.why1.long": ["字" * 201],
    }.items():
        with refused(code):
            found(stage, matter, whys=whys)
    with refused("cause.kind"):
        actions.record_cause(
            town=stage.cast.town, kind="nothing", whys=WHYS, things=[matter], by=stage["office"], at=stage.tick()
        )
    with refused("cause.of_nothing"):
        found(stage)
    assert not Cause.objects.exists()
    assert fresh(matter).cause == ""


def test_the_handler_may_look_for_the_cause_of_the_own_matter_and_nobody_else_s(stage: Stage) -> None:
    matter = stage.at_state(State.WORKING)
    for part in ("village", "other_clerk", "leader", "secretary"):
        with refused("cause.not_yours"):
            found(stage, matter, by=part)
    cause = found(stage, matter, by="clerk")
    assert fresh(matter).cause == WHYS[-1]
    with refused("cause.not_office"):
        actions.amend(cause, kind="means", whys=["改"], by=stage["clerk"], at=stage.tick())
    for outsider in (stage["outsider"], PUBLIC):
        with refused("cause.unknown"):
            actions.record_cause(
                town=stage.cast.town, kind="follow", whys=WHYS, things=[matter], by=outsider, at=stage.tick()
            )
        with refused("cause.unknown"):
            queries.get(outsider, cause.pk)


def test_an_accusation_has_no_place_among_causes(stage: Stage) -> None:
    accusation = stage.register(title="举报收钱", secrecy=Secrecy.ACCUSATION)
    words = said(stage, "举报收钱的话", is_accusation=True)
    for part in ("office", "discipline"):
        with refused("matter.unknown"):
            found(stage, accusation, by=part)
        with refused("review.unknown"):
            found(stage, words, by=part)


def test_a_restricted_matter_s_cause_is_seen_by_whom_the_matter_is_seen(stage: Stage) -> None:
    internal = stage.at_state(State.WORKING, secrecy=Secrecy.INTERNAL)
    cause = found(stage, internal)
    seers = {part for part in stage.parts if queries.visible_to(stage[part]).filter(pk=cause.pk).exists()}
    assert "other_clerk" not in seers
    assert {"office", "office2", "secretary", "clerk", "head"} <= seers
    board = queries.board(stage["other_clerk"], today=stage.day, places=[])
    assert board.rows == board.quiet == []


def test_causes_never_hang_in_a_circle(stage: Stage) -> None:
    a, b, c = (found(stage, stage.at_state(State.REGISTERED, raisers=False)) for _ in range(3))
    for one, under in ((a, b), (b, c)):
        actions.hang(one, under=under, by=stage["office"], at=stage.tick())
    for one, under in ((c, a), (b, a), (c, c)):
        with refused("cause.goes_round"):
            actions.hang(one, under=under, by=stage["office"], at=stage.tick())
    with pytest.raises(IntegrityError), transaction.atomic():
        Cause.objects.filter(pk=a.pk).update(under=a)
    with refused("cause.not_office"):
        actions.hang(a, under=None, by=stage["secretary"], at=stage.tick())
    actions.hang(a, under=None, by=stage["office"], at=stage.tick())
    actions.hang(c, under=a, by=stage["office"], at=stage.tick())


def test_a_finding_s_cause_goes_along_when_it_becomes_a_matter(stage: Stage) -> None:
    finding = said(stage, "渠坏了半年", place="石桥沟村")
    cause = found(stage, finding)
    matter = review.open_matter(finding, title="修渠", by=stage["office"], at=stage.tick())
    assert fresh(matter).cause == WHYS[-1]
    assert CauseLink.objects.get().matter == matter
    with refused("cause.linked_already"):
        found(stage, Finding.objects.get(pk=finding.pk))
    assert queries.cause_of(matter) == cause


def test_the_rule_is_kept_in_versions_with_its_reason(stage: Stage) -> None:
    town = stage.cast.town
    assert queries.weights(town.pk) == rules.Weights()
    told: dict[str, Any] = {"town": town, "people": 5, "weeks": 0, "places": 1, "reason": "今年先看人多的"}
    for part in ("clerk", "leader", "outsider"):
        with refused("cause.not_office"):
            actions.set_weights(by=stage[part], at=stage.tick(), **told)
    for code, wrong in {
        "cause.weight": {"people": -1},
        "text.reason.missing": {"reason": " "},
    }.items():
        with refused(code):
            actions.set_weights(by=stage["office"], at=stage.tick(), **{**told, **wrong})
    with refused("cause.weight"):
        actions.set_weights(by=stage["office"], at=stage.tick(), **{**told, "people": 0, "places": 0})
    actions.set_weights(by=stage["secretary"], at=stage.tick(), **told)
    actions.set_weights(by=stage["office"], at=stage.tick(), **{**told, "people": 6})
    assert queries.weights(town.pk) == rules.Weights(6, 0, 1, 2, "今年先看人多的")


def test_a_town_adds_kinds_of_its_own_and_places_its_villages(stage: Stage) -> None:
    town, village = stage.cast.town, stage.cast.units["shiqiaogou"]
    actions.add_kind(town=town, code="season", name="季节性强", by=stage["office"], at=stage.tick())
    with refused("cause.kind_known"):
        actions.add_kind(town=town, code="ability", name="又一个", by=stage["office"], at=stage.tick())
    assert ("season", "季节性强") in queries.kinds(town.pk)
    actions.place_village(village, x=10, y=20, by=stage["organisation"], at=stage.tick())
    for unit, code in ((stage.cast.units["nongye"], "cause.no_village"), (village, "cause.off_the_sheet")):
        with refused(code):
            actions.place_village(unit, x=101, y=20, by=stage["office"], at=stage.tick())
    assert queries.spots(queries.villages(stage["clerk"]))[village.pk] == (10, 20)


def test_every_figure_of_the_board_is_the_same_counted_by_hand(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted again row by row with plain Python, without any of the board's own queries."""
    cast = stage.cast
    cause = found(
        stage, stage.at_state(State.WORKING, place="石桥沟村口"), stage.register(place="柳河湾村", raisers=False)
    )
    stage.tick(days=9)
    other = found(
        stage, stage.at_state(State.WORKING, place="镇区", raisers=False), stage.at_state(State.CLOSED, raisers=False)
    )
    found(stage, stage.at_state(State.CLOSED, raisers=False))
    first = said(stage, "井水发黄两年了，没人管", place="柳河湾村")
    review.merge(
        said(stage, "井水是黄的", place="柳河湾村"), into=first, reason="同一口井", by=stage["office"], at=stage.tick()
    )
    actions.link(other, first, by=stage["office"], at=stage.tick())
    office, today = stage["office"], stage.day
    board = queries.board(office, today=today, places=queries.villages(office))
    told = {row.cause.pk: (row.pain.matters, row.pain.people, row.pain.since, row.pain.places) for row in board.rows}
    names = {"石桥沟村", "柳河湾村"}
    by_hand = {}
    for one in (cause, other):
        rows: list[tuple[int, Any, str]] = []
        for link in CauseLink.objects.filter(cause=one):
            if link.matter and link.matter.state not in ("closed", "voided"):
                place = next((name for name in names if name in link.matter.place), str(link.matter.lead_unit))
                people = sum(raiser.matter_id == link.matter_id for raiser in Raiser.objects.all())
                rows.append((people, timezone.localdate(link.matter.received_at), place))
            if link.finding and link.finding.state == "new":
                merged = [f for f in Finding.objects.all() if f.merged_into_id == link.finding_id]
                rows.append((1 + len(merged), timezone.localdate(link.finding.received_at), link.finding.place))
        by_hand[one.pk] = (
            len(rows),
            sum(row[0] for row in rows),
            min(row[1] for row in rows),
            len({row[2] for row in rows}),
        )
    assert told == by_hand
    assert told[other.pk][1] >= 2
    assert [row.weight for row in board.rows] == sorted((row.weight for row in board.rows), reverse=True)
    for row in board.rows:
        weeks = (today - row.pain.since).days // 7
        assert row.weight == row.pain.people * 3 + weeks + row.pain.places * 2
    assert len(board.quiet) == 1
    villages = {
        row.unit.name: (row.matters, row.people) for row in queries.by_village(office, queries.villages(office)).rows
    }
    for unit in (cast.units["shiqiaogou"], cast.units["liuhewan"]):
        here = [
            matter
            for matter in Matter.objects.exclude(state__in=["closed", "voided"])
            if unit.name in matter.place or (not any(n in matter.place for n in names) and matter.lead_unit == unit)
        ]
        raisers = sum(matter.raisers.count() for matter in here)
        assert villages[unit.name] == (len(here), raisers)
        shown = queries.of_village(office, unit, queries.villages(office)).rows
        assert shown == sorted(here, key=lambda m: (m.resolve_due, m.pk))
    assert not queries.by_village(office, queries.villages(office)).is_cut
    open_ones = Matter.objects.exclude(state__in=["closed", "voided"]).order_by("resolve_due", "pk")
    monkeypatch.setattr(queries, "MOST_ON_MAP", 2)
    cut = queries.by_village(office, queries.villages(office))
    assert cut.is_cut
    here = [any(n in one.place or (one.lead_unit and one.lead_unit.name == n) for n in names) for one in open_ones[:2]]
    assert sum(row.matters for row in cut.rows) == sum(map(bool, here)) > 0
    monkeypatch.undo()
    bare = queries.bare(office)
    assert not {row.matter.pk for row in bare} & set(CauseLink.objects.values_list("matter_id", flat=True))
    assert [row.people for row in bare] == [row.matter.raisers.count() for row in bare]


def test_every_event_has_its_sentence_and_no_event_a_word_that_was_typed(stage: Stage) -> None:
    matter = stage.at_state(State.WORKING)
    cause = found(stage, matter)
    actions.amend(cause, kind="means", whys=["没有人手"], by=stage["office"], at=stage.tick())
    actions.hang(
        cause, under=found(stage, stage.at_state(State.WORKING, raisers=False)), by=stage["office"], at=stage.tick()
    )
    actions.unlink(cause, matter, by=stage["office"], at=stage.tick())
    events = Event.objects.filter(verb__startswith="cause.")
    assert set(events.values_list("verb", flat=True)) == {
        *("cause.recorded", "cause.amended", "cause.linked", "cause.hung", "cause.unlinked")
    }
    assert all(event.verb in SENTENCES for event in events)
    assert not any(why in event.data for event in events for why in (*WHYS, "没有人手"))
