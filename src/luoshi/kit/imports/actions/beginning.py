"""A pass begins: a trial, or the real thing."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from luoshi.kit.errors import Refused
from luoshi.kit.imports import mapping as matching
from luoshi.kit.imports.actions.staging import declared_of, table_of
from luoshi.kit.imports.models import Batch
from luoshi.kit.imports.reading import columns_refusal
from luoshi.kit.jobs import actions as jobs

JOB = "imports.batch"
MOST_AT_ONCE = 5_000
"""Rows that all or nothing may write: it is one transaction, some 3 ms a row, in which nobody else writes on SQLite."""
SILENT = timedelta(minutes=5)
"""A running batch that was not heard of for so long has lost its process."""


def begin(batch: Batch, *, trial: bool, by: Any, at: datetime, queued: bool = False) -> Batch:
    """Start a pass: a trial, or the real thing. With ``queued`` a job does it, else the caller goes on with ``go_on``.

    Refused: ``imports.columns``, ``imports.state``, and ``imports.same_file`` while somebody else brings the file in.
    """
    declared = declared_of(batch)
    if matching.missing(declared, batch.mapping):
        raise columns_refusal(declared, table_of(batch))
    if batch.all_or_nothing and batch.rows > MOST_AT_ONCE:
        raise Refused(
            "imports.too_many_at_once",
            f"有一行不行就都不导入的，一次最多 {MOST_AT_ONCE:,} 行，这份有 {batch.rows:,} 行。",
            "请去掉这个要求（不行的行会单独列出），或分成几份。",
            field="all_or_nothing",
        )
    with transaction.atomic():
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        lost = batch.beat_at is not None and batch.beat_at < at - SILENT
        if batch.state == Batch.State.DONE or (batch.is_busy and not lost):
            raise Refused("imports.state", f"这次导入{batch.get_state_display()}，不用再按。", "请看进度。")
        if not trial:
            _free(batch, at=at)
        batch.results.all().delete()
        batch.cursor = batch.new = batch.changed = batch.same = batch.refused = 0
        batch.state = Batch.State.CHECKING if trial else Batch.State.RUNNING
        batch.person, batch.person_name = declared.ref(by), getattr(by, "name", "")[:60]
        batch.beat_at, batch.finished_at, batch.error = at, None, ""
        try:
            with transaction.atomic():
                batch.save()
        except IntegrityError:  # somebody else pressed at the same moment
            raise _same_file(batch) from None
        if queued:
            batch.job_id = jobs.enqueue(JOB, {"batch": batch.pk}, at=at).pk
            batch.save(update_fields=["job_id"])
    return batch


def _free(batch: Batch, *, at: datetime) -> None:
    """See that nobody else brings the same file in; a batch whose process fell silent no longer counts."""
    others = Batch.objects.filter(
        realm=batch.realm, slug=batch.slug, sha256=batch.sha256, state=Batch.State.RUNNING
    ).exclude(pk=batch.pk)
    others.filter(beat_at__lt=at - SILENT).update(state=Batch.State.FAILED, finished_at=at, error="导入的进程中断了。")
    if others.exists():
        raise _same_file(batch)


def _same_file(batch: Batch) -> Refused:
    other = Batch.objects.filter(
        realm=batch.realm, slug=batch.slug, sha256=batch.sha256, state=Batch.State.RUNNING
    ).first()
    who = f"{other.person_name}（{timezone.localtime(other.beat_at):%H:%M}）" if other and other.beat_at else "别人"
    return Refused(
        "imports.same_file", f"同一份文件正由{who}导入。", "请等其完成后再看结果；再导入一次也不会重复。", field="file"
    )
