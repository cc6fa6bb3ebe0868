"""The pages of units and people in a real browser: axe finds nothing, nothing runs over the edge of a phone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from luoshi.core.org import actions
from luoshi.core.org.models import Post
from luoshi.testing.cast import MAKER, Cast, make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def staffed(transactional_db: None, now: Any) -> Cast:
    cast = make_cast(now - timedelta(days=30))
    actions.deputise(
        principal=cast.organisation,
        deputy=cast.office,
        starts_on=now.date() - timedelta(days=20),
        ends_on=now.date() + timedelta(days=200),
        by=MAKER,
        at=now,
    )
    return cast


def enter(page: Any, person: Any, url: str) -> None:
    client = Client()
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    page.context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                "url": url,
            }
        ]
    )


def test_pages_hold_axe_and_every_width(
    staffed: Cast, page: Any, phone: Any, live_server: Any, axe: Callable[..., list[str]], shot: Callable[..., Any]
) -> None:
    post = Post.objects.get(name="督办室主任")
    addresses = {
        "tree": "/org/staff/",
        "unit": f"/org/staff/units/{staffed.units['dangzheng'].pk}/",
        "unit-new": "/org/staff/units/new/",
        "post": f"/org/staff/posts/{post.pk}/",
        "people": "/org/staff/people/",
        "person": f"/org/staff/people/{staffed.office.pk}/",
        "me": "/org/me/",
        "town": "/org/town/",
    }
    for screen, size in ((page, "desktop"), (phone, "phone")):
        enter(screen, staffed.organisation, live_server.url)
        for name, address in addresses.items():
            screen.goto(address)
            assert axe(screen) == [], address
            over = screen.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert over <= 0, address
            shot(screen, f"org-{name}-{size}")


def test_refused_form_stands_open_with_what_was_typed_and_a_slip_is_printed(
    staffed: Cast, page: Any, live_server: Any, axe: Callable[..., list[str]], shot: Callable[..., Any]
) -> None:
    enter(page, staffed.organisation, live_server.url)
    page.goto(f"/org/staff/units/{staffed.units['nongye'].pk}/")
    page.get_by_text("设岗位").click()
    page.get_by_label("岗位名称").fill("经办人")
    page.get_by_label("经办人：反馈").check()
    page.get_by_role("button", name="设立岗位").click()
    page.get_by_text("已有岗位“经办人”").first.wait_for()
    assert page.get_by_label("岗位名称").input_value() == "经办人"
    assert page.get_by_label("经办人：反馈").is_checked()
    assert axe(page) == []
    shot(page, "org-refused-desktop")
    page.get_by_label("岗位名称").fill("第二经办人")
    page.get_by_role("button", name="设立岗位").click()
    page.get_by_text("岗位已设立").wait_for()
    page.goto(f"/org/staff/people/{staffed.clerk.pk}/")
    page.get_by_role("button", name="开具密码重置单").click()
    page.get_by_text("重置码", exact=True).wait_for()
    assert axe(page) == []
    shot(page, "org-slip-desktop")
