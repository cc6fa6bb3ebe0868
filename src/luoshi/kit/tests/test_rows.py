"""A row written by ``kit.rows`` is the row that ``save`` would have written, and no write goes to another row."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from luoshi.kit import rows
from luoshi.kit.jobs.models import Job
from luoshi.kit.workdays.models import CalendarYear

NOW = timezone.now()
SAID: dict[str, Any] = {
    "kind": "'; DROP TABLE jobs_job; -- 中文 %s",
    "payload": {"一": [1, None, True], "quote": "\"'"},
    "run_at": NOW,
    "message": "百分之 %",
    "created_at": NOW - timedelta(days=1),
    "unique_key": None,
}


def columns(job: Job) -> dict[str, Any]:
    kept = Job.objects.get(pk=job.pk)
    return {f.attname: getattr(kept, f.attname) for f in Job._meta.concrete_fields if not f.primary_key}


def test_a_row_is_written_as_save_writes_it(db: None) -> None:
    saved = Job.objects.create(**SAID)
    made = rows.insert(Job(**SAID))
    assert made.pk > saved.pk
    assert not made._state.adding
    assert columns(made) == columns(saved)
    made.state, made.payload, made.finished_at = Job.State.DONE, {"二": 2}, NOW
    made.message = "没有点名的列不写"
    rows.update(made, ["state", "payload", "finished_at"])
    saved.state, saved.payload, saved.finished_at = Job.State.DONE, {"二": 2}, NOW
    saved.save(update_fields=["state", "payload", "finished_at"])
    assert columns(made) == columns(saved)
    assert columns(made)["message"] == SAID["message"]


def test_constraints_hold_and_nothing_is_left_of_what_they_refuse(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.insert(Job(**SAID, progress=101))
    assert not Job.objects.exists()
    made = rows.insert(Job(**SAID))
    made.progress = 101
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(made, ["progress"])
    assert columns(made)["progress"] == 0


def test_rows_of_several_tables_are_added_together_or_not_at_all(db: None) -> None:
    first = {**SAID, "unique_key": "one"}
    days: dict[str, Any] = {"year": 2031, "version": 1, "source": "文", "days": ["x"], "digest": "d", "added_at": NOW}
    rows.add([Job(**first), Job(**SAID), CalendarYear(**days), CalendarYear(pk=77, **{**days, "year": 2032})])
    saved = Job.objects.create(**SAID)
    made = Job.objects.exclude(pk=saved.pk).get(unique_key=None)
    assert columns(made) == columns(saved)
    assert list(CalendarYear.objects.order_by("year").values_list("year", "days")) == [(2031, ["x"]), (2032, ["x"])]
    assert CalendarYear.objects.get(year=2032).pk == 77
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.add([CalendarYear(**{**days, "year": 2033}), Job(**first)])
    assert not CalendarYear.objects.filter(year=2033).exists()
