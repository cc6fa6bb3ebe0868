"""Everything that writes an export: asking for the file, making it, forgetting it."""

import hashlib
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils import timezone

from luoshi.kit.errors import Refused
from luoshi.kit.exports import registry, storage
from luoshi.kit.exports.models import Export
from luoshi.kit.jobs import actions as jobs
from luoshi.kit.jobs.models import Job
from luoshi.kit.jobs.registry import Result
from luoshi.kit.ledgers import registry as ledgers
from luoshi.kit.ledgers.model import Ledger
from luoshi.kit.ledgers.paging import Order, keys
from luoshi.kit.ledgers.state import read_state
from luoshi.kit.ledgers.xlsx import subtitle, write_xlsx

JOB = "exports.make"
CHUNK = 2000
"""Rows read at a time; between two chunks nothing of the database is held, so nobody waits for a long file."""
SPREAD = 10
"""Keys of a chunk that lie at most so many times wider than they are many are walked between the first and the last."""
MOST_WAITING = 3
"""Files that one person may have made at the same time."""
Report = Callable[[int, str], None]
M = TypeVar("M", bound=Model)


def ask(ledger: Ledger[Any], params: QueryDict, *, by: Any, at: datetime) -> Export:
    """Have a job make the file; asked again for the same before it is there, it is the same export.

    Refused: ``exports.too_many`` while ``MOST_WAITING`` others of the same person are not finished.
    """
    readers = registry.readers()
    person = readers.ref(by)
    if not person or not ledger.may(by):
        raise Refused("exports.unknown", "没有这本台账，或您无权查看。", "请从“台账”进入。")
    state = read_state(ledger, by, params)
    query = state.link().removeprefix("?")
    key = hashlib.sha256("\x1f".join((person, ledger.slug, query)).encode()).hexdigest()
    said = [chosen.sentence for chosen in state.chosen] + ([f"含“{state.q}”"] if state.q else [])
    with transaction.atomic():
        unfinished = list(Export.objects.filter(person=person, state=Export.State.ASKED).order_by("pk"))
        given_up = _given_up(unfinished)
        for one in unfinished:
            if one.key == key and one.pk not in given_up:
                return one
        if len(unfinished) - len(given_up) >= MOST_WAITING:
            raise Refused("exports.too_many", f"您已有 {MOST_WAITING} 份台账正在导出。", "请等其中一份完成后再导。")
        Export.objects.filter(pk__in=given_up, key=key).update(
            state=Export.State.REFUSED, finished_at=at, error="多次没有办成。"
        )
        try:
            with transaction.atomic():
                export = Export.objects.create(
                    person=person,
                    standing=readers.standing(by),
                    slug=ledger.slug,
                    title=ledger.heading(by)[:200],
                    query=query,
                    said="，".join(said)[:500],
                    key=key,
                    token=secrets.token_hex(16),
                    asked_at=at,
                )
        except IntegrityError:  # pressed twice at the same moment
            return Export.objects.get(key=key, state=Export.State.ASKED)
        export.job_id = jobs.enqueue(JOB, {"export": export.pk}, at=at).pk
        export.save(update_fields=["job_id"])
    return export


def _given_up(exports: Iterable[Export]) -> set[int]:
    """Those whose job was given up."""
    of_job = {one.job_id: one.pk for one in exports}
    failed = Job.objects.filter(pk__in=[pk for pk in of_job if pk], state=Job.State.FAILED)
    return {of_job[pk] for pk in failed.values_list("pk", flat=True)} if of_job else set()


