"""The table of contents and the bar at the head of every page: what each role finds there, and that all of it opens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from luoshi.core.org.rules import Actor, Duty, Hat
from luoshi.kit.house import NavItem
from luoshi.web import context
from tests.support.story import client_of, finish

if TYPE_CHECKING:
    from tests.support.story import Story

MOST_IN_BAR = 9
"""Entries of the bar, the way to all counted: what fits beside each other at 1366."""


def somebody(*duties: Duty) -> Actor:
    hat = Hat(1, "岗位", 1, "单位", "/yunling/danwei/", frozenset(duties))
    return Actor("person", "某人", person_id=1, town_id=1, town_name="云岭镇", hats=(hat,))


def labels(actor: Actor, path: str = "/home/") -> list[str]:
    return [entry["label"] for entry in context.bar(actor, path)]


def links(page: str, start: str) -> list[str]:
    return re.findall(r'<a href="(/[^"]*)"', page.split(start)[1])


def test_every_entry_opens_for_everybody_who_is_shown_it(story: Story) -> None:
    wrong = []
    for role in ("secretary", "office", "leader", "head", "clerk", "village", "discipline", "organisation", "outsider"):
        client = client_of(story.people[role])
        page = client.get("/all/").content.decode()
        shown = links(page, "<main")
        assert len(shown) == len(set(shown)) > 10, role
        for url in {*shown, *links(page, 'aria-label="主导航"')}:
            answer = client.get(url)
            finish(answer)
            if answer.status_code != 200:
                wrong.append(f"{url} for {role}: {answer.status_code}")
    assert wrong == []
    assert client_of(None).get("/all/").status_code == 302


def test_a_village_cadre_has_four_entries_at_the_head_of_a_page_and_nobody_more_than_fit() -> None:
    assert labels(somebody(Duty.HEAD, Duty.CLERK)) == ["今天", "报告问题", "问题台账", "全部"]
    assert "立项" not in {item.label for item in context.navigation(somebody(Duty.CLERK))}
    for duties in [(duty,) for duty in Duty] + [(Duty.OFFICE, Duty.HEAD), (Duty.ORGANISATION, Duty.DATA), ()]:
        shown = labels(somebody(*duties))
        assert shown[0] == "今天"
        assert shown[-1] == "全部"
        assert len(shown) <= MOST_IN_BAR, duties
    assert len(labels(somebody(*Duty))) > MOST_IN_BAR  # the bound can be missed


def test_what_stands_in_the_bar_stands_in_the_contents_too() -> None:
    for duty in Duty:
        actor = somebody(duty)
        below = [item for _, items in context.contents(actor) for item in items]
        assert {item.label for item in below} >= set(labels(actor)) - {"全部"}
        assert sorted(below, key=lambda item: item.order) == context.navigation(actor)


def test_one_is_at_one_place_of_the_bar_and_it_is_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    office = somebody(Duty.OFFICE)

    def here(path: str) -> list[str]:
        return [entry["label"] for entry in context.bar(office, path) if entry["active"]]

    assert here("/home/") == ["今天"]
    assert here("/plan/campaign/") == ["方案"]
    assert here("/all/") == ["全部"]
    assert here("/nowhere/") == []
    nested = (
        NavItem("事项", "matter-register", order=1, section="甲", bar=True),
        NavItem("单位", "home", order=2, section="乙", bar=frozenset({"office"})),
        NavItem("不给", "home", order=3, section="甲", duties=frozenset({"leader"}), bar=True),
    )
    monkeypatch.setattr(context, "rooms", lambda: [type("Room", (), {"nav": nested})()])
    assert labels(office) == ["事项", "单位", "全部"]
    assert here("/matters/new/") == ["事项"]
    assert [section for section, _ in context.contents(office)] == ["甲", "乙"]


def test_sections_follow_the_plan_with_the_day_first_and_the_house_last() -> None:
    everything = somebody(*Duty)
    assert [section for section, _ in context.contents(everything)] == [
        *("每天", "大查摆", "事项（13710）", "方案", "公文", "管理")
    ]
