"""What the shell shows on every page."""

from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from luoshi.core.org.rules import PUBLIC, Actor
from luoshi.kit.house import NavItem, Room


def navigation(actor: Actor) -> list[NavItem]:
    """The entries that this person may open, in order."""
    items = [item for config in apps.get_app_configs() if isinstance(config, Room) for item in config.nav]
    return sorted((i for i in items if not i.duties or i.duties & actor.duties), key=lambda i: i.order)


def shell(request: HttpRequest) -> dict[str, Any]:
    actor = getattr(request, "actor", PUBLIC)
    nav = []
    counts: dict[str, Any] = {}
    if actor.is_person:
        for config in apps.get_app_configs():
            if isinstance(config, Room):
                counts |= config.shell_counts(actor)
        for item in navigation(actor):
            url = reverse(item.url_name, args=item.args)
            nav.append({"label": item.label, "url": url, "active": request.path.startswith(url)})
    return {"actor": actor, "nav": nav, "today": timezone.localdate(), "town": actor.town_name, **counts}
