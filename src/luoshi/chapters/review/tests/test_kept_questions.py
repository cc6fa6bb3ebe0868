"""What pages ask with kept statements is what the plain query gives, for everybody, asked once and asked again."""

from datetime import datetime, timedelta

import pytest

from luoshi.chapters.review import actions, queries
from luoshi.chapters.review.causes import actions as cause_actions
from luoshi.chapters.review.causes import queries as causes
from luoshi.chapters.review.examples import queries as examples
from luoshi.chapters.review.models import Channel, Finding
from luoshi.core.matters import queries as matters
from luoshi.core.matters.models import Matter, Raiser, Secrecy, State
from luoshi.core.matters.tests.stage import Stage
from luoshi.core.org.rules import PUBLIC
from luoshi.kit.errors import Refused
from luoshi.testing.cast import Cast


@pytest.fixture
def stage(cast: Cast, now: datetime) -> Stage:
    return Stage(cast, now - timedelta(days=40))


@pytest.fixture
def findings(stage: Stage) -> list[Finding]:
    """One by everybody's channel, one that a cadre entered, one that became a matter, one accusing."""
    made = [
        actions.take_from_public(
            town=stage.cast.town, channel=Channel.CITIZEN, words=words, address="192.0.2.1", at=stage.tick()
        ).finding
        for words in ("路灯坏了", "水渠塌了", "有人收礼")
    ]
    own = actions.take(
        town=stage.cast.town, channel=Channel.CADRE, words="井盖没了", by=stage["clerk"], at=stage.tick()
    ).finding
    actions.open_matter(made[1], title="修水渠", by=stage["office"], at=stage.tick(), secrecy=Secrecy.INTERNAL)
    actions.mark_accusation(made[2], by=stage["office"], at=stage.tick())
    return [Finding.objects.get(pk=one.pk) for one in (*made, own)]


def test_which_findings_and_matters_somebody_may_open(stage: Stage, findings: list[Finding]) -> None:
    stage.at_state(State.WORKING, secrecy=Secrecy.RESTRICTED, raisers=False)
    stage.at_state(State.CLOSED, raisers=False)
    keys, of = [one.pk for one in findings], list(Matter.objects.values_list("pk", flat=True))
    seen = set()
    for part in stage.cast.everybody:
        actor = stage[part]
        for some, few in ((keys, of), (keys[:1], of[:1]), ([], []), ([*keys, 0], [*of, 0])):
            wanted = set(queries.visible_to(actor).filter(pk__in=some).values_list("pk", flat=True))
            assert queries.opened_to(actor, some) == wanted, part
            open_matters = set(matters.visible_to(actor).filter(pk__in=few).values_list("pk", flat=True))
            assert queries.matters_opened_to(actor, few) == open_matters, part
            seen.add(len(wanted))
        for finding in findings:
            try:
                assert queries.get(actor, finding.pk) == finding
                assert finding.pk in queries.opened_to(actor, keys)
            except Refused:
                assert finding.pk not in queries.opened_to(actor, keys)
        plain = queries.visible_to(actor).filter(is_accusation=False)
        assert set(queries.plain_to(actor)) == set(plain), part
    assert len(seen) > 2
    assert queries.opened_to(PUBLIC, keys) == queries.matters_opened_to(PUBLIC, of) == set()


def test_who_raised_a_finding(stage: Stage, findings: list[Finding]) -> None:
    for finding in findings:
        told = queries.sources(stage["discipline" if finding.is_accusation else "office"], finding)
        assert told == list(Raiser.objects.filter(origin_ref=str(finding.pk))), finding.words
        assert told


def test_causes_with_what_hangs_on_them(stage: Stage) -> None:
    def found(root: str) -> "causes.Cause":
        return cause_actions.record_cause(
            town=stage.cast.town,
            kind="follow",
            whys=[root],
            things=[stage.at_state(State.WORKING, raisers=False)],
            by=stage["office"],
            at=stage.tick(),
        )

    deep, one, other = found("没人管"), found("泵坏了"), found("灯坏了")
    for cause in (one, other):
        cause_actions.hang(cause, under=deep, by=stage["office"], at=stage.tick())
    for part in stage.cast.everybody:
        actor = stage[part]
        seen = causes.visible_to(actor)
        assert causes.above(actor, deep) == list(seen.filter(under=deep).order_by("-pk")), part
        assert causes.above(actor, one) == []
        assert [causes.is_seen(actor, c.pk) for c in (deep, one)] == [
            seen.filter(pk=c.pk).exists() for c in (deep, one)
        ]
        assert causes.choices(actor) == [(one.pk, one.root) for one in seen.order_by("-pk")], part
    told = causes.bare(stage["office"])
    assert told == []
    bare = stage.at_state(State.ASSIGNED)
    (told_of,) = causes.bare(stage["office"])
    assert (told_of.matter, told_of.matter.title) == (bare, bare.title)
    assert (told_of.matter.handler_id, told_of.matter.received_at) == (bare.handler_id, bare.received_at)
    assert told_of.people == Raiser.objects.filter(matter=bare).count()


def test_the_matters_that_a_form_offers_as_evidence(stage: Stage) -> None:
    closed = [stage.at_state(State.CLOSED, raisers=False) for _ in range(2)]
    stage.at_state(State.WORKING, raisers=False)
    for part in ("office", "head", "secretary"):
        told = examples.recent_matters(stage[part])
        assert [one.pk for one in told] == [one.pk for one in reversed(closed)], part
        assert [one.label.partition(" ")[0] for one in told] == [one.number for one in reversed(closed)]
        assert all(str(one.handler) in label.label for one, label in zip(reversed(closed), told, strict=True))
