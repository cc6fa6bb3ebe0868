"""What people are told of besides matters. An app above offers its things here from ``ready()``."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from luoshi.core.journal.models import Event
from luoshi.core.org.models import Person
from luoshi.core.org.rules import Actor


@dataclass(frozen=True)
class Subject:
    """One kind of things, as in their text ids (``paper:12``). ``says``: the verbs of which somebody is told, with what
    the notice then says; ``people`` who, on a day; ``visible`` the rows that an actor may see.

    What a thing is called and where it is read, ``kit.references`` knows.
    """

    kind: str
    says: Mapping[str, str]
    people: Callable[[Event, date], Iterable[Person]]
    visible: Callable[[Actor], QuerySet[Any]]


_subjects: dict[str, Subject] = {}


def register(subject: Subject) -> None:
    """Offer a kind. ValueError: another one has its name."""
    if _subjects.setdefault(subject.kind, subject) is not subject:
        raise ValueError(f"{subject.kind!r} is registered twice")


def get(kind: str) -> Subject | None:
    return _subjects.get(kind)


def subjects() -> list[Subject]:
    return list(_subjects.values())
