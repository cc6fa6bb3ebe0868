"""The only writers of the journal.

``record`` is called by other actions inside their own transaction. ``gathering`` lets a bulk job (replay, import, the
demo's history) write many events with a few statements; what was gathered is on disk when the block ends, inside the
same transaction.
"""

import secrets
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar, cast

from django.db import connection, transaction

from luoshi.core.journal import rules
from luoshi.core.journal.models import Event, Outbox, Stream, Words
from luoshi.kit import rows
from luoshi.kit.errors import Refused

CONSUMERS: list[str] = ["seal"]
AHEAD = 64
"""Numbers of events that a gathering block on PostgreSQL takes at once; those it does not use stay gaps."""
T = TypeVar("T")


@dataclass(frozen=True)
class Signature:
    """Who acted, as text ids: the person (``public``, ``system:replay``), for whom as deputy, as which post, where."""

    actor: str
    principal: str = ""
    post: str = ""
    unit: str = ""


@dataclass
class _Gathered:
    next_id: int
    recorded: datetime | None
    events: list[Event] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)
    heads: dict[str, Stream] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    facts: dict[Hashable, tuple[frozenset[str], Any]] = field(default_factory=dict)
    in_hand: dict[str, tuple[str, Any]] = field(default_factory=dict)
    ahead: list[int] = field(default_factory=list)

    def undo_rolled_back(self) -> None:
        """Forget the events of actions that were rolled back inside the block.

        Django drops the commit hooks of a savepoint together with it, and what a savepoint held is always the newest,
        so the newest mark that is still hooked tells how many events still count.
        """
        hooks = (entry[1] for entry in reversed(connection.run_on_commit))
        count = next((hook.count for hook in hooks if isinstance(hook, _Mark) and hook.gathered is self), 0)
        gone = self.events[count:]
        if not gone:
            return
        self.facts.clear()
        del self.events[count:]
        self.next_id = gone[0].id - 1
        while self.words and self.words[-1].event_id >= gone[0].id:
            self.words.pop()
        kept = {event.stream for event in self.events}
        for event in reversed(gone):
            if event.stream in kept:
                head = self.heads[event.stream]
                head.count, head.last_hash = event.seq - 1, event.prev_hash
            else:
                self.heads.pop(event.stream, None)
                self.known.discard(event.stream)

    def take_away_marks(self) -> None:
        """Leave nothing behind in a transaction that goes on after the block."""
        connection.run_on_commit = [
            entry
            for entry in connection.run_on_commit
            if not (isinstance(entry[1], _Mark) and entry[1].gathered is self)
        ]


@dataclass(frozen=True, eq=False)
class _Mark:
    """A commit hook that does nothing but stand for the first ``count`` events gathered."""

    gathered: _Gathered
    count: int

    def __call__(self) -> None:
        return


_gathered: ContextVar[_Gathered | None] = ContextVar("gathered", default=None)


_door: ContextVar[str] = ContextVar("door", default="")


@contextmanager
def through(kind: str, ref: int, place: int = 0) -> Iterator[None]:
    """What is recorded in the block came in through a door that is no page: ``import:12:45``, a batch and its row."""
    token = _door.set(f"{kind}:{ref}:{place}")
    try:
        yield
    finally:
        _door.reset(token)


def consumer(name: str) -> None:
    """Have every later event wait in the outbox for ``name`` too. Called from an app's ``ready()``."""
    if name not in CONSUMERS:
        CONSUMERS.append(name)


