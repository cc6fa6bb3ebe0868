"""目标: what hangs on each goal, said by the same rows as the ledger; which goal a matter serves."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from luoshi.core.journal.models import Event
from luoshi.core.matters import lines, queries
from luoshi.core.matters.actions.aiming import set_goal
from luoshi.core.matters.models import Category, Matter, Secrecy, State
from luoshi.core.matters.queries.goals import serving
from luoshi.core.matters.tests.stage import Stage, refused
from luoshi.core.org.models import Person
from luoshi.core.org.rules import system
from luoshi.core.plan.actions import GoalRow, load_goals
from luoshi.core.plan.models import Goal

pytestmark = pytest.mark.row("0.1")


@pytest.fixture
def goals(stage: Stage) -> dict[str, Goal]:
    rows = [GoalRow("sheng", "province", "两个确保"), GoalRow("zhen", "town", "人居环境达标", parent="sheng")]
    made = load_goals(town=stage.cast.town, rows=rows, by=system("test", town_id=stage.cast.town.pk), at=stage.at)
    return {goal.code: goal for goal in made}


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_counts_are_those_of_the_ledger_that_they_lead_to(
    stage: Stage, goals: dict[str, Goal], django_assert_max_num_queries
) -> None:
    town, province = goals["zhen"], goals["sheng"]
    late = stage.register(raisers=False, goal=town, title="逾期的")
    Matter.objects.filter(pk=late.pk).update(resolve_due="2026-01-05")
    stage.register(raisers=False, goal=province, title="在办的")
    stage.at_state(State.CLOSED, raisers=False, goal=town, title="办成的")
    stage.register(raisers=False, title="没有目标的")
    stage.register(raisers=False, goal=town, title="内部的", secrecy=Secrecy.INTERNAL)
    stage.register(raisers=False, goal=town, title="举报某人", secrecy=Secrecy.ACCUSATION)
    expected = {"office": (3, 1, 1), "other_village": (2, 1, 1), "discipline": (2, 1, 1)}
    for part, (open_, overdue, closed) in expected.items():
        client = signed_in(stage.cast.everybody[part])
        with django_assert_max_num_queries(12):
            page = client.get("/matters/goals/").content.decode()
        numbers = re.findall(r'href="([^"]+\?goal=\w+&amp;[^"]+)">(?:<b>|\D{2,4} )?(\d+)', page)
        found = dict(numbers)
        ledger = numbers[0][0].partition("?")[0]
        shown = [
            found[f"{ledger}?goal={province.pk}&amp;{rest}"] for rest in ("light=open", "light=red", "state=closed")
        ]
        assert [int(number) for number in shown] == [open_, overdue, closed]
        assert int(found[f"{ledger}?goal=none&amp;light=open"]) == 1
        for address, number in numbers:
            rows = client.get(address.replace("&amp;", "&")).context["page"].rows
            assert len(rows) == int(number), (part, address)
        with django_assert_max_num_queries(12):
            one = client.get(f"/matters/goals/{province.pk}/").content.decode()
        assert ("路灯修复" in one, "内部的" in one, "举报某人" in one) == (True, part == "office", False)
    assert Client().get("/matters/goals/").status_code == 302
    assert signed_in(stage.cast.outsider).get(f"/matters/goals/{town.pk}/").status_code == 404
    assert "人居环境达标" not in signed_in(stage.cast.outsider).get("/matters/goals/").content.decode()


def test_office_keeps_the_tree_and_others_only_read_it(stage: Stage, goals: dict[str, Goal]) -> None:
    office, clerk = signed_in(stage.cast.office), signed_in(stage.cast.clerk)
    new = {"name": "饮水达标", "level": "county", "parent": str(goals["sheng"].pk), "source": "县委一号文件"}
    page = f"/matters/goals/{goals['zhen'].pk}/"
    assert clerk.post("/matters/goals/", new).status_code == 404
    assert clerk.post(f"{page}rename/", {"name": "x"}).status_code == 404
    assert "增加目标" not in clerk.get("/matters/goals/").content.decode()
    assert office.post("/matters/goals/", new).status_code == 302
    made = Goal.objects.get(name="饮水达标")
    assert (made.parent_id, made.source) == (goals["sheng"].pk, "县委一号文件")
    taken = office.post("/matters/goals/", new)
    assert (taken.status_code, "已有名为" in taken.content.decode(), "县委一号文件" in taken.content.decode()) == (
        409,
        True,
        True,
    )
    assert office.post(f"{page}move/", {"parent": str(made.pk)}).status_code == 302
    wrong = office.post(f"/matters/goals/{made.pk}/move/", {"parent": str(goals["zhen"].pk)})
    assert (wrong.status_code, "不能移到自己" in wrong.content.decode()) == (409, True)
    assert office.post(f"{page}rename/", {"name": "人居环境整治"}).status_code == 302
    stage.register(raisers=False, goal=goals["zhen"])
    used = office.post(f"{page}delete/")
    assert (used.status_code, "不能删除" in used.content.decode()) == (409, True)
    category = Category.objects.create(town=stage.cast.town, code="x", name="类别", goal=made)
    assert office.post(f"/matters/goals/{made.pk}/delete/").status_code == 409
    category.delete()
    assert office.post(f"{page}move/", {"parent": ""}).status_code == 302
    assert office.post(f"/matters/goals/{made.pk}/delete/").status_code == 302
    assert not Goal.objects.filter(pk=made.pk).exists()
    assert office.post(f"{page}burn/").status_code == 404


@pytest.mark.row("0.3")
def test_office_says_which_goal_a_matter_serves(stage: Stage, goals: dict[str, Goal]) -> None:
    matter = stage.register(raisers=False, goal=goals["sheng"])
    town = goals["zhen"]
    foreign = Goal.objects.create(town=stage.cast.other_town, code="x", level="town", name="外埠目标")
    for part, code in (("clerk", "matter.not_office"), ("leader", "matter.not_office"), ("outsider", "matter.unknown")):
        assert refused(lambda p=part: set_goal(matter, goal=town, by=stage[p], at=stage.tick())) == code
    assert refused(lambda: set_goal(matter, goal=foreign, by=stage["office"], at=stage.tick())) == "matter.other_town"
    assert refused(lambda: set_goal(matter, goal=goals["sheng"], by=stage["office"], at=stage.tick())) == (
        "matter.same_goal"
    )
    set_goal(matter, goal=town, by=stage["office"], at=stage.tick())
    matter.refresh_from_db()
    assert matter.goal == town
    line = queries.story(matter, files=[])[-1]
    assert (line.sentence, line.facts) == ("定下服务的目标", ["人居环境达标（原为“两个确保”）"])
    secret = stage.register(raisers=False, secrecy=Secrecy.ACCUSATION)
    assert refused(lambda: set_goal(secret, goal=town, by=stage["office"], at=stage.tick())) == "matter.unknown"
    set_goal(secret, goal=town, by=stage["discipline"], at=stage.tick())
    ended = stage.at_state(State.VOIDED, raisers=False)
    assert refused(lambda: set_goal(ended, goal=town, by=stage["office"], at=stage.tick())) == "matter.state"


def test_goal_of_a_matter_is_changed_from_its_page_by_the_office_alone(
    stage: Stage, goals: dict[str, Goal], monkeypatch: pytest.MonkeyPatch
) -> None:
    matter = stage.register(raisers=False)
    monkeypatch.setattr(timezone, "now", lambda: stage.tick())
    address = f"/matters/{matter.pk}/goal/"
    office = signed_in(stage.cast.office)
    assert address in office.get(f"/matters/{matter.pk}/").content.decode()
    for part in ("clerk", "discipline", "outsider"):
        other = signed_in(stage.cast.everybody[part])
        assert address not in other.get(f"/matters/{matter.pk}/").content.decode()
        assert other.post(address, {"goal": str(goals["zhen"].pk)}).status_code == 404
    assert office.post(address, {"goal": ""}).status_code == 409
    assert office.post(address, {"goal": str(goals["zhen"].pk)}).status_code == 302
    assert "定下服务的目标：人居环境达标" in office.get(f"/matters/{matter.pk}/").content.decode()
    assert office.post(address, {"goal": str(goals["zhen"].pk)}).status_code == 409
    assert Event.objects.filter(verb="matter.goal_set").count() == 1


def test_what_serves_a_goal_is_kept_for_each_goal_and_person(stage: Stage, goals: dict[str, Goal]) -> None:
    town, province = goals["zhen"], goals["sheng"]
    made = [stage.register(raisers=False, goal=(town, province)[n % 2], title=f"第{n}件") for n in range(6)]
    made.append(stage.at_state(State.CLOSED, raisers=False, goal=town, title="办成的"))
    stage.at_state(State.VOIDED, raisers=False, goal=town)
    stage.register(raisers=False, goal=town, secrecy=Secrecy.INTERNAL)
    for part in ("office", "clerk", "discipline", "other_village", "outsider"):
        actor = stage[part]
        for keys in ([town.pk], [province.pk], [town.pk, province.pk], []):
            wanted = queries.plain_to(actor).filter(goal__in=keys).exclude(state=State.VOIDED).order_by("-pk")
            for most in (3, 50):
                found = serving(actor, keys, most=most)
                assert found == list(wanted[:most])
                today = stage.at.date()
                with CaptureQueriesContext(connection) as asked:
                    shown = lines.results(found, today=today)
                assert (shown, len(asked)) == (lines.results(wanted[:most], today=today), 0)
    assert len(serving(stage["office"], [town.pk, province.pk])) == len(made) + 1
