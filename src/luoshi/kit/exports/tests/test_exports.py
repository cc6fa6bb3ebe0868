import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.http import QueryDict

from luoshi.kit.errors import Refused
from luoshi.kit.exports import actions, jobs, queries, storage
from luoshi.kit.exports.models import Export
from luoshi.kit.jobs import actions as queue
from luoshi.kit.jobs import worker
from luoshi.kit.jobs.models import Job
from luoshi.kit.ledgers import registry as ledgers
from luoshi.kit.ledgers.paging import Order
from luoshi.kit.ledgers.registry import Taken
from luoshi.kit.ledgers.tests.conftest import LEDGER, NOON, later, make

pytestmark = pytest.mark.django_db


def ask(query: str = "", *, by: str = "t.", at: Any = NOON) -> Export:
    return actions.ask(LEDGER, QueryDict(query), by=by, at=at)


def work(at: Any = NOON, **more: Any) -> int:
    return worker.run_pending(at=at, schedules=False, **more)


def only_export_jobs() -> None:
    """The rows of the ledger are jobs too; they are not to be done."""
    Job.objects.filter(kind__startswith="t.").update(run_at=later(365))


def rows(export: Export) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(storage.path_of(export.token).read_bytes())).active
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]


def test_a_press_twice_is_one_job_and_another_condition_another(rights):
    first = ask("order=kind")
    assert ask("order=kind&unknown=1").pk == first.pk
    assert ask("order=-kind").pk != first.pk
    assert ask("order=kind", by="u.").pk != first.pk
    assert Job.objects.filter(kind=actions.JOB).count() == 3
    ask("state=failed")
    with pytest.raises(Refused) as said:
        ask("state=ready")
    assert said.value.code == "exports.too_many"
    work()
    assert ask("order=kind").pk != first.pk, "what is there already may be asked for anew"
    with pytest.raises(Refused):
        ask(by="")


def test_the_file_is_written_by_a_job_in_the_order_of_the_page_with_its_progress(monkeypatch):
    monkeypatch.setattr(actions, "CHUNK", 2)
    for kind in ("t.c", "t.a", "t.e", "x.other", "t.b", "t.d"):
        make(kind=kind, message="路灯")
    only_export_jobs()
    export = ask("order=kind&cols=kind&q=路灯")
    assert [line.percent for line in queries.lines(queries.of_reader("t."))] == [0]
    told: list[tuple[int, str]] = []
    monkeypatch.setattr(worker.Attempt, "report", lambda attempt, *said: told.append(said))
    assert work() == 1
    export.refresh_from_db()
    assert rows(export) == [["t.a"], ["t.b"], ["t.c"], ["t.d"], ["t.e"]]
    assert (export.state, export.rows, export.said) == ("done", 5, "含“路灯”")
    assert export.size == storage.path_of(export.token).stat().st_size
    assert [percent for percent, _ in told] == [0, 38, 76, 95]
    assert told[1][1] == "已写 2 行，共 5 行"
    (line,) = queries.lines(queries.of_reader("t."))
    assert line.ready
    assert queries.of_reader("u.") == []
    assert queries.find("u.", export.pk) is None
    assert [place.name for place in storage.folder().iterdir()] == [export.token]


def test_a_row_that_moves_while_the_file_is_written_stands_in_it_once_and_one_that_goes_not_at_all(monkeypatch):
    monkeypatch.setattr(actions, "CHUNK", 2)
    made = [make(kind="t.x", attempts=n)[0] for n in range(6)]
    only_export_jobs()
    export = ask("order=tries&cols=number")

    def meanwhile(percent: int, message: str) -> None:
        if percent == 0:
            return
        Job.objects.filter(pk=made[0].pk).update(attempts=100)
        Job.objects.filter(pk=made[5].pk).update(kind="x.gone")

    name = actions.make(export.pk, at=NOON, report=meanwhile)
    assert callable(name)
    name()
    assert [row[0] for row in rows(export)] == [one.pk for one in made[:5]]


