"""What might be the same problem. Only a suggestion: a person merges."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from luoshi.chapters.review.models import Finding, State
from luoshi.chapters.review.queries.visibility import visible_to
from luoshi.core.matters import queries as matters
from luoshi.core.matters.models import Matter
from luoshi.core.org.rules import Actor
from luoshi.kit.again import again_among
from luoshi.kit.picking import picked
from luoshi.kit.search.queries import holding, newest_of

MOST, POOL, CHUNK, CHUNKS = 10, 40, 3, 8
EACH, MOST_OF_ONE = 30, 1000
"""How many findings one piece of the text brings, and how many the words that somebody looks for: the newest first."""
POOL_OF_WORDS = 100
"""How many of each kind are compared where somebody looks for words: who types them wants to see more than the newest."""
OPEN = 500
"""Among how many open matters the pieces are looked for: those due first."""


@dataclass(frozen=True)
class Candidate:
    """A finding or an open matter; ``ref`` names it in a form (``finding:12``), ``alike`` runs from 0 to 1. ``ended``: its
    matter is closed or voided, so that nothing can be merged into it; it is shown because it says that it was told before."""

    ref: str
    label: str
    place: str
    state: str
    alike: float
    ended: bool = False


def chunks(text: str) -> list[str]:
    """Up to eight pieces of three characters, spread over the text, by which something like it may be found."""
    runs = re.findall(r"\w+", text)
    pieces = [run[i : i + CHUNK] for run in runs for i in range(max(1, len(run) - CHUNK + 1)) if len(run) > 1]
    step = max(1, -(-len(pieces) // CHUNKS))
    return list(dict.fromkeys(pieces[::step]))


def alike(one: set[str], other: set[str]) -> float:
    """Dice's coefficient over what two texts are made of (``pairs``): 1 the same, 0 nothing in common."""
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def pairs(text: str) -> set[str]:
    """The pairs of characters that stand side by side, without spaces and marks."""
    plain = re.sub(r"\W+", "", text)
    return set(map(str.__add__, plain, plain[1:]))


def numbered(q: str) -> tuple[str, int] | None:
    """A number as somebody typed it off a paper, in the program's own writing, and its key; ``None`` where it is none."""
    plain = re.sub(r"[‐‑–—－﹣−]", "-", unicodedata.normalize("NFKC", "".join(q.split())))
    found = re.fullmatch(r"(问?\d{4}-)0*(\d{1,17})", plain)
    return (f"{found[1]}{int(found[2]):06d}", int(found[2])) if found else None


def _with_number(actor: Actor, finding: Finding, number: str, key: int) -> list[Candidate]:
    """What bears this number, as far as it may be merged into; without 问 it may be that of either. Two statements."""
    findings = visible_to(actor).filter(pk=key, is_accusation=False).exclude(state=State.MERGED).exclude(pk=finding.pk)
    opened = matters.plain_to(actor).filter(matters.is_open(), pk=key)
    found = [one for one in findings.select_related("matter") if one.number.endswith(number)]
    return _likeliest(finding, [*found, *(one for one in opened if one.number == number)])


def similar(actor: Actor, finding: Finding, *, q: str = "") -> list[Candidate]:
    """Findings and open matters that the actor may see and that are most like this one, or hold the words ``q`` or bear
    them as their number.

    Three statements at most. Accusations are never among them, nor what is merged already.
    """
    asked = [q] if q.strip() else chunks(f"{finding.title} {finding.place}")
    if not asked or finding.is_accusation:
        return []
    if typed := numbered(q):
        return _with_number(actor, finding, *typed)
    pieces = not q.strip()
    each, enough = (EACH, 2 * POOL) if pieces else (MOST_OF_ONE, MOST_OF_ONE)
    findings = (
        picked(visible_to(actor).filter(is_accusation=False), newest_of("finding", asked, most=each, enough=enough))
        .exclude(state=State.MERGED)
        .exclude(pk=finding.pk)
        .select_related("matter")
        .only("title", "words", "place", "state", "received_at", "matter__state")
        .order_by("-pk")[: POOL if pieces else POOL_OF_WORDS]
    )
    if pieces:
        return _likeliest(finding, [*findings, *_due_first(actor, asked)])
    opened = _open(actor, newest_of("matter", asked, most=each, enough=enough))
    return _likeliest(finding, [*findings, *opened.order_by("-pk")[:POOL_OF_WORDS]])


def _open(actor: Actor, keys: object) -> QuerySet[Matter]:
    opened = matters.plain_to(actor).filter(matters.is_open())
    return picked(opened, keys).only("title", "problem", "place", "state", "received_at")


def _due_first(actor: Actor, pieces: Sequence[str]) -> list[Matter]:
    """The newest of the open matters due first that hold one of the pieces. Two statements, none for who sees none."""

    def first() -> QuerySet[Matter, Any]:
        return matters.plain_to(actor).filter(matters.is_open()).order_by("resolve_due", "pk").values("pk")[:OPEN]

    if not (actor.is_system or actor.hats):
        return []
    said = holding("matter", pieces, first, name=("review.due_first", actor))
    newest = sorted(said, reverse=True)[:POOL]
    found: list[Matter] = again_among(("review.open", actor), lambda keys: _open(actor, keys), newest) if newest else []
    return sorted(found, key=lambda one: -one.pk)


def _likeliest(finding: Finding, others: Sequence[Finding | Matter]) -> list[Candidate]:
    """Those most like it, at most ``MOST``, the likeliest first."""
    mine = pairs(_told(finding))
    scored = sorted(((alike(mine, pairs(_told(one))), one) for one in others), key=lambda told: -told[0])
    return [
        Candidate(one.stream, f"{one.number} {one.title}", one.place, _standing(one), score, _has_ended(one))
        for score, one in scored[:MOST]
    ]


def _has_ended(one: Finding | Matter) -> bool:
    return isinstance(one, Finding) and one.matter is not None and not one.matter.is_open


def _standing(one: Finding | Matter) -> str:
    if isinstance(one, Finding) and one.matter is not None and _has_ended(one):
        return str(one.matter.get_state_display())
    return str(one.get_state_display())


def _told(thing: Finding | Matter) -> str:
    return f"{thing.title}{thing.words if isinstance(thing, Finding) else thing.problem}{thing.place}"
