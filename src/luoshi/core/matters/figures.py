"""Figures of matters that no ledger shows, and how people write one matter."""

import re

from django.db.models import QuerySet

from luoshi.core.matters import queries
from luoshi.core.matters.models import Evaluation, Urging
from luoshi.core.org.rules import Actor
from luoshi.kit.days import within
from luoshi.kit.ledgers import registry
from luoshi.kit.ledgers.model import Filter
from luoshi.kit.ledgers.registry import NamedQuery


def _seen(actor: Actor) -> QuerySet[Evaluation]:
    """What raisers of the matters that the actor may see were asked; those of accusations are nobody's figure."""
    return Evaluation.objects.filter(queries.among(queries.plain_to(actor))).exclude(answer=Evaluation.Answer.MOOT)


def _urged(actor: Actor) -> QuerySet[Urging]:
    return Urging.objects.filter(queries.among(queries.plain_to(actor)))


ANSWERS = NamedQuery(
    slug="matters.answers",
    label="提出人的评价",
    rows=_seen,
    may=lambda actor: actor.is_person and bool(actor.hats),
    filters=(
        Filter(
            "answer",
            "评价",
            "choice",
            lambda rows, key: rows.filter(answer="" if key == "waiting" else key),
            choices=lambda actor: [(a.value or "waiting", a.label) for a in Evaluation.Answer],
            plain=True,
        ),
        Filter(
            "asked", "征询", "daterange", lambda rows, days: within(rows, "asked_at", days.start, days.end), plain=True
        ),
        Filter(
            "answered",
            "答复",
            "daterange",
            lambda rows, days: within(rows, "answered_at", days.start, days.end),
            plain=True,
        ),
    ),
    measure="人次",
    kept_by=lambda: None,
)
URGINGS = NamedQuery(
    slug="matters.urgings",
    label="催办和督办单",
    rows=_urged,
    may=lambda actor: actor.is_person and bool(actor.hats),
    filters=(
        Filter(
            "at", "时间", "daterange", lambda rows, days: within(rows, "urged_at", days.start, days.end), plain=True
        ),
    ),
    measure="次",
    kept_by=lambda: None,
)

_NUMBER = re.compile(r"(?:.*/ledgers/matters/\?number=)?(\d{4}-\d{6,})")


def one_matter(text: str) -> str:
    """``2026-000012``, as people write it, is the ledger narrowed to that one."""
    found = _NUMBER.fullmatch(text)
    return f"matters?number={found[1]}" if found else ""


registry.register_query(ANSWERS)
registry.register_query(URGINGS)
registry.register_resolver(one_matter)
