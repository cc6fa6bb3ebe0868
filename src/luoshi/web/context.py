"""What the shell shows on every page."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils import timezone

from luoshi.core.org.rules import PUBLIC, Actor
from luoshi.kit import together
from luoshi.kit.addresses import address
from luoshi.kit.house import NavItem, Room


def navigation(actor: Actor) -> list[NavItem]:
    """The entries that this person may open, in order."""
    items = [item for room in rooms() for item in room.nav]
    return sorted((item for item in items if item.is_for(actor.duties)), key=lambda item: item.order)


def contents(actor: Actor) -> list[tuple[str, list[NavItem]]]:
    """The same below the headings of their sections, each section where its first entry stands."""
    items = navigation(actor)
    places: dict[str, int] = {}
    for item in items:
        places.setdefault(item.section, item.order)
    in_place = sorted(items, key=lambda item: (places[item.section], item.order))
    return [(section, list(those)) for section, those in groupby(in_place, key=lambda item: item.section)]


def bar(actor: Actor, path: str) -> list[dict[str, Any]]:
    """What stands at the head of every page: the few entries that this person needs daily, and the way to all. The one
    whose address is the longest beginning of ``path`` is where one is."""
    items = [item for item in navigation(actor) if item.is_in_bar(actor.duties)]
    entries = [(i.label, [address(i.url_name, *i.args), *_also(i)]) for i in items]
    entries.append(("全部", [address("contents")]))
    here = max((url for _, urls in entries for url in urls if path.startswith(url)), key=len, default=None)
    return [{"label": label, "url": urls[0], "active": here in urls} for label, urls in entries]


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
            yield address(name)
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
        nav = bar(actor, request.path)
    return {"actor": actor, "nav": nav, "today": timezone.localdate(), "town": actor.town_name, **(counts or {})}
