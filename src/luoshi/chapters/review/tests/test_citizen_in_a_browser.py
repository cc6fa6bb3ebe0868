from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from luoshi.chapters.review.models import Finding
from luoshi.core.org.models import Unit
from luoshi.testing.cast import Cast, make_cast

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "村东头路灯坏了一个月"


@pytest.fixture
def town() -> Cast:
    """One town, founded a month ago."""
    cast = make_cast(timezone.now() - timedelta(days=30))
    Unit.objects.filter(pk=cast.other_town.pk).update(closed_on=timezone.localdate())
    return cast


def raise_and_look_up(page: Page, check: Callable[[Page], object]) -> None:
    page.goto(reverse("public-front"))
    check(page)
    page.click("a:has-text('反映问题')")
    page.fill("[name=words]", WORDS)
    page.fill("[name=place]", "字" * 200)
    check(page)
    page.click("main form button")
    check(page)
    assert page.input_value("[name=words]") == WORDS
    page.fill("[name=place]", "石桥沟村")
    page.click("main form button")
    code = page.inner_text(".receipt .code")
    assert re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{2}", code)
    check(page)
    page.click("text=我已记下")
    page.fill("[name=code]", code)
    page.click("main form button")
    assert "已经收到" in page.inner_text("h1")
    check(page)


@pytest.mark.row("1.2")
def test_a_citizen_needs_no_scripts(town: Cast, browser: Browser, live_server: Any) -> None:
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 360, "height": 740}, java_script_enabled=False
    )
    raise_and_look_up(context.new_page(), lambda page: None)
    context.close()
    assert Finding.objects.get().words == WORDS


@pytest.mark.row("1.2")
def test_the_pages_of_a_citizen_fit_a_phone_and_everybody(
    town: Cast, phone: Page, axe: Callable[[Page], list[str]]
) -> None:
    def check(page: Page) -> None:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert axe(page) == []

    raise_and_look_up(phone, check)
    assert Finding.objects.count() == 1


def test_the_pages_of_the_office_fit_its_screen_and_everybody(
    town: Cast, page: Page, axe: Callable[[Page], list[str]], live_server: Any
) -> None:
    Client().post(reverse("public-raise"), {"words": WORDS, "place": "石桥沟村"})
    Client().post(reverse("public-raise"), {"words": "村东头路灯坏了没人修", "place": "石桥沟村"})
    client = Client()
    client.force_login(town.office.account, backend="django.contrib.auth.backends.ModelBackend")
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    one = Finding.objects.order_by("pk")[0].pk
    for address in (
        reverse("findings"),
        *(reverse(name, args=[one]) for name in ("finding", "finding-open", "finding-merge", "finding-mark")),
        reverse("finding-channels"),
        reverse("finding-new", args=["peer-in-person"]),
        reverse("reckoning"),
        reverse("poster"),
    ):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        assert axe(page) == [], address
