"""Everything that writes a batch: staging a file, trying it, bringing it in a chunk at a time.

A trial is the real thing in a transaction that is rolled back. Where a chunk is written, its rows, their results and
the place reached are one transaction, so that whoever goes on after a crash begins behind what was written.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from luoshi.kit.errors import Refused
from luoshi.kit.imports import mapping as matching
from luoshi.kit.imports import queries, registry, storage
from luoshi.kit.imports.models import Batch, RowResult
from luoshi.kit.imports.models import Mapping as Learnt
from luoshi.kit.imports.opening import MOST_BYTES, open_workbook
from luoshi.kit.imports.places import cell_words, row_words
from luoshi.kit.imports.reading import ReadRow, Table, choose_sheets, columns_refusal, read_table
from luoshi.kit.jobs import actions as jobs

JOB = "imports.batch"
CHUNK, FEW = 100, 20
"""Rows of one transaction at most, and how few they become where the machine is busy."""
TURN = 0.3
"""Seconds that a chunk should take: so long everybody else's writing waits."""
PAUSE = 0.11
"""Seconds between two chunks. SQLite has whoever waits look again every tenth of a second: so each is sure of a turn."""
MOST_AT_ONCE = 5_000
"""Rows that all or nothing may write: it is one transaction, some 3 ms a row, in which nobody else writes on SQLite."""
SILENT = timedelta(minutes=5)
"""A running batch that was not heard of for so long has lost its process."""
STALE = 24 * 3600
"""Seconds after which a file without a batch belongs to nobody."""
SHOWN = 20
"""Rows of each outcome that are kept for the page; refused ones are all kept."""
AT_ONCE = 200
"""Up to so many rows a page waits for the trial instead of leaving it to a job."""
Report = Callable[[int, str], None]


def _silent(percent: int, message: str) -> None:
    return


def stage(
    pieces: Iterable[bytes],
    *,
    name: str,
    slug: str,
    by: Any,
    at: datetime,
    sheet: str = "",
    all_or_nothing: bool = False,
) -> Batch:
    """Keep a file and find its table. The batch waits for its trial, or for somebody to say which column is what.

    Refused: ``imports.unknown_kind``, everything of ``opening`` and ``reading`` except missing columns.
    """
    declared = registry.get(slug)
    if declared is None or not declared.may(by):
        raise Refused(
            "imports.unknown_kind", "没有这种导入，或您的岗位不能做。", "请联系数据岗或督办室。", field="slug"
        )
    sha256, size = storage.keep(_limited(pieces, name))
    realm = declared.realm(by)
    try:
        table = _table(declared, sha256, name, sheet=sheet, realm=realm)
    except BaseException:
        if not Batch.objects.filter(sha256=sha256).exists():
            storage.remove(sha256)
        raise
    return Batch.objects.create(
        slug=slug,
        realm=realm,
        person=declared.ref(by),
        person_name=getattr(by, "name", "")[:60],
        name=name[-200:],
        sha256=sha256,
        size=size,
        created_at=at,
        all_or_nothing=all_or_nothing,
        **_found(table),
    )


def _table(declared: registry.Import, sha256: str, name: str, *, sheet: str, realm: str) -> Table:
    """The table of a new file, read by what was learnt about its headers where something was."""
    path = storage.path_of(sha256)
    book = open_workbook(path, name)
    chosen, _ = choose_sheets(book, declared, wanted=sheet)
    table = read_table(book, declared, sheets=chosen, path=path)
    learnt = queries.learnt(declared, realm=realm, fingerprint=table.fingerprint)
    if learnt is not None and learnt != table.mapping:
        table = read_table(book, declared, sheets=chosen, mapping=learnt, path=path)
    return table


