"""The tree of goals is kept by the office and the secretary; it stays a tree of four levels."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from luoshi.core.journal.models import Event
from luoshi.core.plan import actions, queries, rules
from luoshi.core.plan.models import Goal, GoalLevel
from luoshi.kit.errors import Refused
from luoshi.testing.cast import Cast

pytestmark = pytest.mark.row("0.1")


def refused(act: Callable[[], object]) -> str:
    before = Event.objects.count(), Goal.objects.count()
    with pytest.raises(Refused) as why, transaction.atomic():
        act()
    assert (Event.objects.count(), Goal.objects.count()) == before
    return why.value.code


def test_goals_are_added_renamed_moved_and_taken_away(cast: Cast, now: datetime) -> None:
    office, secretary = cast.actor(cast.office, now.date()), cast.actor(cast.secretary, now.date())

    def add(name: str, level: str, parent: Goal | None = None, by: object = office) -> Goal:
        return actions.add_goal(town=cast.town, name=name, level=level, parent=parent, by=by, at=now)

    province = add("两个确保", GoalLevel.PROVINCE)
    county = add("三项争创", GoalLevel.COUNTY, province, by=secretary)
    town = add("人居环境 达标", GoalLevel.TOWN, county)
    assert [goal.code for goal in (province, county, town)] == ["province-1", "county-1", "town-1"]
    for part in ("clerk", "organisation", "leader"):
        by = cast.actor(cast.everybody[part], now.date())
        assert refused(lambda by=by: add("别的", "town", by=by)) == "plan.not_office"
    stranger = cast.actor(cast.outsider, now.date())
    assert refused(lambda: actions.rename_goal(town, name="外埠", by=stranger, at=now)) == "plan.not_office"
    assert refused(lambda: add("三项争创", "city")) == "plan.name_taken"
    assert refused(lambda: add("甲", "village")) == "plan.level"
    for level in ("province", "city", "county"):
        assert refused(lambda level=level: add("甲", level, county)) == "plan.level_order"
    assert refused(lambda: add("   ", "town")) == "text.name.missing"
    foreign = Goal.objects.create(town=cast.other_town, code="x", level="province", name="外埠目标")
    assert refused(lambda: add("甲", "town", foreign)) == "plan.unknown"

    actions.rename_goal(town, name="人居环境整治达标", by=secretary, at=now)
    town.refresh_from_db()
    assert town.name == "人居环境整治达标"
    assert refused(lambda: actions.rename_goal(town, name="两个确保", by=office, at=now)) == "plan.name_taken"
    assert refused(lambda: actions.rename_goal(town, name=town.name, by=office, at=now)) == "plan.same"

    city = add("市级目标", GoalLevel.CITY)
    for target in (county, town):
        assert refused(lambda t=target: actions.move_goal(county, parent=t, by=office, at=now)) == "plan.cycle"
    assert refused(lambda: actions.move_goal(province, parent=city, by=office, at=now)) == "plan.level_order"
    assert refused(lambda: actions.move_goal(county, parent=province, by=office, at=now)) == "plan.same"
    actions.move_goal(county, parent=city, by=office, at=now)
    actions.move_goal(city, parent=province, by=office, at=now)
    tree = queries.tree(queries.goals(office))
    assert [(b.goal.name, b.depth) for b in tree] == [
        ("两个确保", 0),
        ("市级目标", 1),
        ("三项争创", 2),
        ("人居环境整治达标", 3),
    ]
    assert queries.below(city.pk) == {city.pk, county.pk, town.pk}

    assert refused(lambda: actions.delete_goal(city, by=office, at=now)) == "plan.in_use"
    key = town.pk
    actions.delete_goal(town, by=office, at=now)
    assert not Goal.objects.filter(pk=key).exists()
    told = Event.objects.filter(stream=f"goal:{key}").order_by("seq").values_list("verb", flat=True)
    assert list(told) == ["plan.goal_added", "plan.goal_renamed", "plan.goal_deleted"]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12), st.data())
def test_everything_below_a_goal_is_found_as_by_walking_up(above: list[int], data: st.DataObject) -> None:
    parents = {pk: (up if up < pk else None) for pk, up in enumerate(above)}
    goal = data.draw(st.sampled_from(sorted(parents)))

    def hangs(pk: int | None) -> bool:
        return pk is not None and (pk == goal or hangs(parents.get(pk)))

    assert rules.below(goal, parents) == {pk for pk in parents if hangs(pk)}