def record(
    *,
    stream: str,
    verb: str,
    by: Signature,
    at: datetime,
    recorded: datetime | None = None,
    data: Mapping[str, rules.Code] | None = None,
    words: Mapping[str, str] | None = None,
    begins: bool = False,
) -> Event:
    """Append one event to ``stream``, inside the caller's transaction.

    ``at`` is when it happened and ``recorded`` when it was written down (the same unless said). ``data`` holds codes,
    numbers and dates only; everything somebody wrote goes into ``words``. ``begins``: the thing was made in this
    same transaction, so its stream cannot be there yet. Raises ``journal.future`` for an act that is
    said to have happened after it was recorded, ``RuntimeError`` outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("journal.record needs the transaction of the action that it records")
    gathered = _gathered.get()
    if gathered is not None:
        gathered.undo_rolled_back()
        gathered.facts = {key: fact for key, fact in gathered.facts.items() if stream.partition(":")[0] not in fact[0]}
    recorded = recorded or (gathered.recorded if gathered else None) or at
    if at > recorded:
        raise Refused("journal.future", "发生时间晚于记录时间，未予记录。", "请核对日期。", field="at")
    door = {"door": _door.get()} if _door.get() else {}
    codes = rules.canonical_json({**(data or {}), **door})
    said = {key: text for key, text in (words or {}).items() if text}
    salt = secrets.token_hex(16) if said else ""
    body = rules.canonical_json(said) if said else ""
    head = _head(stream, gathered, begins=begins)
    event = Event(
        id=_next_id(gathered, own=head._state.adding),
        stream=stream,
        seq=head.count + 1,
        verb=verb,
        actor=by.actor,
        principal=by.principal,
        post=by.post,
        unit=by.unit,
        happened_at=at,
        recorded_at=recorded,
        data=codes,
        words_digest=rules.words_digest(salt, body) if said else "",
        prev_hash=head.last_hash,
    )
    event.leaf_hash = rules.leaf_hash(rules.canonical(event.__dict__))
    head.count, head.last_hash = event.seq, event.leaf_hash
    spoken = Words(event=event, salt=salt, body=body) if said else None
    if gathered is not None:
        gathered.events.append(event)
        if spoken:
            gathered.words.append(spoken)
        transaction.on_commit(_Mark(gathered, len(gathered.events)))
        return event
    waits = [Outbox(consumer=name, event=event) for name in CONSUMERS]
    if not head._state.adding:
        rows.update(head, ["count", "last_hash"])
    rows.add([event, *([head] if head._state.adding else []), *([spoken] if spoken else []), *waits])
    return event


def _head(stream: str, gathered: _Gathered | None, *, begins: bool) -> Stream:
    if gathered is not None and stream in gathered.heads:
        return gathered.heads[stream]
    if begins:
        first = Stream(name=stream, count=0, last_hash=rules.NO_HASH)
        if gathered is not None:
            gathered.heads[stream] = first
        return first
    locked = Stream.objects.select_for_update().filter(name=stream)
    head = locked.first()
    if head is None:
        head = Stream(name=stream, count=0, last_hash=rules.NO_HASH)
        if connection.features.has_select_for_update:  # else there is one writer at a time, and nobody to race with
            Stream.objects.bulk_create([head], ignore_conflicts=True)
            head = locked.get()
    if gathered is not None and not head._state.adding:
        gathered.known.add(stream)
    if gathered is not None:
        gathered.heads[stream] = head
    return head


def _next_id(gathered: _Gathered | None, *, own: bool = False) -> int:
    """The next event's number. Numbers are taken ahead only for a stream of the block's ``own``, which nobody else can
    write to yet: along a stream they must rise, and others may take higher ones meanwhile."""
    if gathered is not None and connection.vendor == "sqlite":
        gathered.next_id += 1
        return gathered.next_id
    if own and gathered is not None and gathered.ahead:
        return gathered.ahead.pop()
    with connection.cursor() as cursor:
        if own and gathered is not None:
            cursor.execute("SELECT nextval('journal_event_id') FROM generate_series(1, %s)", [AHEAD])
            gathered.ahead = [number for (number,) in reversed(cursor.fetchall())]
            return gathered.ahead.pop()
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval('journal_event_id')")
        else:
            cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM journal_event")
        return int(cursor.fetchone()[0])


@contextmanager
def gathering(*, consumers: Iterable[str] | None = None, recorded: datetime | None = None) -> Iterator[None]:
    """Gather the events of a block, in one transaction, and write them with a few statements at its end.

    ``consumers`` limits who will be told of them besides ``seal``, which is always told (replay tells nobody else).
    ``recorded`` is when the block's events were written down, unless one says otherwise itself. Blocks do not nest: an
    inner one joins the outer.
    """
    if _gathered.get() is not None:
        yield
        return
    told = list(CONSUMERS) if consumers is None else ["seal", *(name for name in consumers if name != "seal")]
    with transaction.atomic():
        token = _gathered.set(gathered := _Gathered(next_id=_next_id(None) - 1, recorded=recorded))
        try:
            yield
            gathered.undo_rolled_back()
            _write(gathered, told)
            gathered.take_away_marks()
        finally:
            _gathered.reset(token)


def remembered(key: Hashable, read: Callable[[], T], *, of: frozenset[str]) -> T:
    """What ``read`` says; within a gathering block it is asked once.

    ``of`` are the kinds of streams (``unit``, ``post``) that the answer hangs on: an event on one of them, or anything
    rolled back, has it asked anew. Only for what is written through actions that are journaled there.
    """
    gathered = _gathered.get()
    if gathered is None:
        return read()
    gathered.undo_rolled_back()
    if key not in gathered.facts:
        gathered.facts[key] = (of, read())
    return cast(T, gathered.facts[key][1])


def keep_in_hand(stream: str, thing: Any) -> None:
    """Within a gathering block, keep what an action knows of the thing whose stream it has just written."""
    gathered = _gathered.get()
    if gathered is not None and stream in gathered.heads:
        gathered.in_hand[stream] = (gathered.heads[stream].last_hash, thing)


def take_in_hand(stream: str) -> Any | None:
    """What was kept, once, if nothing has been recorded on the stream or rolled back since; else ``None``."""
    gathered = _gathered.get()
    if gathered is None or stream not in gathered.in_hand:
        return None
    gathered.undo_rolled_back()
    known_at, thing = gathered.in_hand.pop(stream)
    head = gathered.heads.get(stream)
    return thing if head is not None and head.last_hash == known_at else None


def _write(gathered: _Gathered, told: list[str]) -> None:
    Event.objects.bulk_create(gathered.events, batch_size=500)
    Words.objects.bulk_create(gathered.words, batch_size=500)
    heads = gathered.heads.values()
    Stream.objects.bulk_create((h for h in heads if h.name not in gathered.known), batch_size=500)
    Stream.objects.bulk_update((h for h in heads if h.name in gathered.known), ["count", "last_hash"], batch_size=300)
    Outbox.objects.bulk_create(
        (Outbox(consumer=name, event=event) for event in gathered.events for name in told), batch_size=500
    )
