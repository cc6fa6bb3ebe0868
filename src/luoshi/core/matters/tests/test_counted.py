"""Figures are counted so far and then say that there are more; what is plain to see is what is seen without accusations."""

import pytest
from django.test import Client

from luoshi.core.matters import queries
from luoshi.core.matters.models import Matter, Secrecy, State
from luoshi.core.matters.tests.stage import Stage
from luoshi.core.org.models import Person
from luoshi.core.org.rules import system
from luoshi.core.plan.actions import GoalRow, load_goals

MANY = 1_003


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def copies(matter: Matter, count: int) -> None:
    """So many more of this matter, as the database would hold them."""
    made = []
    for _ in range(count):
        one = Matter.objects.get(pk=matter.pk) if not made else made[0]
        made.append(
            Matter(**{f.attname: getattr(one, f.attname) for f in Matter._meta.concrete_fields if not f.primary_key})
        )
    Matter.objects.bulk_create(made, batch_size=200)


@pytest.mark.row("3.1")
def test_pages_count_to_999_and_then_say_that_there_are_more(stage: Stage) -> None:
    rows = [GoalRow("zhen", "town", "人居环境达标")]
    (goal,) = load_goals(town=stage.cast.town, rows=rows, by=system("test", town_id=stage.cast.town.pk), at=stage.at)
    working = stage.at_state(State.WORKING, raisers=False, goal=goal)
    closed = stage.at_state(State.CLOSED, raisers=False, goal=goal)
    unit = working.lead_unit
    assert unit is not None
    office = signed_in(stage.cast.office)
    pages = ("/home/", f"/matters/units/{unit.pk}/", "/matters/goals/", f"/matters/goals/{goal.pk}/")
    few = [office.get(page).content.decode().replace("\xa0", " ") for page in pages]
    assert "<b>1</b>件在办" in few[0]
    assert "1 件" in few[1]
    assert "以上" not in "".join(few)

    copies(working, MANY)
    copies(closed, 10)
    Matter.objects.filter(state=State.WORKING).update(resolve_due="2026-01-05")
    home, of_unit, goals, of_goal = (office.get(page).content.decode().replace("\xa0", " ") for page in pages)
    assert "<b>999</b>件以上在办" in home
    assert "<b>999</b>件以上逾期" in home
    assert "<b>0</b>件待核查" in home
    assert "<b>999</b>件以上在办" in of_unit
    assert "999 件以上，其中最近 1,000 件里销号" in of_unit
    assert "在办 999 件以上" in goals
    assert "其中逾期 999 件以上" in goals
    assert "已销号 11 件" in goals
    assert "<b>999 件以上</b>逾期" in of_goal
    assert "<b>11 件</b>已销号" in of_goal


def test_what_is_plain_to_see_is_what_is_seen_without_accusations(stage: Stage) -> None:
    for secrecy in Secrecy:
        stage.register(raisers=False, title=f"事{secrecy}", secrecy=secrecy)
    stage.at_state(State.WORKING, secrecy=Secrecy.RESTRICTED)
    counts = set()
    for part in stage.parts:
        actor = stage[part]
        plain = set(queries.plain_to(actor).values_list("pk", flat=True))
        seen = queries.visible_to(actor).exclude(secrecy=Secrecy.ACCUSATION)
        assert plain == set(seen.values_list("pk", flat=True)), part
        counts.add(len(plain))
    assert len(counts) > 1, "people see different things"
