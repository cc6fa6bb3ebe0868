"""立项, 答复, 检举控告: what the office decides about a finding, for accusations discipline inspection."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction

from luoshi.chapters.review.actions.frame import begin, done, locked
from luoshi.chapters.review.actions.taking import KIND, search_text
from luoshi.chapters.review.models import ORIGIN, Finding
from luoshi.chapters.review.queries.families import family
from luoshi.chapters.review.transitions import office_of, unknown
from luoshi.core.evidence import queries as evidence
from luoshi.core.evidence import storage
from luoshi.core.evidence.actions import Checked, attach
from luoshi.core.journal.actions import record
from luoshi.core.journal.models import Event
from luoshi.core.matters import actions as matters
from luoshi.core.matters.models import Category, Grade, Matter, Secrecy
from luoshi.core.org.rules import Actor
from luoshi.core.plan.models import Goal
from luoshi.kit.errors import Refused
from luoshi.kit.personal import masked
from luoshi.kit.search import actions as search
from luoshi.kit.text import optional, required

_followers: list[Callable[..., None]] = []


def when_opened(follow: Callable[..., None]) -> None:
    """Have ``follow(finding, matter, by=, at=)`` run inside every 立项, for an app that keeps something of the finding."""
    if follow not in _followers:
        _followers.append(follow)


_hiders: list[Callable[..., None]] = []


def when_marked(hide: Callable[..., None]) -> None:
    """Have ``hide(finding)`` run inside every 标为检举控告, for an app that shows something of the finding's words."""
    if hide not in _hiders:
        _hiders.append(hide)


@transaction.atomic
def open_matter(
    finding: Finding,
    *,
    title: str,
    by: Actor,
    at: datetime,
    grade: Grade = Grade.ORDINARY,
    problem: str | None = None,
    cause: str = "",
    category: Category | None = None,
    goal: Goal | None = None,
    explicit_due: date | None = None,
    secrecy: Secrecy = Secrecy.OPEN,
    share_files: bool = True,
) -> Matter:
    """立项: the finding becomes a matter whose clock started when the words came in.

    Its raisers, and those of everything merged into it, become the matter's. ``problem`` defaults to the words as they
    were said; there and in the place the numbers of people are masked. Files go along without their names, unless
    ``share_files`` is false. An accusation stays one: its matter is seen by discipline inspection and whom it names, and
    no ordinary finding becomes such a matter.
    """
    found = begin(finding, "opened", by=by, at=at)
    if found.is_accusation:
        secrecy = Secrecy.ACCUSATION
    elif secrecy == Secrecy.ACCUSATION:
        raise Refused(
            "review.mark_first",
            "检举控告由纪检监察立项。",
            "请先把这件问题标为检举控告。",
            field="secrecy",
        )
    matter = matters.register(
        town=found.town,
        title=title,
        received_at=found.received_at,
        by=by,
        at=at,
        grade=grade,
        problem=masked(found.words) if problem is None else problem,
        cause=cause,
        place=masked(found.place),
        category=category or found.category,
        goal=goal,
        secrecy=secrecy,
        explicit_due=explicit_due,
        origin_kind=ORIGIN,
        origin_ref=str(found.pk),
    )
    for pk in family(found.pk)[1:]:
        matters.join_raisers(matter, origin_kind=ORIGIN, origin_ref=str(pk), by=by, at=at)
    event = done(found, "opened", by=by, at=at, data={"matter": matter.pk, "files": share_files}, matter=matter)
    if share_files:
        _share_files(found, matter, fallback=event.pk, by=by, at=at)
    for follow in _followers:
        follow(found, matter, by=by, at=at)
    return matter


def _share_files(finding: Finding, matter: Matter, *, fallback: int, by: Actor, at: datetime) -> None:
    """Put the finding's files beside the matter's first event, under plain names: a name may tell who sent it."""
    begun = Event.objects.filter(stream=matter.stream, verb="matter.register").values_list("pk", flat=True).first()
    items = [item for rows in evidence.items_of(finding.stream).values() for item in rows if item.file]
    for number, item in enumerate(items, start=1):
        assert item.file is not None
        data = storage.path_of(item.file.sha256).read_bytes()
        ending = item.name.rpartition(".")[2]
        attach(
            stream=matter.stream,
            event_id=begun or fallback,
            upload=Checked(
                name=f"反映问题附件{number}.{ending}",
                media_type=item.file.media_type,
                sha256=hashlib.sha256(data).hexdigest(),
                data=data,
            ),
            by=by,
            at=at,
        )


@transaction.atomic
def answer(finding: Finding, *, text: str, by: Actor, at: datetime) -> Finding:
    """答复 without a matter; the raiser reads it by receipt."""
    found = begin(finding, "answered", by=by, at=at)
    said = required(text, label="答复", field="text", longest=2000)
    done(found, "answered", by=by, at=at, words={"answer": said}, answer=said, answered_at=at)
    return found


@transaction.atomic
def show_numbers(finding: Finding, *, by: Actor, at: datetime) -> None:
    """The office looks at the numbers in the words, which are masked for everybody else: its story keeps that it did."""
    found = locked(finding.pk)
    office = office_of(found.is_accusation)
    if by.town_id != found.town_id or not by.has(office):
        raise unknown()
    record(
        stream=found.stream, verb="finding.numbers_shown", by=by.signature(by.hat(office)), at=max(at, found.last_at)
    )


@transaction.atomic
def mark_accusation(finding: Finding, *, by: Actor, at: datetime, reason: str = "") -> Finding:
    """标为检举控告: from here on discipline inspection alone sees it; it leaves search and figures."""
    found = begin(finding, "marked", by=by, at=at)
    said = optional(reason, label="说明", field="reason", longest=500)
    if family(found.pk)[1:]:
        raise Refused("review.has_merged", "已有别的问题并入这件，不能标为检举控告。", "请先把它们拆出。")
    done(found, "marked", by=by, at=at, words={"reason": said}, is_accusation=True, source_hidden=True)
    search.remove(KIND, found.pk)
    for hide in _hiders:
        hide(found)
    return found


@transaction.atomic
def unmark_accusation(finding: Finding, *, reason: str, by: Actor, at: datetime) -> Finding:
    """退回督办室: discipline inspection finds that it is an ordinary problem."""
    found = begin(finding, "unmarked", by=by, at=at)
    said = required(reason, label="理由", field="reason", longest=500)
    done(found, "unmarked", by=by, at=at, words={"reason": said}, is_accusation=False)
    search.put(KIND, found.pk, search_text(found))
    return found