def _limited(pieces: Iterable[bytes], name: str) -> Iterable[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > MOST_BYTES:
            raise Refused(
                "imports.too_big",
                f"“{name}”超过 {MOST_BYTES // 1024 // 1024} MB。",
                "请删去图片和多余的表，或分成几份。",
                field="file",
            )
        yield piece


def _found(table: Table) -> dict[str, Any]:
    return {
        "sheet": table.sheet,
        "sheets": list(table.sheets) if len(table.sheets) > 1 else [],
        "header_row": table.header_row,
        "headers": list(table.headers),
        "mapping": dict(table.mapping),
        "fingerprint": table.fingerprint,
        "skipped": [list(one) for one in table.skipped[:100]],
        "rows": len(table.rows),
    }


def table_of(batch: Batch) -> Table:
    """The batch's table, read anew from its file. Refused: ``imports.forgotten`` where the file is no longer kept."""
    path = storage.path_of(batch.sha256)
    if not path.exists():
        raise Refused("imports.forgotten", "文件已过保存期。", "请重新上传。")
    declared = _declared(batch)
    book, sheets = open_workbook(path, batch.name), batch.sheets or [batch.sheet]
    return read_table(book, declared, sheets=sheets, mapping=batch.mapping, path=path)


def _declared(batch: Batch) -> registry.Import:
    declared = registry.get(batch.slug)
    if declared is None:
        raise Refused("imports.unknown_kind", "这种导入没有启用。", "请联系数据岗。")
    return declared


def remap(batch: Batch, *, mapping: Mapping[str, int], all_or_nothing: bool, by: Any, at: datetime) -> Batch:
    """Somebody says which column is what; remembered for the same headers. The trial has to be made again."""
    declared = _declared(batch)
    places = list(mapping.values())
    if len(set(places)) < len(places):
        raise Refused("imports.twice", "同一列被指给了两项内容。", "请每一列只选一次。")
    if lacking := matching.missing(declared, mapping):
        raise Refused("imports.columns", f"还没有指定：{'、'.join(lacking)}。", "请选择对应的列。")
    with transaction.atomic():
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        if batch.state not in (Batch.State.STAGED, Batch.State.CHECKED, Batch.State.REFUSED):
            raise Refused("imports.state", f"这次导入{batch.get_state_display()}，不能再改。", "请重新上传。")
        batch.mapping, batch.all_or_nothing, batch.state = dict(mapping), all_or_nothing, Batch.State.STAGED
        batch.rows = len(table_of(batch).rows)
        batch.save(update_fields=["mapping", "all_or_nothing", "state", "rows"])
        _learn(batch, at=at)
    return batch


def _learn(batch: Batch, *, at: datetime) -> None:
    Learnt.objects.update_or_create(
        realm=batch.realm,
        slug=batch.slug,
        fingerprint=batch.fingerprint,
        defaults={"mapping": batch.mapping, "learnt_at": at},
    )


def begin(batch: Batch, *, trial: bool, by: Any, at: datetime, queued: bool = False) -> Batch:
    """Start a pass: a trial, or the real thing. With ``queued`` a job does it, else the caller goes on with ``go_on``.

    Refused: ``imports.columns``, ``imports.state``, and ``imports.same_file`` while somebody else brings the file in.
    """
    declared = _declared(batch)
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


def go_on(pk: int, *, at: datetime, report: Report = _silent, pause: float = PAUSE, chunk: int = CHUNK) -> Batch | None:
    """Do what is left of the batch's pass and return it; ``None`` where there is nothing to do any more.

    ``report`` is called in the transaction of each chunk; what it raises undoes the chunk. A refusal of the whole (the
    person may no longer import, the file is gone) ends the batch as failed.
    """
    batch = Batch.objects.filter(pk=pk).first()
    if batch is None or not batch.is_busy:
        return None
    try:
        work = _Pass(batch, at=at, report=report, pause=pause, chunk=chunk)
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

    def __init__(self, most: int) -> None:
        self.rows = self.most = most
        self._began = 0.0

    def __enter__(self) -> None:
        self._began = time.monotonic()

    def __exit__(self, *_: object) -> None:
        took = time.monotonic() - self._began
        self.rows = min(self.most, max(FEW, int(self.rows * TURN / max(took, 0.001))))


class _Pass:
    """One pass over the rows of a batch."""

    def __init__(self, batch: Batch, *, at: datetime, report: Report, pause: float, chunk: int) -> None:
        self.batch, self.at, self.report, self.pause, self.chunk = batch, at, report, pause, chunk
        self.declared = _declared(batch)
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
        turn = _Turn(len(self.rows) if self.declared.together else self.chunk)
        while self.batch.cursor < len(self.rows):
            with turn:
                found = self._tried(self.rows[self.batch.cursor : self.batch.cursor + turn.rows])
                with transaction.atomic():
                    self._keep(found)
            time.sleep(self.pause)
        Batch.objects.filter(pk=self.batch.pk, state=self.batch.state).update(state=then, finished_at=self.at)

    def write_chunks(self) -> None:
        turn = _Turn(self.chunk)
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
            time.sleep(self.pause)
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
            _learn(self.batch, at=self.at)

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


def forget(*, before: datetime, now: datetime, most: int = 200) -> int:
    """Delete batches of before that moment with their rows, and files that no later batch needs.

    So go the files of uploads that were cut off before their batch was made, once they are ``STALE``.
    """
    gone = list(Batch.objects.filter(created_at__lt=before).order_by("created_at").values_list("pk", "sha256")[:most])
    Batch.objects.filter(pk__in=[pk for pk, _ in gone]).delete()
    digests = {sha256 for _, sha256 in gone}
    needed = set(Batch.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
    for sha256 in digests - needed:
        storage.remove(sha256)
    storage.sweep(named=set(Batch.objects.values_list("sha256", flat=True)), before=now.timestamp() - STALE)
    return len(gone)
