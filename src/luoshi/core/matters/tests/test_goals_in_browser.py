"""目标 and 工作日历 in a real browser: axe finds nothing, nothing runs over the edge of a phone."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from luoshi.core.matters.models import ClockRule, Matter
from luoshi.core.matters.tests.stage import Stage
from luoshi.core.org.rules import system
from luoshi.core.plan.actions import GoalRow, load_goals
from luoshi.testing.cast import make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

GOALS = [
    GoalRow("p", "province", "锚定“两个确保”，实施“十大战略”", source="省委全会"),
    GoalRow("c", "city", "加快建设现代化强市", parent="p"),
    GoalRow("x", "county", "三项争创：文明城市、平安建设先进县、营商环境示范县", parent="c", source="县委一号文件"),
    GoalRow("t", "town", "人居环境达标", parent="x"),
]


@pytest.fixture
def town(transactional_db: None) -> Stage:
    now = timezone.now() - timedelta(days=3)
    stage = Stage(make_cast(now - timedelta(days=40)), now)
    ClockRule.objects.create(
        town=stage.cast.town,
        version=1,
        source="镇办公会",
        figures={"day_unit": "working"},
        in_force_from=date(2020, 1, 1),
    )
    goals = load_goals(town=stage.cast.town, rows=GOALS, by=system("test", town_id=stage.cast.town.pk), at=stage.at)
    for number in range(6):
        title = "石桥沟村自来水低压三个月，三个部门互相推" if number % 2 else "村口路灯不亮"
        stage.register(raisers=False, title=title, goal=goals[number % 4])
    Matter.objects.filter(pk__in=list(Matter.objects.values_list("pk", flat=True)[:2])).update(
        resolve_due=timezone.localdate() - timedelta(days=1)
    )
    return stage


def enter(page: Any, person: Any, url: str) -> None:
    client = Client()
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": url}])


def test_goals_and_calendar_hold_axe_and_every_width(
    town: Stage, page: Any, phone: Any, live_server: Any, axe: Callable[..., list[str]], shot: Callable[..., Any]
) -> None:
    matter = Matter.objects.order_by("pk")[0]
    addresses = {
        "goals": "/matters/goals/",
        "goal": f"/matters/goals/{matter.goal_id}/",
        "matter-goal": f"/matters/{matter.pk}/goal/",
        "calendar": "/matters/calendar/",
    }
    year = timezone.localdate().year
    days = [timezone.localdate() + timedelta(days=n) for n in (1, 4)]
    lines = "\n".join(f"假日{day.day} {day}" for day in days if day.year == year and day.weekday() < 5)
    for screen, size in ((page, "desktop"), (phone, "phone")):
        enter(screen, town.cast.office, live_server.url)

        def holds(name: str, screen: Any = screen, size: str = size) -> None:
            assert axe(screen) == [], name
            over = screen.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert over <= 0, name
            shot(screen, f"{name}-{size}")

        for name, address in addresses.items():
            screen.goto(address)
            holds(name)
        screen.get_by_label("年份", exact=False).first.fill(str(year))
        screen.get_by_label("依据的通知", exact=False).fill("国务院办公厅通知")
        screen.get_by_label("放假和调休上班", exact=False).fill(lines or f"元旦 {year}-01-01")
        screen.get_by_role("button", name="先看会改什么").first.click()
        screen.get_by_text("还没有导入").wait_for()
        assert urlsplit(screen.url).path == "/matters/calendar/look/"
        holds("calendar-look")