def test_a_sheet_in_groups_tells_how_far_all_of_it_is(monkeypatch):
    monkeypatch.setattr(actions, "CHUNK", 2)
    told: list[int] = []
    for kind in ("t.a", "t.a", "t.a", "t.b", "t.b", "t.c"):
        make(kind=kind)
    feed = actions._a_chunk_at_a_time(lambda percent, message: told.append(percent), 6)
    for kind in ("t.a", "t.b", "t.c"):
        assert len(list(feed(Job.objects.filter(kind=kind), Order()))) == "aaabbc".count(kind[-1])
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0, 95)


def test_what_a_killed_worker_began_another_makes_and_no_half_file_bears_the_name(monkeypatch):
    told: list[Taken] = []
    monkeypatch.setattr(ledgers, "_takers", [told.append])
    monkeypatch.setattr(actions, "CHUNK", 2)
    for _ in range(5):
        make(kind="t.a")
    only_export_jobs()
    export = ask()
    first = queue.take("killed", at=NOON)
    assert first is not None
    begun: list[Any] = []

    def killed(percent: int, message: str) -> None:
        begun.extend(storage.folder().glob(".new-*"))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        actions.make(export.pk, at=NOON, report=killed)
    (storage.folder() / ".new-left-behind").write_bytes(b"PK half")
    assert not storage.path_of(export.token).exists()
    assert work(NOON + timedelta(seconds=60)) == 0, "its lease still runs"
    slow = actions.make(export.pk, at=NOON, report=lambda *said: None)
    later_on = NOON + timedelta(seconds=121)
    assert work(later_on) == 1
    export.refresh_from_db()
    assert (export.state, export.rows) == ("done", 5)
    assert callable(slow)
    slow()
    with pytest.raises(queue.LeaseLost):
        queue.finish(first, at=later_on, result=None)
    assert len(rows(export)) == 5
    assert Export.objects.count() == 1
    assert [len(taken.keys) for taken in told] == [5], "what left is told once, however many began to write it"
    assert Job.objects.get(pk=export.job_id).state == "done"


@pytest.mark.parametrize("now", ["", "head of another unit"])
def test_rights_are_asked_for_anew_when_the_job_runs_and_when_the_file_is_fetched(rights, now):
    make(kind="t.a")
    only_export_jobs()
    early, late = ask("order=kind"), ask("order=-kind")
    assert work(limit=1) == 1
    rights["t."] = now
    assert work() == 1
    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.state, late.state) == ("done", "refused")
    assert not storage.path_of(late.token).exists()
    assert "岗位" in late.error
    with pytest.raises(Refused) as said:
        actions.still_may(early, "t." if now else None)
    assert said.value.code == "exports.no_longer"
    rights["t."] = "clerk"
    actions.still_may(early, "t.")


def test_a_job_that_was_given_up_does_not_stand_in_the_way_of_a_new_one():
    export = ask()
    Job.objects.filter(pk=export.job_id).update(state="failed")
    (line,) = queries.lines(queries.of_reader("t."))
    assert (line.percent, line.ready) == (None, False)
    assert "没有导成" in line.words
    again = ask()
    assert again.pk != export.pk
    assert Job.objects.get(pk=again.job_id).state == "ready"


def test_files_are_forgotten_after_three_days_with_whatever_killed_workers_left(django_capture_on_commit_callbacks):
    only_export_jobs()
    old, young = ask("order=kind"), ask("order=-kind", at=NOON + timedelta(days=2))
    work(NOON + timedelta(days=2))
    left = storage.folder() / ".new-left-behind"
    left.write_bytes(b"PK half")
    soon = NOON + timedelta(days=3, minutes=1)
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.forget(before=soon - jobs.KEPT, now=soon) == 1
    assert list(Export.objects.all()) == [young]
    in_a_year = NOON.replace(year=9000)
    with django_capture_on_commit_callbacks(execute=True):
        actions.forget(before=soon - jobs.KEPT, now=in_a_year)
    assert not left.exists()
    assert not storage.path_of(old.token).exists()
    assert storage.path_of(young.token).exists()
