"""Who is held up, on what evidence, by whom it is decided, and who points at it."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from luoshi.chapters.review.examples import actions, queries
from luoshi.chapters.review.examples.models import Example, Kind
from luoshi.chapters.review.examples.transitions import SENTENCES
from luoshi.chapters.review.selfreview import actions as selfreview
from luoshi.chapters.review.selfreview.models import Sheet
from luoshi.core.journal.models import Event
from luoshi.core.matters.models import Matter, Secrecy, State
from luoshi.core.matters.tests.stage import Stage
from luoshi.core.org.rules import PUBLIC
from luoshi.kit import references
from luoshi.testing.cast import Cast
from luoshi.testing.refusals import refused

pytestmark = pytest.mark.row("1.5")


@pytest.fixture
def stage(cast: Cast, now: datetime) -> Stage:
    return Stage(cast, now - timedelta(days=40))


@pytest.fixture
def closed(stage: Stage) -> Matter:
    """Handled by 赵小兰 of 农业农村服务中心, with 石桥沟村."""
    return stage.at_state(State.CLOSED, raisers=False)


def propose(stage: Stage, by: str = "office", **told: Any) -> Example:
    made = {
        "kind": Kind.PERSON,
        "person": stage.cast.clerk,
        "why": "三天跑遍七个灌区，把二十一处漏水一处一处堵上。",
        "learn": "到现场数清楚再动手",
        **told,
    }
    return actions.propose(town=stage.cast.town, by=stage[by], at=stage.tick(), **made)


def test_an_example_needs_evidence_that_is_really_theirs(stage: Stage, closed: Matter) -> None:
    for code, told in {
        "example.no_proof": {},
        "example.other_s_matter": {"person": stage.cast.other_clerk, "matters": [closed]},
        "example.not_closed": {"matters": [stage.at_state(State.WORKING, raisers=False)]},
        "example.of_nobody": {"person": None, "matters": [closed]},
        "example.other_town": {"person": stage.cast.outsider, "matters": [closed]},
        "text.why.missing": {"why": " ", "matters": [closed]},
        "text.learn.missing": {"learn": "", "matters": [closed]},
    }.items():
        with refused(code):
            propose(stage, **told)
    with refused("example.other_s_matter"):
        propose(stage, kind=Kind.UNIT, unit=stage.cast.units["yingji"], matters=[closed])
    with refused("text.source.missing"):
        propose(stage, kind=Kind.BENCHMARK, name="邻县白水镇")
    assert not Example.objects.exists()
    person = propose(stage, matters=[closed])
    assert person.name == "赵小兰"
    unit = propose(stage, kind=Kind.UNIT, unit=stage.cast.units["shiqiaogou"], matters=[closed])
    assert (unit.person, unit.name) == (None, "石桥沟村")
    propose(stage, kind=Kind.BENCHMARK, name="邻县白水镇", source="2026年现场会材料")
    propose(stage, kind=Kind.PERSON, files=[SimpleUploadedFile("事迹.txt", "做了很多事".encode())])
    assert queries.proofs(stage["village"], person) == [closed]


def test_a_secret_matter_is_no_evidence(stage: Stage) -> None:
    internal = stage.at_state(State.CLOSED, raisers=False)
    Matter.objects.filter(pk=internal.pk).update(secrecy=Secrecy.INTERNAL)
    with refused("example.not_closed"):
        propose(stage, matters=[internal])


def test_nobody_decides_about_oneself_or_what_one_proposed(stage: Stage, closed: Matter) -> None:
    for part in ("clerk", "discipline", "outsider"):
        with refused("example.not_proposer"):
            propose(stage, by=part, person=stage.cast.head, matters=[closed])
    with refused("example.oneself"):
        propose(stage, by="head", person=stage.cast.head, matters=[closed])
    by_leader = propose(stage, by="leader", matters=[closed])
    about_leader = propose(
        stage, person=stage.cast.leader, files=[SimpleUploadedFile("事迹.txt", "做了很多事".encode())]
    )
    for one in (by_leader, about_leader):
        with refused("example.own"):
            actions.approve(one, by=stage["leader"], at=stage.tick())
        for values in ({"decided_by": one.proposed_by}, {"decided_by": one.person}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Example.objects.filter(pk=one.pk).update(state="approved", decided_at=stage.at, **values)
        for part in ("office", "organisation"):
            with refused("example.not_decider"):
                actions.approve(one, by=stage[part], at=stage.tick())
        actions.approve(one, by=stage["secretary"], at=stage.tick())
    with refused("example.state"):
        actions.approve(by_leader, by=stage["secretary"], at=stage.tick())
    with refused("text.reason.missing"):
        actions.withdraw(by_leader, reason=" ", by=stage["secretary"], at=stage.tick())
    gone = actions.withdraw(by_leader, reason="后来又漏水了", by=stage["secretary"], at=stage.tick())
    assert (gone.state, gone.reason) == ("withdrawn", "后来又漏水了")


def test_what_waits_is_seen_by_few_and_what_is_held_up_by_all(stage: Stage, closed: Matter) -> None:
    one = propose(stage, by="head", matters=[closed])
    seers = {part for part in stage.cast.everybody if queries.visible_to(stage[part]).exists()}
    assert seers == {"head", "secretary", "leader", "office", "office2", "organisation"}
    assert queries.to_approve(stage["leader"]).count() == 1
    with refused("example.unknown"):
        queries.get(stage["village"], one.pk)
    actions.approve(one, by=stage["leader"], at=stage.tick())
    seers = {part for part in stage.cast.everybody if queries.visible_to(stage[part]).exists()}
    assert seers == set(stage.cast.everybody) - {"outsider"}
    assert queries.visible_to(PUBLIC).count() == 0
    refused_one = propose(stage, by="head", matters=[closed])
    actions.decline(refused_one, reason="再看一看", by=stage["secretary"], at=stage.tick())
    assert queries.get(stage["head"], refused_one.pk).reason == "再看一看"
    assert not queries.visible_to(stage["village"]).filter(pk=refused_one.pk)


def test_the_list_is_what_the_plain_queries_give_to_everybody(stage: Stage, closed: Matter) -> None:
    """Asked once and asked again: the statements are kept."""
    made = [
        propose(stage, by=by, kind=kind, matters=[closed], **told)
        for by in ("head", "office")
        for kind, told in (
            (Kind.PERSON, {}),
            (Kind.PERSON, {}),
            (Kind.PRACTICE, {"person": None, "name": "渠边立牌", "source": "会上"}),
        )
    ] + [propose(stage, by="head", matters=[closed]) for _ in range(4)]
    Example.objects.filter(pk=made[1].pk).update(person=stage.cast.leader)
    for one in made[2:7]:
        actions.approve(one, by=stage["secretary"], at=stage.tick())
    actions.withdraw(made[6], reason="后来又漏水了", by=stage["secretary"], at=stage.tick())
    actions.decline(made[7], reason="再看一看", by=stage["secretary"], at=stage.tick())
    seen = set()
    for part in (*stage.cast.everybody, *stage.cast.everybody):
        actor = stage[part]
        rows = queries.visible_to(actor).order_by("kind", "-pk")
        up, waits = rows.filter(state="approved"), rows.filter(state="proposed")
        gone = rows.filter(state__in=["declined", "withdrawn"])
        assert queries.held_up(actor) == [(one.pk, one.kind, one.name, one.learn) for one in up], part
        assert queries.waiting(actor) == [(o.pk, o.kind, o.state, o.name, o.proposed_at) for o in waits], part
        assert queries.past(actor) == [(o.pk, o.kind, o.state, o.name, o.decided_at) for o in gone], part
        assert queries.to_approve_now(actor) == set(queries.to_approve(actor).values_list("pk", flat=True)), part
        seen.add((len(up), len(waits), len(gone), queries.to_approve(actor).count()))
    assert len(seen) > 3
    assert queries.held_up(PUBLIC) == queries.waiting(PUBLIC) == queries.past(PUBLIC) == []
    assert queries.to_approve_now(PUBLIC) == set()


def test_the_page_shows_what_was_typed_as_words_with_numbers_masked(stage: Stage, closed: Matter) -> None:
    typed = {"kind": Kind.BENCHMARK, "person": None, "name": "<b>镇13812345678", "learn": "立<i>牌", "source": "会上"}
    up, waits, gone, by_leader = (propose(stage, by=by, **typed) for by in ("office", "office", "office", "leader"))
    actions.approve(up, by=stage["leader"], at=stage.tick())
    actions.decline(gone, reason="再看一看", by=stage["leader"], at=stage.tick())
    client = Client()
    client.force_login(stage.cast.leader.account, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/examples/").content.decode()
    assert page.count("&lt;b&gt;镇〔手机号〕</a>") == 4
    assert "<h2>行业标杆</h2>" in page
    assert "<dd>立&lt;i&gt;牌</dd>" in page
    assert re.search(rf'/examples/{waits.pk}/">[^/]*</a> <span class="soft">行业标杆，[^<]*提出，等您审定</span>', page)
    assert re.search(rf'/examples/{by_leader.pk}/">[^/]*</a> <span class="soft">行业标杆，[^<]*提出</span>', page)
    assert re.search(rf'/examples/{gone.pk}/">[^/]*</a> <span class="soft">未选树，', page)


def test_a_self_review_points_at_what_is_held_up(stage: Stage, closed: Matter) -> None:
    one = propose(stage, matters=[closed])
    assert references.offered("example", stage["village"]) == []
    actions.approve(one, by=stage["leader"], at=stage.tick())
    (offered,) = references.offered("example", stage["village"])
    assert offered.ref == one.stream
    town = stage.cast.town
    selfreview.open_round(town=town, title="自查", deadline=stage.day, by=stage["secretary"], at=stage.tick())
    sheet = Sheet.objects.get(person=stage.cast.village)
    told: dict[str, Any] = {"written": {}, "seen": 0, "by": stage["village"], "at": stage.tick()}
    saved = selfreview.save(sheet, compared_with=offered.ref, **told)
    assert references.described(stage["village"], [saved.compared_with])[offered.ref].label == offered.label
    assert references.described(stage["outsider"], [offered.ref]) == {}
    assert references.described(stage["village"], ["example:x", "nothing:1", "", "example:999"]) == {}
    actions.withdraw(one, reason="换了", by=stage["secretary"], at=stage.tick())
    assert references.offered("example", stage["village"]) == []


def test_every_event_has_its_sentence_and_no_event_a_word_that_was_typed(stage: Stage, closed: Matter) -> None:
    one, other = (propose(stage, matters=[closed]) for _ in range(2))
    actions.approve(one, by=stage["leader"], at=stage.tick())
    actions.withdraw(one, reason="换了", by=stage["secretary"], at=stage.tick())
    actions.decline(other, reason="不够", by=stage["secretary"], at=stage.tick())
    events = Event.objects.filter(stream__startswith="example:")
    assert set(events.values_list("verb", flat=True)) == set(SENTENCES)
    assert not any(word in event.data for event in events for word in ("赵小兰", "灌区", "换了"))
