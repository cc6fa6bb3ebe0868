"""The seal in a real browser: axe finds nothing, a root fits a phone and one sheet of paper."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from luoshi.core.journal.actions import Signature, record
from luoshi.core.journal.sealing import seal

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_seal_pages_hold_axe_and_every_width(
    transactional_db: None,
    page: Any,
    phone: Any,
    axe: Callable[..., list[str]],
    shot: Callable[..., Any],
) -> None:
    for number in range(3):
        at = timezone.now() - timedelta(minutes=9 - number)
        with transaction.atomic():
            record(stream="matter:1", verb="matter.register", by=Signature("person:1"), at=at)
        seal(at=at)
    for screen, size in ((page, "desktop"), (phone, "phone")):
        for name, address in (("seal", "/seal/"), ("seal-sheet", "/seal/2/")):
            screen.goto(address)
            assert axe(screen) == [], address
            over = screen.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert over <= 0, address
            shot(screen, f"{name}-{size}")
    page.goto("/seal/2/")
    assert len(page.locator("svg.qr-code path").first.get_attribute("d")) > 100
    assert page.locator("svg.qr-code").bounding_box()["width"] > 100
