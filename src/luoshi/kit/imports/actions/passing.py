"""A pass over the rows of a batch, a chunk at a time."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection, transaction

from luoshi.kit.errors import Refused
from luoshi.kit.imports import registry
from luoshi.kit.imports.actions.staging import declared_of, learn, table_of
from luoshi.kit.imports.models import Batch, RowResult
from luoshi.kit.imports.places import cell_words, row_words
from luoshi.kit.imports.reading import ReadRow

FEW = 20
"""Rows of one transaction at least, however busy the machine is."""
SHOWN = 20
"""Rows of each outcome that are kept for the page; refused ones are all kept."""
Report = Callable[[int, str], None]


@dataclass(frozen=True)
class Pace:
    """How much of a batch one transaction takes: rows at most, seconds that it should last, seconds of rest after it."""

    rows: int
    turn: float
    rest: float


IN_TURN = Pace(100, 0.3, 0.11)
"""Where one writes at a time (SQLite), the others wait for a chunk's end and look again every tenth of a second: so each
is sure of a turn."""
WITHOUT_REST = replace(IN_TURN, rest=0)
"""For what is short enough to be done while somebody waits for the page."""
SIDE_BY_SIDE = Pace(500, 2.0, 0)
"""Where only those wait who change the same row (PostgreSQL)."""


def usual_pace() -> Pace:
    return SIDE_BY_SIDE if connection.features.has_select_for_update else IN_TURN


def _silent(percent: int, message: str) -> None:
    return


def go_on(pk: int, *, at: datetime, report: Report = _silent, pace: Pace | None = None) -> Batch | None:
    """Do what is left of the batch's pass and return it; ``None`` where there is nothing to do any more.

    ``report`` is called in the transaction of each chunk; what it raises undoes the chunk. A refusal of the whole (the
    person may no longer import, the file is gone) ends the batch as failed.
    """
    batch = Batch.objects.filter(pk=pk).first()
    if batch is None or not batch.is_busy:
        return None
    try:
        work = _Pass(batch, at=at, report=report, pace=pace or usual_pace())
    except Refused as said:
        Batch.objects.filter(pk=pk).update(state=Batch.State.FAILED, error=str(said), finished_at=at)
        batch.refresh_from_db()
        return batch
    if batch.state == Batch.State.CHECKING:
        work.try_all(then=Batch.State.CHECKED)
    elif batch.all_or_nothing:
        work.all_or_nothing()
    else:
        work.write_chunks()
    batch.refresh_from_db()
    return batch


class _Turn:
    """How many rows the next transaction takes, by how long the last one took."""

    def __init__(self, most: int, seconds: float) -> None:
        self.rows = self.most = most
        self.seconds = seconds
        self._began = 0.0

    def __enter__(self) -> None:
        self._began = time.monotonic()

    def __exit__(self, *_: object) -> None:
        took = time.monotonic() - self._began
        self.rows = min(self.most, max(FEW, int(self.rows * self.seconds / max(took, 0.001))))


class _Pass:
    """One pass over the rows of a batch."""

    def __init__(self, batch: Batch, *, at: datetime, report: Report, pace: Pace) -> None:
        self.batch, self.at, self.report, self.pace = batch, at, report, pace
        self.declared = declared_of(batch)
        self.by = self.declared.actor_of(batch.person, at)
        if self.by is None or not self.declared.may(self.by) or self.declared.realm(self.by) != batch.realm:
            raise Refused("imports.no_longer", f"{batch.person_name}已不能做这种导入。", "请由在岗的人员导入。")
        self.applied: list[tuple[int, registry.Applied]] = []
        self.table = table_of(batch)
        self.rows = _arranged(self.declared, self.table.rows)
        self.twins = _twins(self.declared, self.table.rows)
        self.began = time.monotonic()

    def try_all(self, *, then: str) -> None:
        """Every row as if it were written; then all is taken back but the results."""
        turn = _Turn(len(self.rows) if self.declared.together else self.pace.rows, self.pace.turn)
        while self.batch.cursor < len(self.rows):
            with turn:
                found = self._tried(self.rows[self.batch.cursor : self.batch.cursor + turn.rows])
                with transaction.atomic():
                    self._keep(found)
            time.sleep(self.pace.rest)
        Batch.objects.filter(pk=self.batch.pk, state=self.batch.state).update(state=then, finished_at=self.at)

    def write_chunks(self) -> None:
        turn = _Turn(self.pace.rows, self.pace.turn)
        while self.batch.cursor < len(self.rows):
            with turn, transaction.atomic():
                locked = Batch.objects.select_for_update().get(pk=self.batch.pk)
                if locked.cursor != self.batch.cursor or locked.state != Batch.State.RUNNING:
                    raise RuntimeError("somebody else went on with this batch")
                rows = self.rows[self.batch.cursor : self.batch.cursor + turn.rows]
                with self.declared.writing():
                    found = self._apply(rows)
                self._tell()
                self._keep(found)
            time.sleep(self.pace.rest)
        with transaction.atomic():
            self._end(Batch.State.DONE)

    def all_or_nothing(self) -> None:
        """All rows are tried first; where all are well they are written in one transaction, else none."""
        self._again()
        self.try_all(then=Batch.State.RUNNING)
        self.batch.refresh_from_db()
        if self.batch.refused:
            self._end(Batch.State.REFUSED)
            return
        self._again()
        with transaction.atomic():
            with self.declared.writing():
                found = self._apply(self.rows)
            refused = [one for one in found if one.outcome == "refused"]
            if refused:
                transaction.set_rollback(True)
            else:
                self._tell()
                self._keep(found)
                self._end(Batch.State.DONE)
        if refused:
            with transaction.atomic():
                self._keep(found)
                self._end(Batch.State.REFUSED)

    def _again(self) -> None:
        self.batch.results.all().delete()
        Batch.objects.filter(pk=self.batch.pk).update(cursor=0, new=0, changed=0, same=0, refused=0)
        self.batch.refresh_from_db()

    def _end(self, state: Batch.State) -> None:
        Batch.objects.filter(pk=self.batch.pk).update(state=state, finished_at=self._now())
        if state == Batch.State.DONE:
            learn(self.batch, at=self.at)

    def _now(self) -> datetime:
        return self.at + timedelta(seconds=time.monotonic() - self.began)

    def _tried(self, rows: Sequence[ReadRow]) -> list[RowResult]:
        with transaction.atomic():
            with self.declared.writing():
                found = self._apply(rows)
            transaction.set_rollback(True)
        return found

    def _apply(self, rows: Sequence[ReadRow]) -> list[RowResult]:
        more: dict[str, Any] = {}
        if self.declared.prepare:
            sound = [read.row for read in rows if not read.faults]
            more = {"known": self.declared.prepare(sound, by=self.by, at=self.at)}
        self.applied = []
        return [self._one(read, more) for read in rows]

    def _tell(self) -> None:
        registry.tell(
            registry.Written(self.batch.slug, self.batch.pk, self.by, self._now(), tuple(self.applied)),
        )

    def _one(self, read: ReadRow, more: Mapping[str, Any]) -> RowResult:
        """One row in a savepoint of its own: a refused row never takes others with it."""
        result = RowResult(batch=self.batch, number=read.row.number, outcome="refused")
        faults = [{"cell": f.cell, "key": f.key, "sentence": f.sentence} for f in read.faults]
        if (twin := self.twins.get(read.row.number)) is not None:
            faults.append(_fault(read, "", f"与{row_words(twin, self.batch.sheets)}是同一条，一份表里不能出现两次。"))
        if not faults:
            try:
                with transaction.atomic(), self.declared.through(self.batch.pk, read.row.number):
                    done = self.declared.apply(read.row, by=self.by, at=self.at, **more)
                self.applied.append((read.row.number, done))
                result.outcome, result.what = done.outcome, done.what[:300]
                return result
            except Refused as said:
                faults.append(_fault(read, said.field, str(said)))
                faults += self._others(read, but=said.field)
        elif read.faults:
            faults += self._others(read, but="")
        result.faults = faults
        return result

    def _others(self, read: ReadRow, *, but: str) -> list[dict[str, str]]:
        """What else is wrong in a row that was refused, so that it is mended once."""
        if self.declared.check is None:
            return []
        told = self.declared.check(read.row, by=self.by, at=self.at)
        return [_fault(read, said.field, str(said)) for said in told if said.field != but]

    def _keep(self, found: Sequence[RowResult]) -> None:
        """The results, the counts and the place reached, in the transaction of the rows themselves."""
        counts = {outcome: sum(1 for one in found if one.outcome == outcome) for outcome in ("new", "changed", "same")}
        kept = [one for one in found if one.outcome == "refused"]
        for outcome, name in (("new", "new"), ("changed", "changed"), ("same", "same")):
            room = SHOWN - getattr(self.batch, name)
            kept += islice((one for one in found if one.outcome == outcome), max(0, room))
        RowResult.objects.bulk_create(kept, batch_size=200)
        batch = self.batch
        batch.cursor += len(found)
        batch.new += counts["new"]
        batch.changed += counts["changed"]
        batch.same += counts["same"]
        batch.refused += len(found) - sum(counts.values())
        batch.beat_at = self._now()
        batch.save(update_fields=["cursor", "new", "changed", "same", "refused", "beat_at"])
        self.report(batch.percent, f"第 {batch.cursor} 行，共 {batch.rows} 行")


def _fault(read: ReadRow, key: str, sentence: str) -> dict[str, str]:
    place = read.row.columns.get(key)
    return {"cell": cell_words(read.row, place), "key": key if place is not None else "", "sentence": sentence}


def _arranged(declared: registry.Import, rows: Sequence[ReadRow]) -> Sequence[ReadRow]:
    """The rows in the order in which they can be written."""
    if declared.arrange is None:
        return rows
    return [rows[place] for place in declared.arrange([read.row for read in rows])]


def _twins(declared: registry.Import, rows: Sequence[ReadRow]) -> dict[int, int]:
    """Rows that name the same thing as a row before them."""
    first: dict[str, int] = {}
    twins = {}
    for read in rows:
        if read.faults:
            continue
        key = declared.identify(read.row)
        if key and first.setdefault(key, read.row.number) != read.row.number:
            twins[read.row.number] = first[key]
    return twins
