"""How ledgers ask the desk."""

from typing import Any

from django.urls import reverse

from luoshi.core.desk import queries
from luoshi.core.org.rules import Actor
from luoshi.kit.ledgers.memory import NOTHING, Recalled


class DeskMemory:
    """See ``kit.ledgers.memory.Memory``."""

    def recall(self, actor: Any, slug: str) -> Recalled:
        return queries.recalled(actor, slug) if isinstance(actor, Actor) else NOTHING

    def keep_url(self, slug: str) -> str:
        return reverse("desk-keep", args=[slug])

    def columns_url(self, slug: str) -> str:
        return reverse("desk-columns", args=[slug])

    def views_url(self, slug: str) -> str:
        return reverse("desk-views", args=[slug])
