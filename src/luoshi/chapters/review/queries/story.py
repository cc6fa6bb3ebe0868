"""The story of a finding: each event one sentence, with its words and files."""

import json
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from luoshi.chapters.review.models import Finding
from luoshi.chapters.review.transitions import SENTENCES
from luoshi.core.evidence import queries as evidence
from luoshi.core.evidence.models import Item
from luoshi.core.journal import rules as journal
from luoshi.core.journal.models import Event
from luoshi.core.org.models import Person
from luoshi.core.org.rules import Actor
from luoshi.kit.again import again, again_among

WORDS = {"words": "原话", "answer": "答复", "reason": "理由"}


@dataclass
class Line:
    """One event. ``late``: entered more than a day after it happened (补录)."""

    sentence: str
    who: str
    at: datetime
    recorded_at: datetime
    late: bool
    words: list[tuple[str, str]] = field(default_factory=list)
    files: list[Item] = field(default_factory=list)
    erased: bool = False


def story(actor: Actor, finding: Finding) -> list[Line]:
    """Every event of a finding that the actor may see, oldest first. Three statements."""
    events: list[Event] = again("review.story", _events, stream=finding.stream)
    files = evidence.items_of(finding.stream)
    ids = {int(text[7:]) for event in events for text in (event.actor, event.principal) if text.startswith("person:")}
    known = again_among("review.story_names", _names, sorted(ids)) if ids else []
    names = {f"person:{pk}": name for pk, name in known}
    return [_line(event, names, files.get(event.pk, [])) for event in events]


def _events(stream: str) -> QuerySet[Event]:
    return Event.objects.filter(stream=stream).select_related("words").order_by("seq")


def _names(keys: list[int]) -> QuerySet[Person, tuple[int, str]]:
    return Person.objects.filter(pk__in=keys).values_list("pk", "name")


def _line(event: Event, names: dict[str, str], files: list[Item]) -> Line:
    said = getattr(event, "words", None)
    body = json.loads(said.body) if said and said.body else {}
    who = names.get(event.actor) or {"public": "群众", "raiser": "提出人"}.get(event.actor.partition(":")[0], "系统")
    if event.principal:
        who = f"{who}（代{names.get(event.principal, '')}）"
    return Line(
        sentence=SENTENCES.get(event.verb, event.verb),
        who=who,
        at=event.happened_at,
        recorded_at=event.recorded_at,
        late=journal.late_entry(event.happened_at, event.recorded_at),
        words=[(label, body[key]) for key, label in WORDS.items() if body.get(key)],
        files=[item for item in files if item.file_id],
        erased=bool(said and said.erased_by),
    )
