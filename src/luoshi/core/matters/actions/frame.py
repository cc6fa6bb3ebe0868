"""What every verb does first and last: lock the matter, see that it may be done, write, journal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias

from django.db import connection
from django.utils import timezone

from luoshi.core.evidence.actions import Checked, Upload, attach
from luoshi.core.journal.actions import Signature, keep_in_hand, record, take_in_hand
from luoshi.core.journal.models import Event
from luoshi.core.journal.rules import Code
from luoshi.core.matters import rules
from luoshi.core.matters.conditions import unmet
from luoshi.core.matters.models import DateMove, Handling, Matter, Pause, Request, State
from luoshi.core.matters.permissions import Standing, refusal, unknown
from luoshi.core.matters.transitions import VERBS, Verb, Who
from luoshi.core.org.models import Person, Unit
from luoshi.core.org.rules import Actor, Hat
from luoshi.kit import rows
from luoshi.kit.errors import Refused
from luoshi.kit.workdays.engine import Calendar

File: TypeAlias = Upload | Checked


TEXT = 4000
CARRIED = 100_000
"""Longest text of a matter whose end was known before it was entered: it is kept as it came, never cut or refused."""


@dataclass
class Act:
    """One verb being done to one locked matter. ``day`` is the local day of ``at``; ``hat`` the post it is done as."""

    matter: Matter
    verb: Verb
    by: Actor
    at: datetime
    hat: Hat | None
    standing: Standing
    changed: set[str] = field(default_factory=set)
    moved: list[DateMove] = field(default_factory=list)

    @property
    def day(self) -> date:
        return self.standing.day

    @property
    def longest(self) -> int:
        """Most characters of a long text."""
        return CARRIED if self.matter.known_end else TEXT

    @property
    def calendar(self) -> Calendar:
        return self.standing.calendar

    @property
    def clock(self) -> rules.Clock:
        return self.standing.clock

    @property
    def person(self) -> Person | None:
        """The signed-in person who does it, as a row to point at."""
        return Person(pk=self.by.person_id) if self.by.person_id else None

    @property
    def lead_unit(self) -> Unit:
        if self.matter.lead_unit is None:
            raise RuntimeError("an assigned matter has a lead unit")
        return self.matter.lead_unit

    @property
    def handler(self) -> Person:
        if self.matter.handler_id is None:
            raise RuntimeError("a signed matter has a handler")
        return Person(pk=self.matter.handler_id)

    def set(self, **values: object) -> None:
        for name, value in values.items():
            setattr(self.matter, name, value)
            self.changed.add(name)

    def go(self, state: State | str) -> None:
        """Move to a state; ``left_state`` keeps the last of working and planned for the way back."""
        if self.matter.state in (State.WORKING, State.PLANNED):
            self.set(left_state=self.matter.state)
        self.set(state=State(state))

    def back(self) -> None:
        """Return to working or planned, whichever was left last."""
        self.go(self.matter.left_state or State.WORKING)

    def move_date(self, which: str, new: date, *, why: str) -> None:
        """Change a due date, keeping the old one for ever."""
        name = f"{which}_due"
        old = getattr(self.matter, name)
        if old != new:
            self.moved.append(
                DateMove(matter=self.matter, which=which, old=old, new=new, why=why, round=self.matter.round)
            )
            self.set(**{name: new})

    def pause(self, kind: str, *, unit: Unit | None = None) -> None:
        Pause.objects.create(matter=self.matter, kind=kind, unit=unit, since=self.day)
        self.set(paused_on=self.day)

    def unpause(self) -> None:
        """End the stand-still: dates that had not passed move by its days."""
        pause = self.matter.pauses.get(until__isnull=True)
        pause.until = self.day
        pause.save(update_fields=["until"])
        for which in ("report", "resolve"):
            due = getattr(self.matter, f"{which}_due")
            if which == "resolve" or self.matter.reported_at is None or self.matter.left_state == State.PLANNED:
                self.move_date(which, rules.shifted(due, since=pause.since, until=pause.until), why=pause.kind)
        self.set(paused_on=None)

    def handled_by(self, person: Person, unit_id: int) -> None:
        """Remember for ever that somebody handled the matter or acted in the handler's place: they never judge it."""
        if person.pk not in self.standing.handlers:
            rows.insert(Handling(matter=self.matter, person=person, unit_id=unit_id, since=self.at))
            self.standing.forget({"handling_units"})
            self.standing.handlers |= {person.pk}

    def lapse_requests(self, *kinds: Request.Kind) -> None:
        """What was asked and can no longer be decided counts as not granted, decided by nobody."""
        for kind, request in self.standing.pending.items():
            if kind in kinds and request.granted is None:
                request.granted, request.decided_at = False, self.at
                request.save(update_fields=["granted", "decided_at"])

    def done(
        self,
        *,
        data: Mapping[str, Code] | None = None,
        words: Mapping[str, str] | None = None,
        event: str | None = None,
        files: Sequence[File] = (),
        by: Signature | None = None,
    ) -> Event:
        """Save what changed and journal the act, with the state and dates that it left behind and its files.

        ``by`` replaces the signature where the actor must not be named (a raiser whose identity is hidden).
        """
        self.set(last_at=self.at)
        if self.hat and self.hat.principal_id and self.person and Who.HANDLER in self.verb.who:
            self.handled_by(self.person, self.hat.unit_id)
        rows.update(self.matter, sorted(self.changed))
        made = record(
            stream=self.matter.stream,
            verb=event or self.verb.event,
            by=by or self.by.signature(self.hat),
            at=self.at,
            data={"state": str(self.matter.state), **_dates(self.moved), **(data or {})},
            words=words,
        )
        for move in self.moved:
            move.event_id = made.pk
        if self.moved:
            DateMove.objects.bulk_create(self.moved)
        for upload in files:
            attach(
                stream=self.matter.stream,
                event_id=made.pk,
                upload=upload,
                by=self.by,
                at=self.at,
                from_public=not self.by.is_person,
            )
        self.standing.last_verb = self.verb.name
        keep_in_hand(self.matter.stream, self.standing)
        return made


