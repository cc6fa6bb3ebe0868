"""What the shell shows on every page."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from luoshi.core.org.rules import PUBLIC, Actor
from luoshi.kit import together
from luoshi.kit.house import NavItem, Room


def navigation(actor: Actor) -> list[NavItem]:
    """The entries that this person may open, in order."""
    items = [item for room in rooms() for item in room.nav]
    return sorted((i for i in items if not i.duties or i.duties & actor.duties), key=lambda i: i.order)


def rooms() -> list[Room]:
    """The apps of the house that are there."""
    return [config for config in apps.get_app_configs() if isinstance(config, Room)]


def counted_rows(actor: Actor) -> dict[str, QuerySet[Any]]:
    """What the masthead counts."""
    return {name: rows for room in rooms() for name, rows in room.shell_rows(actor).items()}


def _also(item: NavItem) -> Iterator[str]:
    """The other pages of an entry, as far as the apps that bring them are there."""
    for name in item.also:
        try:
            yield reverse(name)
        except NoReverseMatch:
            continue


def shell(request: HttpRequest) -> dict[str, Any]:
    actor = getattr(request, "actor", PUBLIC)
    nav = []
    counts: dict[str, Any] | None = {}
    if actor.is_person:
        known = getattr(request, "shell_counts", None)  # today has counted them together with what waits
        counts = known
        if counts is None:
            counts = together.counts_again(("web.shell", actor), lambda: counted_rows(actor))
            request.shell_counts = counts  # type: ignore[attr-defined]  # a panel of the same page asks once more
        for item in navigation(actor):
            url = reverse(item.url_name, args=item.args)
            active = any(request.path.startswith(one) for one in (url, *_also(item)))
            nav.append({"label": item.label, "url": url, "active": active})
    return {"actor": actor, "nav": nav, "today": timezone.localdate(), "town": actor.town_name, **(counts or {})}
