"""公文 in a real browser: axe finds nothing, nothing runs over the edge of a phone, a figure goes in where the cursor is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from luoshi.core.matters.models import State
from luoshi.core.matters.tests.stage import Stage
from luoshi.core.papers.tests.desk import Desk
from luoshi.testing.cast import make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    now = timezone.now() - timedelta(hours=3)
    stage = Stage(make_cast(now - timedelta(days=40)), now - timedelta(hours=3))
    stage.at_state(State.WORKING, title="水渠堵塞", raisers=[])
    return Desk(stage)


def enter(page: Any, person: Any, url: str) -> None:
    client = Client()
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": url}])


def test_papers_hold_axe_and_every_width(
    desk: Desk, page: Any, phone: Any, live_server: Any, axe: Callable[..., list[str]], shot: Callable[..., Any]
) -> None:
    units = (desk.stage.cast.units["nongye"].pk,)
    draft, issued = desk.draft(units=units), desk.issued(units=units, title="发出的通知")
    pages = {
        "papers": "/papers/",
        "paper-new": "/papers/new/",
        "paper-draft": f"/papers/{draft.pk}/",
        "paper-edit": f"/papers/{draft.pk}/edit/",
        "paper-issued": f"/papers/{issued.pk}/",
        "paper-numbers": "/papers/numbers/",
        "paper-templates": "/papers/templates/",
        "paper-print": f"/papers/{issued.pk}/print/",
    }
    for screen, size in ((page, "desktop"), (phone, "phone")):
        enter(screen, desk.stage.cast.office, live_server.url)
        for name, address in pages.items():
            screen.goto(address)
            assert axe(screen) == [], name
            over = screen.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert over <= 0, name
            shot(screen, f"{name}-{size}")


def test_a_figure_goes_in_where_the_cursor_stands_and_the_length_follows(
    desk: Desk, page: Any, live_server: Any
) -> None:
    draft = desk.draft(body="共件。")
    enter(page, desk.stage.cast.office, live_server.url)
    page.goto(f"/papers/{draft.pk}/edit/")
    assert page.inner_text("[data-length]") == "3"
    page.evaluate(
        "const area = document.querySelector('textarea[name=body]'); area.focus(); area.setSelectionRange(1, 1)"
    )
    page.click("[data-insert=在办]")
    assert page.input_value("textarea[name=body]") == "共【在办】件。"
    assert page.inner_text("[data-length]") == "4"
    page.fill("textarea[name=body]", "长" * 4001)
    assert page.locator("[data-over]").is_visible()
    page.fill("textarea[name=body]", "共【在办】件。")
    page.get_by_role("button", name="存稿", exact=True).first.click()
    page.get_by_text("已存。").wait_for()
    assert page.locator("article a.fig").inner_text() == "1"
