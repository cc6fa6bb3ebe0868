"""A file is tried, brought in a chunk at a time, resumed after a crash, and never twice."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from openpyxl import Workbook, load_workbook

from luoshi.kit.errors import Refused
from luoshi.kit.imports import actions, jobs, mending, queries, storage
from luoshi.kit.imports.actions import beginning
from luoshi.kit.imports.mapping import WHY
from luoshi.kit.imports.models import Batch, Mapping
from luoshi.kit.imports.tests import toy
from luoshi.kit.imports.tests.toy import ANN, BOB, STRANGER, book, toys
from luoshi.kit.jobs import worker
from luoshi.kit.jobs.models import Job

pytestmark = [pytest.mark.django_db, pytest.mark.row("1.6", "N1")]
FIVE_ROWS = actions.Pace(rows=5, turn=0.3, rest=0)
HEAD = ["编号", "名称"]


def stage(path: Path, now: datetime, *, by: Any = ANN, **how: Any) -> Batch:
    return actions.stage([path.read_bytes()], name=path.name, slug="toys", by=by, at=now, **how)


def bring(path: Path, now: datetime, *, trial: bool = False, **how: Any) -> Batch:
    batch = stage(path, now, **how)
    actions.begin(batch, trial=trial, by=ANN, at=now)
    done = actions.go_on(batch.pk, at=now, pace=actions.WITHOUT_REST)
    assert done is not None
    return done


def counts(batch: Batch) -> tuple[int, int, int, int]:
    return batch.new, batch.changed, batch.same, batch.refused


def test_a_trial_tells_what_would_happen_and_writes_nothing(tmp_path: Path, now: datetime) -> None:
    path = book(tmp_path, [HEAD, [1, "熊"], [2, "broken"], [3, "猫"]])
    tried = bring(path, now, trial=True)
    assert (tried.state, counts(tried), toys()) == ("checked", (2, 0, 0, 1), [])
    actions.begin(tried, trial=False, by=ANN, at=now)
    done = actions.go_on(tried.pk, at=now, pace=actions.WITHOUT_REST)
    assert done is not None
    assert (done.state, counts(done), toys()) == ("done", (2, 0, 0, 1), [(1, "熊"), (3, "猫")])
    fault = done.results.get(outcome="refused").faults
    assert fault == [{"cell": "B3", "key": "name", "sentence": "玩具是坏的。请换一个。"}]
    assert counts(bring(path, now)) == (0, 0, 2, 1), "a second run finds everything as it is"


def test_all_or_nothing_writes_all_or_nothing(tmp_path: Path, now: datetime) -> None:
    bad = bring(book(tmp_path, [HEAD, [1, "熊"], [2, "broken"]]), now, all_or_nothing=True)
    assert (bad.state, counts(bad), toys()) == ("refused", (1, 0, 0, 1), [])
    good = bring(book(tmp_path, [HEAD, [1, "熊"], [2, "猫"]]), now, all_or_nothing=True)
    assert (good.state, counts(good), toys()) == ("done", (2, 0, 0, 0), [(1, "熊"), (2, "猫")])


def test_all_or_nothing_of_more_rows_than_one_short_write_takes_is_refused(
    tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beginning, "MOST_AT_ONCE", 2)
    bring(book(tmp_path, [HEAD, [1, "熊"], [2, "猫"]]), now, all_or_nothing=True)
    with pytest.raises(Refused, match="一次最多 2 行，这份有 3 行"):
        bring(book(tmp_path, [HEAD, [1, "熊"], [2, "猫"], [3, "狗"]]), now, all_or_nothing=True)


def test_two_rows_that_name_the_same_thing_are_told_and_the_first_counts(tmp_path: Path, now: datetime) -> None:
    done = bring(book(tmp_path, [HEAD, [1, "熊"], [2, "猫"], [1.0, "狗"]]), now)
    assert toys() == [(1, "熊"), (2, "猫")]
    assert "与第 2 行是同一条" in done.results.get(outcome="refused").faults[0]["sentence"]


class Killed(Exception):
    """The process dies here."""


def test_a_killed_import_goes_on_at_the_next_chunk_and_writes_nothing_twice(tmp_path: Path, now: datetime) -> None:
    path = book(tmp_path, [HEAD, *([n, f"玩具{n}"] for n in range(1, 24))])
    batch = stage(path, now)
    actions.begin(batch, trial=False, by=ANN, at=now)

    def dies_in_the_third_chunk(percent: int, message: str) -> None:
        if message.startswith("第 15 行"):
            raise Killed

    with pytest.raises(Killed):
        actions.go_on(batch.pk, at=now, report=dies_in_the_third_chunk, pace=FIVE_ROWS)
    batch.refresh_from_db()
    assert (batch.cursor, batch.new, len(toys())) == (10, 10, 10), "the chunk under way is not there by half"
    reached: list[int] = []
    done = actions.go_on(batch.pk, at=now, report=lambda percent, _: reached.append(percent), pace=FIVE_ROWS)
    assert done is not None
    assert (done.state, counts(done), len(toys())) == ("done", (23, 0, 0, 0), 23)
    assert reached == [65, 86, 100]
    assert actions.go_on(batch.pk, at=now) is None, "there is nothing left to do"


def test_a_job_brings_it_in_with_progress_and_another_worker_takes_over(tmp_path: Path, now: datetime) -> None:
    batch = stage(book(tmp_path, [HEAD, *([n, f"玩具{n}"] for n in range(1, 8))]), now)
    actions.begin(batch, trial=False, by=ANN, at=now, queued=True)
    job = Job.objects.get(kind=actions.JOB)
    Job.objects.filter(pk=job.pk).update(  # a worker took it and was killed
        state="running", owner="dead", attempts=1, lease_until=now - timedelta(seconds=1)
    )
    worker.run_pending(now, schedules=False)
    job.refresh_from_db()
    batch.refresh_from_db()
    assert (job.state, job.progress, batch.state, len(toys())) == ("done", 100, "done", 7)


def test_a_worker_that_lost_its_lease_writes_nothing(tmp_path: Path, now: datetime) -> None:
    batch = stage(book(tmp_path, [HEAD, [1, "熊"]]), now)
    actions.begin(batch, trial=False, by=ANN, at=now, queued=True)

    class Woken:
        payload = {"batch": batch.pk}
        at, job_id = now, 0

        def report(self, percent: int, message: str = "") -> None:
            raise Killed

    with pytest.raises(Killed):
        jobs.carry_on(Woken())
    assert toys() == []


def test_the_same_file_by_two_at_once_is_told_to_the_second(tmp_path: Path, now: datetime) -> None:
    path = book(tmp_path, [HEAD, [1, "熊"]])
    first, second = stage(path, now), stage(path, now, by=BOB)
    actions.begin(first, trial=False, by=ANN, at=now)
    with pytest.raises(Refused, match="正由ann") as refused:
        actions.begin(second, trial=False, by=BOB, at=now)
    assert refused.value.code == "imports.same_file"
    later = now + actions.SILENT + timedelta(minutes=1)
    actions.begin(second, trial=False, by=BOB, at=later)
    first.refresh_from_db()
    assert first.state == "failed", "whose process fell silent holds nobody up"
    assert actions.go_on(first.pk, at=later) is None
    assert counts(actions.go_on(second.pk, at=later, pace=actions.WITHOUT_REST) or first) == (1, 0, 0, 0)


def test_strangers_may_not_and_who_left_meanwhile_may_no_longer(tmp_path: Path, now: datetime) -> None:
    path = book(tmp_path, [HEAD, [1, "熊"]])
    with pytest.raises(Refused, match="您的岗位不能做"):
        stage(path, now, by=STRANGER)
    batch = stage(path, now)
    with pytest.raises(Refused, match="没有这次导入"):
        queries.visible(STRANGER, batch.pk)
    assert queries.visible(BOB, batch.pk)[0] == batch
    actions.begin(batch, trial=False, by=ANN, at=now)
    Batch.objects.filter(pk=batch.pk).update(person="gone")
    done = actions.go_on(batch.pk, at=now)
    assert done is not None
    assert (done.state, toys()) == ("failed", [])


def test_a_mapping_learnt_once_is_offered_next_time(tmp_path: Path, now: datetime) -> None:
    odd = [["甲", "编号", "叫什么"], ["x", 1, "熊"]]
    batch = stage(book(tmp_path, odd), now)
    with pytest.raises(Refused, match="缺少“名称”"):
        actions.begin(batch, trial=False, by=ANN, at=now)
    with pytest.raises(Refused, match="还没有指定：名称"):
        actions.remap(batch, mapping={"number": 1}, all_or_nothing=False, by=ANN, at=now)
    with pytest.raises(Refused, match="两项内容"):
        actions.remap(batch, mapping={"number": 1, "name": 1}, all_or_nothing=False, by=ANN, at=now)
    batch = actions.remap(batch, mapping={"number": 1, "name": 2}, all_or_nothing=False, by=ANN, at=now)
    actions.begin(batch, trial=False, by=ANN, at=now)
    actions.go_on(batch.pk, at=now, pace=actions.WITHOUT_REST)
    assert toys() == [(1, "熊")]
    again = stage(book(tmp_path, [*odd, ["y", 2, "猫"]], name="下月.xlsx"), now)
    assert again.mapping == {"number": 1, "name": 2}
    assert Mapping.objects.count() == 1
    refused = bring(book(tmp_path, [*odd, ["z", 3, "broken"]], name="有坏的.xlsx"), now)
    mending.write_refused(refused, out := BytesIO())
    mend = load_workbook(out)
    mend.worksheets[0]["C3"] = "鱼"
    mend.save(tmp_path / "改好.xlsx")
    assert counts(bring(tmp_path / "改好.xlsx", now)) == (1, 0, 0, 0), "also of the file to mend"


def test_the_refused_rows_come_as_a_file_to_mend_and_load_again(tmp_path: Path, now: datetime) -> None:
    rows = [
        ["玩具清单 2026年"],
        ["编号", "名称", "日期", "颜色"],
        [1, "熊", "3月2日", "红"],
        [2, "broken", "2026-03-02", "=1+1"],
    ]
    rows += [[3, "猫", "尽快", "蓝"]]
    done = bring(book(tmp_path, rows), now)
    assert counts(done) == (1, 0, 0, 2)
    out = BytesIO()
    assert mending.write_refused(done, out) == 2
    made = load_workbook(out)
    sheet = made.active
    assert sheet is not None
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["玩具清单 2026年", None, None, None, None],
        ["编号", "名称", "日期", "颜色", WHY],
        [2, "broken", "2026-03-02", sheet["D3"].value, "玩具是坏的。请换一个。"],
        [3, "猫", "尽快", "蓝", "“日期”填的“尽快”看不出是哪一天。请写成 2026-03-02 的样子；没有定日子的请留空。"],
    ]
    assert sheet["B3"].comment is not None
    assert sheet["B3"].fill.fgColor.rgb == "FFFFD9D6"
    assert sheet["A3"].comment is None
    sheet["B3"], sheet["C4"] = "狗", "3月3日"
    made.save(tmp_path / "改好.xlsx")
    mended = bring(tmp_path / "改好.xlsx", now)
    assert (counts(mended), [name for _, name in toys()]) == ((2, 0, 0, 0), ["熊", "狗", "猫"])


def test_what_is_to_be_mended_keeps_its_sheets_and_its_headers(tmp_path: Path, now: datetime) -> None:
    made = Workbook()
    first, second = made.active, made.create_sheet("乙班")
    assert first is not None
    first.title = "甲班"
    for row in (
        ["编号", "名称"],
        [1, "熊"],
        [2, ""],
        ["玩具名称", "号码", "时间"],
        ["猫", 3, "尽快"],
        ["狗", 4, "2026.3.2"],
    ):
        first.append(row)
    for row in (["编号", "名称"], [5, "鱼"], [6, ""]):
        second.append(row)
    made.save(tmp_path / "两班.xlsx")
    done = bring(tmp_path / "两班.xlsx", now)
    assert (counts(done), done.sheets) == ((3, 0, 0, 3), ["甲班", "乙班"])
    refused = done.results.filter(outcome="refused").order_by("number")
    assert [row.faults[0]["cell"] for row in refused] == ["甲班!B3", "甲班!C5", "乙班!B3"]
    assert [(row.words, row.row) for row in refused][::2] == [("“甲班”第 3 行", 3), ("“乙班”第 3 行", 3)]
    out = BytesIO()
    assert mending.write_refused(done, out) == 3
    again = load_workbook(out)
    again["甲班"]["B3"], again["甲班"]["C5"], again["乙班"]["B3"] = "象", "2026.3.3", "鸟"
    again.save(tmp_path / "改好.xlsx")
    assert counts(bring(tmp_path / "改好.xlsx", now)) == (3, 0, 0, 0)
    assert toys() == [(1, "熊"), (2, "象"), (3, "猫"), (4, "狗"), (5, "鱼"), (6, "鸟")]


def test_a_file_that_does_not_fit_is_not_kept(tmp_path: Path, now: datetime) -> None:
    with pytest.raises(Refused, match="没有找到“玩具”的表头"):
        stage(book(tmp_path, [["甲", "乙"], [1, 2]]), now)
    assert list(storage.path_of("x").parent.iterdir()) == []


def test_two_hundred_megabytes_are_refused_on_the_way_and_leave_nothing(now: datetime) -> None:
    read = 0

    def pieces() -> Iterator[bytes]:
        nonlocal read
        for _ in range(200):
            read += 1
            yield bytes(1 << 20)

    with pytest.raises(Refused) as refused:
        actions.stage(pieces(), name="台账.xlsx", slug="toys", by=ANN, at=now)
    assert refused.value.code == "imports.too_big"
    assert read == 101, "what follows is not even read"
    assert list(storage.path_of("x").parent.iterdir()) == []
    assert not Batch.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_the_same_moment_bring_the_file_in_once(
    tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = book(tmp_path, [HEAD, *([n, f"熊{n}"] for n in range(1, 40))])
    batches = [stage(path, now), stage(path, now, by=BOB)]
    if connection.vendor == "sqlite":  # the tests' own is in memory, where no two write
        shared = str(tmp_path / "shared.sqlite3")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [shared])
        monkeypatch.setitem(connections.settings, "default", {**connection.settings_dict, "NAME": shared})
    together, told, running = threading.Barrier(2), [], []

    def press(batch: Batch, by: Any) -> None:
        together.wait()
        try:
            actions.begin(batch, trial=False, by=by, at=now)
            told.append("begun")
        except Refused as refused:
            told.append(refused.code)
        finally:
            together.wait()
            running.append(Batch.objects.filter(state="running").count())
            connections.close_all()

    pressing = [threading.Thread(target=press, args=pair) for pair in zip(batches, (ANN, BOB), strict=True)]
    for one in pressing:
        one.start()
    for one in pressing:
        one.join()
    assert sorted(told) == ["begun", "imports.same_file"]
    assert running == [1, 1]


def test_files_are_forgotten_when_nobody_needs_them_any_more(tmp_path: Path, now: datetime) -> None:
    path = book(tmp_path, [HEAD, [1, "熊"]])
    old = bring(path, now - timedelta(days=40))
    kept = bring(path, now)
    assert actions.forget(before=now - timedelta(days=30), now=now) == 1
    assert storage.path_of(kept.sha256).exists()
    assert actions.forget(before=now + timedelta(seconds=1), now=now) == 1
    assert not storage.path_of(old.sha256).exists()
    assert toy.toys() == [(1, "熊")], "what came in stays"
    cut_off = storage.path_of("c" * 64)
    cut_off.write_bytes(b"PK")
    actions.forget(before=now, now=datetime.fromtimestamp(cut_off.stat().st_mtime, tz=now.tzinfo))
    assert cut_off.exists(), "its upload may still be at work"
    actions.forget(before=now, now=datetime.fromtimestamp(cut_off.stat().st_mtime + 90_000, tz=now.tzinfo))
    assert not cut_off.exists()
