"""What every verb does first and last: lock the finding, see that it may be done, write, journal."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import connection
from django.utils import timezone

from luoshi.chapters.review.models import Finding, State
from luoshi.chapters.review.transitions import VERBS, Verb, office_of, unknown
from luoshi.core.journal.actions import record
from luoshi.core.journal.models import Event
from luoshi.core.journal.rules import Code
from luoshi.core.org.rules import Actor
from luoshi.kit.errors import Refused

MOVED: list[Callable[[Finding], None]] = []
"""Called in the transaction of every verb with the finding as it stands after it. Rooms above append."""


def locked(pk: int) -> Finding:
    if not connection.in_atomic_block:
        raise RuntimeError("a verb needs its transaction")
    found = Finding.objects.select_for_update(of=("self",)).select_related("town").filter(pk=pk).first()
    if found is None:
        raise unknown()
    return found


def begin(finding: Finding, name: str, *, by: Actor, at: datetime) -> Finding:
    """The locked finding, after all checks.

    Raises ``Refused``: ``review.unknown`` (also for what one may not see), ``review.not_office``, ``review.state``,
    ``review.before_last``.
    """
    verb, found = VERBS[name], locked(finding.pk)
    if not by.is_system:
        if by.town_id != found.town_id or (found.is_accusation and not by.has(office_of(True))):
            raise unknown()
        if not by.has(office_of(found.is_accusation)):
            raise Refused("review.not_office", f"“{verb.label}”由督办室办理。", "请联系督办室。")
    if not verb.fits(state=found.state, is_accusation=found.is_accusation):
        raise _unfit(verb, found)
    if at < found.last_at:
        raise Refused(
            "review.before_last",
            f"办理时间早于上一步（{timezone.localtime(found.last_at):%Y年%m月%d日 %H:%M}）。",
            "请核对时间；已办的步骤不能倒填。没有填过时间的，是机器的时钟慢了，请告诉管理系统的人校准。",
            field="at",
        )
    return found


def _unfit(verb: Verb, found: Finding) -> Refused:
    if verb.accusation is not None and verb.accusation != found.is_accusation:
        said = "检举控告逐件登记、逐件处理" if found.is_accusation else "这件不是检举控告"
        return Refused("review.accusation", f"{said}，不能{verb.label}。", "请刷新后再看可办的下一步。")
    return Refused(
        "review.state",
        f"这件问题{found.get_state_display()}，不能{verb.label}。",
        "页面可能已过时，请刷新后再看可办的下一步。",
    )


def done(
    finding: Finding,
    name: str,
    *,
    by: Actor,
    at: datetime,
    data: Mapping[str, Code] | None = None,
    words: Mapping[str, str] | None = None,
    **changed: object,
) -> Event:
    """Write what changed, go to the verb's state, and journal it."""
    verb, hat = VERBS[name], by.hat(office_of(finding.is_accusation))
    finding.state, finding.last_at = State(verb.target), at
    for field, value in changed.items():
        setattr(finding, field, value)
    finding.save(update_fields=["state", "last_at", *changed])
    for told in MOVED:
        told(finding)
    return record(
        stream=finding.stream,
        verb=verb.event,
        by=by.signature(hat),
        at=at,
        data={"state": str(finding.state), **(data or {})},
        words=words,
    )
