"""A sheet is written, handed in, taken back; a gap becomes a finding."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from luoshi.chapters.review import actions as review
from luoshi.chapters.review.models import Channel, Finding
from luoshi.chapters.review.selfreview import rules
from luoshi.chapters.review.selfreview.actions.rounds import check_open
from luoshi.chapters.review.selfreview.models import Answer, Raised, Round, Sheet
from luoshi.chapters.review.selfreview.transitions import unknown
from luoshi.core.journal.actions import record
from luoshi.core.org.rules import Actor, Duty, Hat
from luoshi.kit.errors import Refused
from luoshi.kit.text import optional

LONGEST, MOST_LINES = 2000, 12


@dataclass(frozen=True)
class Written:
    """What is written to one benchmark: gaps, a line each, and the codes of criteria and facets that were ticked."""

    text: str = ""
    criteria: Sequence[str] = field(default=())
    facets: Sequence[str] = field(default=())


def _begin(sheet: Sheet, *, by: Actor, at: datetime) -> tuple[Sheet, Hat | None]:
    """The locked sheet for who writes it; ``selfreview.unknown`` for who may not see it or may only read it."""
    found = (
        Sheet.objects.select_for_update(of=("self",))
        .select_related("round__town", "unit", "person")
        .filter(pk=sheet.pk)
        .first()
    )
    if found is None or by.town_id != found.round.town_id:
        raise unknown()
    whose = {"person_id": found.person_id, "unit_id": found.unit_id, "headless": found.headless}
    if not rules.may_write(by, **whose):  # type: ignore[arg-type] # three fields of a sheet, named as the rule names them
        raise unknown()
    Round.objects.select_for_update().get(pk=found.round_id)
    if at < found.last_at:
        raise Refused("selfreview.before_last", "时间早于上一步。", "请核对时间。", field="at")
    hat = by.hat(Duty.HEAD, unit_ids=[found.unit_id]) or by.hat(unit_ids=[found.unit_id])
    return found, hat


def _draft(found: Sheet) -> None:
    check_open(found.round)
    if not found.is_draft:
        raise Refused("selfreview.handed_in", "这份自查表已经交了。", "要改，请先取回。")


@transaction.atomic
def save(
    sheet: Sheet,
    *,
    written: Mapping[str, Written],
    seen: int,
    by: Actor,
    at: datetime,
    compared_with: str = "",
) -> Sheet:
    """Keep a draft. Nothing is forced: no text to a benchmark is 没有. ``seen`` is the version that was on the page.

    Refused: ``selfreview.changed_meanwhile`` where another writer saved first, text of more than 2,000 characters or
    twelve lines to one benchmark, codes that the form does not have, ``selfreview.handed_in``, ``selfreview.closed``.
    """
    found, _ = _begin(sheet, by=by, at=at)
    _draft(found)
    if found.version != seen:
        raise Refused(
            "selfreview.changed_meanwhile",
            "这份表刚被另一位填写的人改过。",
            "您写的还在下面：请打开新页面对照着合并，再保存。",
        )
    form = rules.form_of(found.round.form)
    known = {one.code: one for one in form.benchmarks}
    if not written.keys() <= known.keys():
        raise Refused("selfreview.benchmark", "没有这一条对照。", "请刷新后再填。")
    for code, said in written.items():
        text = optional(said.text, label=known[code].short, field=f"{code}-text", longest=LONGEST)
        if len(text.splitlines()) > MOST_LINES:
            raise Refused(
                "selfreview.lines",
                f"“{known[code].short}”写了 {len(text.splitlines())} 行。",
                f"一行一条，最多 {MOST_LINES} 条；请挑要紧的写。",
                field=f"{code}-text",
            )
        codes = {"criteria": dict(known[code].criteria), "facets": dict(form.facets)}
        if not set(said.criteria) <= codes["criteria"].keys() or not set(said.facets) <= codes["facets"].keys():
            raise Refused("selfreview.code", "选的不在可选范围内。", "请刷新后再选。", field=f"{code}-text")
        Answer.objects.update_or_create(
            sheet=found,
            benchmark=code,
            defaults={
                "text": text,
                "criteria": [one for one in codes["criteria"] if one in said.criteria],
                "facets": [one for one in codes["facets"] if one in said.facets],
            },
        )
    found.compared_with = compared_with[:64]
    found.version += 1
    found.saved_by_id, found.saved_at = by.person_id, at
    found.save(update_fields=["compared_with", "version", "saved_by", "saved_at"])
    return found


@transaction.atomic
def hand_in(sheet: Sheet, *, by: Actor, at: datetime) -> Sheet:
    """交上去, as it was saved. What is empty is 没有; a sheet on which nothing is written may be handed in too."""
    found, hat = _begin(sheet, by=by, at=at)
    _draft(found)
    answers = list(found.answers.order_by("pk"))
    found.state, found.handed_in_at, found.last_at = Sheet.State.HANDED_IN, at, at
    found.save(update_fields=["state", "handed_in_at", "last_at"])
    record(
        stream=found.stream,
        verb="selfreview.handed_in",
        by=by.signature(hat),
        at=at,
        data={
            "round": found.round_id,
            "kind": found.kind,
            "unit": found.unit_id,
            "late": timezone.localdate(at) > found.round.deadline,
        },
        words={one.benchmark: one.text for one in answers},
    )
    return found


@transaction.atomic
def take_back(sheet: Sheet, *, by: Actor, at: datetime) -> Sheet:
    """取回再改, while the round goes on. Refused: ``selfreview.not_handed_in``, and ``selfreview.gap_raised`` once a gap
    of it has become a finding: what the town works on no longer changes here."""
    found, hat = _begin(sheet, by=by, at=at)
    check_open(found.round)
    if found.is_draft:
        raise Refused("selfreview.not_handed_in", "这份自查表还没有交。", "直接改就行。")
    if Raised.objects.filter(answer__sheet=found).exists():
        raise Refused("selfreview.gap_raised", "表里已有差距报成问题，不能再取回。", "有补充的，请另报一件问题。")
    found.state, found.handed_in_at, found.last_at = Sheet.State.DRAFT, None, at
    found.save(update_fields=["state", "handed_in_at", "last_at"])
    record(stream=found.stream, verb="selfreview.taken_back", by=by.signature(hat), at=at)
    return found


@transaction.atomic
def raise_gap(sheet: Sheet, *, benchmark: str, line: int, by: Actor, at: datetime) -> Finding:
    """报成问题: one gap of a sheet that was handed in becomes a finding of the channel 党员干部提, by its writer alone.

    Refused: ``selfreview.no_such_gap``, ``selfreview.gap_raised`` the second time, ``selfreview.not_handed_in``.
    """
    found, hat = _begin(sheet, by=by, at=at)
    if found.is_draft:
        raise Refused("selfreview.not_handed_in", "这份自查表还没有交。", "请先交表，再把差距报成问题。")
    answer = Answer.objects.select_for_update().filter(sheet=found, benchmark=benchmark).first()
    if answer is None or not 0 <= line < len(answer.lines):
        raise Refused("selfreview.no_such_gap", "没有这一条差距。", "请刷新后再选。")
    if answer.raised.filter(line=line).exists():
        raise Refused("selfreview.gap_raised", "这一条已经报成问题了。", "请在“问题”页看进展。")
    taken = review.take(
        town=found.round.town,
        channel=Channel.CADRE,
        words=answer.lines[line],
        unit=None if found.unit_id == found.round.town_id else found.unit,
        source_hidden=False,
        by=by,
        at=at,
    )
    Raised.objects.create(answer=answer, line=line, finding=taken.finding)
    found.last_at = at
    found.save(update_fields=["last_at"])
    record(
        stream=found.stream,
        verb="selfreview.gap_raised",
        by=by.signature(hat),
        at=at,
        data={"benchmark": benchmark, "line": line, "finding": taken.finding.pk},
    )
    return taken.finding
