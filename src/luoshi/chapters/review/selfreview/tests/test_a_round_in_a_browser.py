"""A round of self-review walked by those who take part: on a desk's screen and on a phone, with axe on every page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone

from luoshi.chapters.review.models import Finding
from luoshi.chapters.review.selfreview.models import Sheet
from luoshi.testing.cast import PASSWORD, Cast, make_cast

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.row("1.1"),
]
SIZES = {"desk": (1366, 768), "phone": (360, 740)}
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
OWN = "老井那片的水压我报了就等，没有再去水利站问过一句"


@pytest.fixture
def town() -> Cast:
    return make_cast(timezone.now() - timedelta(days=30))


@pytest.fixture
def enter(browser: Browser, live_server: Any) -> Iterator[Callable[[str, str], Page]]:
    contexts: list[Any] = []

    def sign_in(username: str, size: str) -> Page:
        width, height = SIZES[size]
        touch = size == "phone"
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            has_touch=touch,
            is_mobile=touch,
            locale="zh-CN",
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.goto(reverse("signin"))
        page.get_by_label("账号").fill(username)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url("**/home/")
        return page

    yield sign_in
    for context in contexts:
        context.close()


def test_a_round_is_walked_by_six_people(
    town: Cast, enter: Callable[[str, str], Page], axe: Callable[[Page], list[str]], shot: Callable[..., Any]
) -> None:
    wrong: list[str] = []

    def look(page: Page, name: str) -> None:
        wrong.extend(f"{name}: {said}" for said in axe(page))
        if page.evaluate(SIDEWAYS) > 0:
            wrong.append(f"{name} runs over the edge")
        shot(page, f"selfreview-{name}")

    def hand_in(page: Page, field: str, text: str, name: str, *, keep: bool = True) -> None:
        """From today: four taps and one text; nothing on the way must be filled in."""
        tap(page.get_by_role("link", name="自查表还有"))
        tap(page.locator(".my-sheets a").first)
        page.fill(f"[name={field}-text]", text)
        assert page.locator("main :required").count() == 0
        look(page, f"{name}-write")
        tap(page.get_by_role("button", name="下一步"))
        look(page, f"{name}-check")
        if keep:
            tap(page.get_by_role("button", name="交上去"))

    taps = 0

    def tap(thing: Locator) -> None:
        nonlocal taps
        taps += 1
        thing.click()

    secretary = enter("chenlixin", "desk")
    secretary.goto(reverse("selfreview"))
    look(secretary, "nothing-yet")
    secretary.get_by_role("link", name="开始一轮").click()
    secretary.get_by_label("名称").fill("第四季度自查")
    secretary.get_by_label("截止日期").fill((timezone.localdate() + timedelta(days=7)).isoformat())
    look(secretary, "open")
    secretary.get_by_role("button", name="开始").click()
    assert "第四季度自查" in secretary.inner_text("h1")

    village = enter("sundashan", "phone")
    hand_in(village, "tasks", OWN, "village")
    assert OWN in village.inner_text("main")
    tap(village.get_by_role("button", name="报成问题"))
    assert (
        taps == 5
    )  # what a village head is asked for: one text, four taps, and one more for a gap to become a finding
    finding = Finding.objects.get()
    assert finding.number in village.inner_text("main")
    look(village, "village-raised")

    clerk = enter("zhaoxiaolan", "desk")
    hand_in(clerk, "ability", f"{OWN}。", "clerk", keep=False)
    assert "和别人写的很像，想一想你自己的" in clerk.inner_text("main")
    assert "孙大山" not in clerk.inner_text("main")
    clerk.get_by_role("link", name="回去改").click()
    # the session ends while somebody is typing: what was typed is there again after signing in
    clerk.fill("[name=ability-text]", "六个泵站我只会修一个，坏了就等县里来人，一等三天")
    clerk.context.clear_cookies(name="sessionid")
    clerk.get_by_role("button", name="下一步").click()
    clerk.get_by_label("账号").fill("zhaoxiaolan")
    clerk.get_by_label("密码").fill(PASSWORD)
    clerk.get_by_role("button", name="登录").click()
    clerk.wait_for_url("**/write/")
    assert "六个泵站" in clerk.input_value("[name=ability-text]")
    clerk.get_by_role("button", name="下一步").click()
    assert "很像" not in clerk.inner_text("main")
    clerk.get_by_role("button", name="交上去").click()

    head = enter("liujianguo", "desk")
    head.goto(reverse("selfreview"))
    head.locator(".my-sheets li", has_text="农业农村服务中心的单位自查表").get_by_role("link").click()
    head.fill("[name=guidance-text]", "管护规定学了没有落到泵站\n排班还在墙上没有到渠边")
    head.locator("[name=guidance-criteria]").first.check()
    head.get_by_role("button", name="下一步").click()
    assert "不够坚决" in head.inner_text("main")
    head.get_by_role("button", name="交上去").click()
    look(head, "unit-sheet")
    assert Sheet.objects.filter(state="handed_in").count() == 3

    organiser = enter("zhengping", "desk")
    organiser.goto(reverse("selfreview"))
    look(organiser, "organiser")
    row = organiser.locator(".coverage tr", has_text="农业农村服务中心").inner_text().split()
    assert row == ["农业农村服务中心", "2", "1", "已交"]
    assert "农业农村服务中心：刘建国" in organiser.inner_text(".names >> nth=0")
    organiser.get_by_role("link", name="石桥沟村：孙大山").click()
    assert OWN in organiser.inner_text("main")

    discipline = enter("heqing", "desk")
    discipline.goto(reverse("selfreview"))
    listed = discipline.inner_text("main")
    assert "农业农村服务中心（单位）" in listed
    assert "孙大山" not in listed
    sheet = Sheet.objects.get(person=town.village)
    answer = discipline.goto(reverse("selfreview-sheet", args=[sheet.pk]))
    assert answer is not None
    assert answer.status == 404

    secretary.get_by_role("link", name="结束这一轮").click()
    look(secretary, "close")
    secretary.get_by_role("button", name="结束这一轮").click()
    assert "结束" in secretary.inner_text("main .page-head")
    assert wrong == []
