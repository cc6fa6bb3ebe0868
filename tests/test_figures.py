"""Figures that keep their question, over the story of the town: each counts what its ledger lists, for whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from luoshi.core.matters.models import Evaluation, Matter, Secrecy, State, Verdict
from luoshi.core.org import queries as org
from luoshi.kit.ledgers import figures, registry
from luoshi.kit.ledgers.figures import Trouble, exactly, parse, read
from luoshi.kit.ledgers.state import read_state
from tests.support.story import STORY_NOW

if TYPE_CHECKING:
    from luoshi.core.org.rules import Actor
    from tests.support.story import Story


def actor(story: Story, part: str) -> Actor:
    return org.actor_of(story.people[part], on=STORY_NOW.date())


def every(ledger: str, who: Actor) -> list[str]:
    """A source for every choice of every filter of a ledger."""
    declared = registry.get(ledger)
    assert declared is not None
    values = {"flag": ["1"], "text": ["2026-000001", "甲"]}
    found = [ledger]
    for one in declared.filters:
        if one.kind == "daterange":
            found.append(f"{ledger}?{one.key}_from=2026-11-10&{one.key}_to=2026-11-20")
            continue
        choices = [key for key, _ in one.choices(who)] if one.choices else values[one.kind]
        found += [f"{ledger}?{one.key}={key}" for key in choices]
    return found


@pytest.mark.parametrize("part", ["office", "clerk", "discipline", "secretary"])
def test_every_figure_is_the_length_of_its_list(story: Story, part: str) -> None:
    who = actor(story, part)
    for slug in ("matters", "findings"):
        ledger = registry.get(slug)
        assert ledger is not None
        if not ledger.may(who):
            told = read(parse(slug), who)
            assert (told.trouble, told.count, told.url) == (Trouble.FORBIDDEN, None, "")
            continue
        sources = [parse(text) for text in every(slug, who)]
        with CaptureQueriesContext(connection) as asked:
            told_all = exactly(sources, who)
        assert len([one for one in asked if "SAVEPOINT" not in one["sql"]]) <= 4
        for source in sources:
            state = read_state(ledger, who, QueryDict(str(source).partition("?")[2]))
            listed = list(state.rows(who, ledger.columns).values_list("pk", flat=True))
            assert told_all[source].count == len(listed), source


def test_the_filters_that_reports_need_find_what_they_say(story: Story) -> None:
    office = actor(story, "office")

    def found(text: str) -> set[str]:
        ledger, source = registry.get("matters"), parse(text)
        assert ledger is not None
        rows = read_state(ledger, office, QueryDict(str(source).partition("?")[2])).rows(office, ledger.columns)
        assert read(source, office).count == len(rows)
        keys = {row.pk for row in rows}
        return {name for name, matter in story.matters.items() if matter.pk in keys}

    plain = {n: m for n, m in story.matters.items() if m.secrecy != Secrecy.ACCUSATION}
    number = story["overdue"].number
    for text in (number, f" {number} ", f"/ledgers/matters/?number={number}"):
        assert found(text) == {"overdue"}
    assert found(f"matters?number=2025-{number[5:]}") == set()
    assert found("matters?looked=1") == {"looked"}
    assert found("matters?reopened=1") == {n for n, m in plain.items() if m.round > 1}
    assert found("matters?state=closed&ended_from=2026-11-01") == {
        n for n, m in plain.items() if m.state == State.CLOSED
    }
    assert found("matters?ended_to=2026-11-01") == set()
    assert "dissent" in found("matters?said=unsatisfied")
    assert Verdict.objects.filter(kind="look").count() == 1


def test_accusations_are_in_nobody_s_figure(story: Story) -> None:
    answers = Evaluation.objects.exclude(matter__secrecy=Secrecy.ACCUSATION).exclude(answer=Evaluation.Answer.MOOT)
    for part in ("office", "discipline", "secretary"):
        who = actor(story, part)
        plain = Matter.objects.filter(town=story.cast.town).exclude(secrecy=Secrecy.ACCUSATION)
        if part != "discipline":
            assert read(parse("matters"), who).count == plain.count()
            assert read(parse("query:matters.answers"), who).count == answers.count()
        assert read(parse(f"matters?number={story['accusation'].number}"), who).count == 0
    assert read(parse("query:matters.answers?answer=unsatisfied"), actor(story, "office")).count == (
        answers.filter(answer="unsatisfied").count()
    )
    assert read(parse("query:matters.urgings?at_from=2026-11-01"), actor(story, "office")).count == 2
    assert read(parse("query:matters.urgings"), actor(story, "outsider")).count == 0
    assert figures.read(parse("matters"), actor(story, "outsider")).count == 0
