"""How heavy a pain point is, circles, and which village is meant, each against a slow reading of its own."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.chapters.review.causes import drawing, rules
from luoshi.chapters.review.causes.rules import Pain, Weights

pytestmark = pytest.mark.row("1.4")
TODAY = date(2026, 11, 25)
SMALL = st.integers(0, 100)
PAINS = st.lists(
    st.builds(
        Pain,
        key=st.integers(1, 50),
        matters=st.integers(1, 9),
        people=SMALL,
        since=st.dates(date(2020, 1, 1), TODAY),
        places=st.integers(1, 30),
    ),
    max_size=8,
    unique_by=lambda one: one.key,
)


def slow_weight(pain: Pain, weights: Weights) -> int:
    """Counted out one by one: each person, each whole week walked through, each place."""
    total, day = 0, pain.since
    for _ in range(pain.people):
        total += weights.people
    while day + timedelta(days=7) <= TODAY:
        day += timedelta(days=7)
        total += weights.weeks
    for _ in range(pain.places):
        total += weights.places
    return total


@given(pains=PAINS, weights=st.builds(Weights, people=SMALL, weeks=SMALL, places=SMALL))
def test_the_order_is_the_one_that_counting_out_gives(pains: list[Pain], weights: Weights) -> None:
    told = rules.heaviest_first(pains, weights, today=TODAY)
    assert sorted(told, key=lambda one: one.key) == sorted(pains, key=lambda one: one.key)
    for one, other in pairwise(told):
        before, after = slow_weight(one, weights), slow_weight(other, weights)
        assert before > after or (before == after and (one.since, one.key) < (other.since, other.key))
    for one in told:
        assert one.weight(weights, today=TODAY) == slow_weight(one, weights)


@given(st.dictionaries(st.integers(1, 8), st.one_of(st.none(), st.integers(1, 8)), max_size=8), st.data())
def test_a_circle_is_what_walking_down_comes_back_from(under: dict[int, int | None], data: st.DataObject) -> None:
    cause, deeper = data.draw(st.integers(1, 8)), data.draw(st.integers(1, 8))
    walked, at = [cause], deeper
    circle = False
    for _ in range(20):
        if at in walked:
            circle = True
            break
        walked.append(at)
        below = under.get(at)
        if below is None:
            break
        at = below
    assert rules.goes_round(under, cause=cause, deeper=deeper) == circle


def test_a_village_is_the_longest_name_in_the_place_else_the_leading_unit() -> None:
    villages = ((1, "石桥村"), (2, "大石桥村"), (3, "柳河湾村"))
    assert rules.village_of("大石桥村东头", None, villages) == 2
    assert rules.village_of("石桥村口", 3, villages) == 1
    assert rules.village_of("镇区", 3, villages) == 3
    assert rules.village_of("镇区", 9, villages) is None
    assert rules.village_of("", None, ()) is None


@given(st.lists(st.integers(1, 30), unique=True), st.dictionaries(st.integers(1, 30), st.tuples(SMALL, SMALL)))
def test_every_village_has_its_place_on_the_sheet(keys: list[int], known: dict[int, tuple[int, int]]) -> None:
    found = rules.laid_out(keys, known)
    assert set(found) == set(keys)
    assert all(0 <= x <= 100 and 0 <= y <= 100 for x, y in found.values())
    assert all(found[key] == known[key] for key in keys if key in known)


def test_circles_grow_with_the_count_by_area_and_names_are_told_safely() -> None:
    assert drawing.radius(0, 9) < drawing.radius(1, 9) < drawing.radius(9, 9)
    assert drawing.radius(8, 32) * 2 == pytest.approx(drawing.radius(32, 32))
    drawn = drawing.draw(
        [
            drawing.Spot(0, 0, "<b>村", 3, "/a/"),
            drawing.Spot(100, 0, "乙村", 0, "/b/"),
            drawing.Spot(50, 100, "丙", 1, "/c/"),
        ],
        label="示意",
    )
    assert "&lt;b&gt;村 3 件" in drawn
    assert drawn.count("<circle") == 3
    assert "<polygon" in drawn
    assert "style=" not in drawn