def make(pk: int, *, at: datetime, report: Report) -> Result | Callable[[], Result]:
    """Write the file and return what names it and says that it is there, to be done in the job's last transaction.

    Whoever asked is asked for anew: with other rights than then, or none, nothing is written. ``report`` is called
    after every ``CHUNK`` rows outside of any transaction.
    """
    export = Export.objects.filter(pk=pk, state=Export.State.ASKED).first()
    if export is None:
        return None
    began = time.monotonic()
    taken: list[ledgers.Taken] = []
    try:
        ledger, actor = still_may(export, registry.readers().again(export.person, at))
        params = QueryDict(export.query)
        state = read_state(ledger, actor, params)
        total = state.rows(actor, state.sheet_columns, html=False).order_by().count() if state.group else None
        with storage.unnamed() as (file, temporary):
            rows = write_xlsx(
                ledger,
                actor,
                params,
                file,
                title=ledger.heading(actor),
                subtitle=subtitle(ledger, actor, timezone.localdate(at)),
                feed=_a_chunk_at_a_time(report, total),
                tell=taken.append,
            )
    except Refused as said:
        error = str(said)[:300]
        return lambda: _refused(pk, error=error, at=at)
    return lambda: _made(pk, temporary, taken, rows=rows, at=at + timedelta(seconds=time.monotonic() - began))


def still_may(export: Export, actor: Any) -> tuple[Ledger[Any], Any]:
    """The ledger, for an actor who may still have all of this file. Refused: ``exports.no_longer``."""
    ledger = ledgers.get(export.slug)
    if actor is None or ledger is None or not ledger.may(actor):
        raise Refused("exports.no_longer", "您现在的岗位不能看这本台账。", "如有需要，请与督办室联系。")
    if registry.readers().standing(actor) != export.standing:
        raise Refused("exports.no_longer", "导出以后您的岗位有变动，这份文件不再提供。", "请从台账重新导出。")
    return ledger, actor


def _a_chunk_at_a_time(report: Report, total: int | None) -> Callable[[QuerySet[M], Order], Iterator[M]]:
    """Rows in order: which ones is settled at the beginning, each is read in its turn, what is gone by then is left out.

    A sheet in groups is fed group by group; ``report`` is told of all of them together, which are ``total``.
    """
    done = 0

    def feed(rows: QuerySet[M], order: Order) -> Iterator[M]:
        nonlocal done
        wanted = keys(rows, order)
        all_of_them = len(wanted) if total is None else total
        if not done:
            report(0, f"共 {all_of_them:,} 行")
        for start in range(0, len(wanted), CHUNK):
            chunk = wanted[start : start + CHUNK]
            asked = rows.filter(pk__in=chunk)
            if (last := max(chunk)) - (
                first := min(chunk)
            ) < SPREAD * CHUNK:  # else SQLite walks all that was asked for
                asked = asked.filter(pk__gte=first, pk__lte=last)
            found = {row.pk: row for row in asked}
            yield from (found[key] for key in chunk if key in found)
            done += len(chunk)
            report(min(95, done * 95 // max(1, all_of_them)), f"已写 {done:,} 行，共 {all_of_them:,} 行")

    return feed


def _made(pk: int, temporary: Path, taken: list[ledgers.Taken], *, rows: int, at: datetime) -> Result:
    export = Export.objects.select_for_update().get(pk=pk)
    size = storage.name(temporary, export.token)
    if export.state == Export.State.ASKED:
        export.state, export.rows, export.size, export.finished_at = Export.State.DONE, rows, size, at
        export.save(update_fields=["state", "rows", "size", "finished_at"])
        for one in taken:
            ledgers.tell(one)
    return {"export": pk, "rows": rows}


def _refused(pk: int, *, error: str, at: datetime) -> Result:
    Export.objects.filter(pk=pk, state=Export.State.ASKED).update(
        state=Export.State.REFUSED, error=error, finished_at=at
    )
    return {"export": pk, "refused": True}


def forget(*, before: datetime, now: datetime, batch: int = 500) -> int:
    """Delete what was asked for before that moment, and files that no row names; a file younger than an hour stays."""
    old = list(Export.objects.filter(asked_at__lt=before).order_by("asked_at").values_list("pk", flat=True)[:batch])
    Export.objects.filter(pk__in=old).delete()
    named = set(Export.objects.values_list("token", flat=True))
    transaction.on_commit(lambda: storage.sweep(named=named, before=now.timestamp() - 3600))
    return len(old)
