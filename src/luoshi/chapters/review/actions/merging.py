"""并入、拆出: a person says that two findings are one. Nothing is merged by the program itself."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from luoshi.chapters.review.actions.frame import begin, done, locked
from luoshi.chapters.review.models import ORIGIN, Finding, State
from luoshi.chapters.review.queries.families import family, kept_together, matter_of
from luoshi.chapters.review.transitions import unknown
from luoshi.core.journal.actions import record
from luoshi.core.matters.actions import join_raisers
from luoshi.core.matters.models import Matter, Raiser, Secrecy
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.errors import Refused
from luoshi.kit.text import optional, required

PARTED: list[Callable[[Finding, Finding | None, Actor, datetime], None]] = []
"""Called in the transaction of 拆出 with the finding, what it was merged into, who and when. Rooms above append."""


@transaction.atomic
def merge(finding: Finding, *, into: Finding | Matter, reason: str, by: Actor, at: datetime) -> Finding:
    """并入 another finding or a matter that is open. Both keep their stories; the raisers become raisers of what stays.

    Refused: into itself, into what is merged already or no longer open, and accusations: each is dealt with alone.
    """
    both = [finding.pk, *([into.pk] if isinstance(into, Finding) else [])]
    list(Finding.objects.select_for_update().filter(pk__in=both).order_by("pk"))  # always in one order: no deadlock
    found = begin(finding, "merged", by=by, at=at)
    said = optional(reason, label="理由", field="reason", longest=500)
    if isinstance(into, Finding):
        target = locked(into.pk)
        _check_target(found, target)
        matter = target.matter
    else:
        target, matter = None, Matter.objects.get(pk=into.pk)
        if matter.town_id != found.town_id or matter.secrecy == Secrecy.ACCUSATION:
            raise unknown()
    if matter is not None:
        for pk in family(found.pk):
            join_raisers(matter, origin_kind=ORIGIN, origin_ref=str(pk), by=by, at=at)
    done(
        found,
        "merged",
        by=by,
        at=at,
        data={"into": target.stream if target else f"matter:{into.pk}"},
        words={"reason": said},
        merged_into=target,
        matter=None if target else matter,
    )
    if target:
        _tell(target, "finding.joined", found, by=by, at=at)
    return found


def _check_target(finding: Finding, target: Finding) -> None:
    if target.town_id != finding.town_id or target.is_accusation:
        raise unknown()
    if target.pk == finding.pk:
        raise Refused("review.into_itself", "不能并入自己。", "请选择另一件问题。", field="into")
    if target.merged_into_id == finding.pk:
        raise Refused(
            "review.target_merged",
            f"{target.number} 已经并入这一件，不用再并。",
            "并反了的，请先把那一件拆出。",
            field="into",
        )
    if target.state == State.MERGED:
        raise Refused(
            "review.target_merged", f"{target.number} 已经并入别的问题。", "请选择它并入的那一件。", field="into"
        )


@transaction.atomic
def unmerge(finding: Finding, *, reason: str, by: Actor, at: datetime) -> Finding:
    """拆出: the finding stands for itself again and waits for the office; both stories keep that it was merged.

    Refused once its raisers have been asked about the matter's result: their answers stand there.
    """
    found = begin(finding, "unmerged", by=by, at=at)
    said = required(reason, label="理由", field="reason", longest=500)
    target, matter = found.merged_into, matter_of(found)
    if matter is not None:
        _part_raisers(matter, found, by=by, at=at)
    done(
        found,
        "unmerged",
        by=by,
        at=at,
        data={"from": target.stream if target else f"matter:{matter.pk if matter else 0}"},
        words={"reason": said},
        merged_into=None,
        matter=None,
    )
    if target:
        _tell(target, "finding.parted", found, by=by, at=at)
    for told in PARTED:
        told(found, target, by, at)
    return found


def _tell(target: Finding, verb: str, other: Finding, *, by: Actor, at: datetime) -> None:
    record(
        stream=target.stream,
        verb=verb,
        by=by.signature(by.hat(Duty.OFFICE)),
        at=at,
        data={"other": other.stream},
    )


def _part_raisers(matter: Matter, finding: Finding, *, by: Actor, at: datetime) -> None:
    """Take the raisers of a finding, and of what was merged into it, out of a matter again."""
    matter = Matter.objects.select_for_update().get(pk=matter.pk)
    refs = [str(pk) for pk in family(finding.pk)]
    raisers = Raiser.objects.select_for_update().filter(matter=matter, origin_kind=ORIGIN, origin_ref__in=refs)
    pks = list(raisers.values_list("pk", flat=True))
    if (refusal := kept_together(finding)) is not None:
        raise refusal
    Raiser.objects.filter(pk__in=pks).update(matter=None)
    record(
        stream=matter.stream,
        verb="matter.raiser_parted",
        by=by.signature(by.hat(Duty.OFFICE)),
        at=at,
        data={"origin": ORIGIN, "ref": str(finding.pk), "raisers": len(pks)},
    )
