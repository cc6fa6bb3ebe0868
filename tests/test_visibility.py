"""What a person may see is one rule, said once for rows and once for a matter in hand: both say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from luoshi.core.matters import queries
from luoshi.core.matters.models import Matter, Secrecy
from luoshi.core.matters.permissions import Standing
from luoshi.core.org.rules import PUBLIC, Actor, system

if TYPE_CHECKING:
    from tests.support.story import Story

BESIDE = ("named_verifiers", "raisers", "co_units")


def rule_in_words(actor: Actor, matter: Matter) -> bool:
    """The rule as the house says it, read slowly: the oracle of both."""
    if actor.is_system:
        return actor.town_id in (None, matter.town_id)
    if not actor.hats or actor.town_id != matter.town_id:
        return False
    named = {v.person_id for v in matter.named_verifiers.all() if v.done_at is None}
    if actor.people_ids & ({matter.leader_id, matter.handler_id} | named):
        return True
    duties = {str(duty) for duty in actor.duties}
    if matter.secrecy == Secrecy.ACCUSATION:
        return "discipline" in duties
    if matter.secrecy == Secrecy.OPEN or duties & {"office", "secretary"}:
        return True
    if actor.people_ids & {r.person_id for r in matter.raisers.all()}:
        return True
    units = {matter.lead_unit_id, *(co.unit_id for co in matter.co_units.all())}
    if matter.secrecy == Secrecy.INTERNAL:
        return bool(actor.unit_ids & units)
    return any("head" in hat.duties and hat.unit_id == matter.lead_unit_id for hat in actor.hats)


@pytest.mark.row("N3")
def test_rows_and_a_matter_in_hand_are_seen_by_the_same_people(story: Story) -> None:
    day = timezone.localdate()
    everybody = [PUBLIC, system("test"), system("test of the town", town_id=story.cast.town.pk)]
    everybody += [story.stage[part] for part in story.stage.parts]
    hidden = 0
    for secrecy in Secrecy:
        Matter.objects.update(secrecy=secrecy)
        seen = {actor.name: set(queries.visible_to(actor).values_list("pk", flat=True)) for actor in everybody}
        for matter in Matter.objects.select_related("town", "lead_unit").prefetch_related(*BESIDE):
            standing = Standing(matter, day=day)
            for actor in everybody:
                wanted = rule_in_words(actor, matter)
                said = (matter.pk in seen[actor.name], standing.is_visible_to(actor))
                assert said == (wanted, wanted), (matter.title, secrecy, actor.name)
                hidden += not wanted
    assert hidden > 500


def test_today_asks_nobody_for_what_another_office_runs(story: Story) -> None:
    from luoshi.core.matters import queries
    from luoshi.core.matters.models import Secrecy
    from tests.support.story import STORY_NOW

    day = STORY_NOW.date()
    inspection = queries.tasks(story.cast.actor(story.people["discipline"], day), today=day)
    office = queries.tasks(story.cast.actor(story.people["office"], day), today=day)
    runs = {"accept", "reopen", "assign", "decide_extension"}
    assert {t.matter.secrecy for t in inspection if t.verb in runs} == {Secrecy.ACCUSATION}
    assert office
    assert Secrecy.ACCUSATION not in {t.matter.secrecy for t in office}