def _dates(moved: list[DateMove]) -> dict[str, Code]:
    return {f"{m.which}_due": [m.old.isoformat(), m.new.isoformat()] for m in moved}


def locked(pk: int, *, day: date) -> Standing:
    """The matter under lock, as whoever held it last has left it; ``matter.unknown`` where there is none.

    Locked first and read afterwards: a row that was waited for comes back new, what is joined to it as it was before.
    """
    if connection.features.has_select_for_update:
        list(Matter.objects.select_for_update().filter(pk=pk).values_list("pk"))
    found = Matter.objects.select_related("lead_unit", "town").filter(pk=pk).first()
    if found is None:
        raise unknown()
    return Standing(found, day=day)


def _known(pk: int, *, day: date) -> Standing | None:
    """The matter as the last verb of the same bulk job left it: its transaction holds the row, so nobody else wrote."""
    standing = take_in_hand(f"matter:{pk}")
    if not isinstance(standing, Standing):
        return None
    standing.forget(_TOUCHES.get(standing.last_verb))
    standing.day = day
    return standing


_TOUCHES: dict[str, frozenset[str]] = {
    "register": frozenset(),
    "assign": frozenset(),
    "sign": frozenset(),
    "report": frozenset({"unread"}),
    "claim": frozenset(),
    "verify": frozenset({"judges"}),
}
"""What of a ``Standing`` is to be read anew after a verb; after a verb that is not named here, everything."""


def begin(matter: Matter, name: str, *, by: Actor, at: datetime, as_raiser: bool = False) -> Act:
    """Lock the matter, then check: it is visible, its state takes the verb, this actor may, no date runs backwards.

    ``as_raiser``: the caller has found the matter by the raiser's own receipt, which shows it.

    Raises ``Refused``: ``matter.unknown`` (also for what one may not see), ``matter.state``, ``matter.before_last``, or
    the reason of ``permissions.refusal``.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a verb needs its transaction")
    verb = VERBS[name]
    standing = _known(matter.pk, day=timezone.localdate(at)) or locked(matter.pk, day=timezone.localdate(at))
    found = standing.matter
    if not as_raiser and not standing.is_visible_to(by):
        raise unknown()
    if State(found.state) not in verb.sources:
        raise Refused(
            "matter.state",
            f"该事项现在是“{found.get_state_display()}”，不能{verb.label}。",
            "页面可能已过时，请刷新后再看可办的下一步。",
        )
    if at < found.last_at:
        raise Refused(
            "matter.before_last",
            f"办理时间早于该事项上一步（{timezone.localtime(found.last_at):%Y年%m月%d日 %H:%M}）。",
            "请核对时间；已办的步骤不能倒填。没有填过时间的，是机器的时钟慢了，请告诉管理系统的人校准。",
            field="at",
        )
    reason, hat = refusal(verb, standing, by)
    if reason is None:
        reason = unmet(verb, standing, by)
    if reason is not None:
        raise reason
    return Act(matter=found, verb=verb, by=by, at=at, hat=hat, standing=standing)
