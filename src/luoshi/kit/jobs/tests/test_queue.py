from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from luoshi.kit.errors import Refused
from luoshi.kit.jobs import actions, queries, rules, worker
from luoshi.kit.jobs.models import Job, Schedule
from luoshi.kit.jobs.tests.conftest import NOON

pytestmark = pytest.mark.django_db


def test_one_bad_job_does_not_stop_the_loop_and_is_given_up_after_its_attempts(job, noon):
    done = []

    @job("t.work", max_attempts=3)
    def work(context):
        if context.payload["bad"]:
            raise RuntimeError("坏\x00")
        done.append(context.payload["n"])

    bad = actions.enqueue("t.work", {"bad": True}, at=noon)
    for n in range(3):
        actions.enqueue("t.work", {"bad": False, "n": n}, at=noon)
    assert worker.run_pending(noon) == 4
    assert done == [0, 1, 2]
    at = noon
    for attempt in (1, 2):
        assert worker.run_pending(at + rules.backoff(attempt) - timedelta(seconds=1)) == 0
        at += rules.backoff(attempt)
        assert worker.run_pending(at) == 1
    given_up = queries.find(bad.pk)
    assert (given_up.state, given_up.attempts, given_up.error) == (Job.State.FAILED, 3, "RuntimeError: 坏")
    assert worker.run_pending(at + timedelta(days=9)) == 0


def test_a_result_that_cannot_be_stored_fails_the_job_and_not_the_worker(job, noon):
    job("t.work", max_attempts=1)(lambda context: {"x": object()})
    odd = actions.enqueue("t.work", {}, at=noon)
    worker.run_pending(noon)
    assert queries.find(odd.pk).state == Job.State.FAILED


def test_a_refusal_is_not_tried_again(job, noon):
    @job("t.work")
    def work(context):
        raise Refused("t.no", "表中没有可导出的行。", "请先放宽条件。")

    refused = actions.enqueue("t.work", {}, at=noon)
    worker.run_pending(noon)
    said = queries.find(refused.pk)
    assert (said.state, said.error) == (Job.State.FAILED, "表中没有可导出的行。请先放宽条件。")


def test_a_unique_key_has_one_unfinished_job(job, noon):
    job("t.work")(lambda context: None)
    one = actions.enqueue("t.work", {}, at=noon, unique_key="k")
    assert actions.enqueue("t.work", {}, at=noon, unique_key="k").pk == one.pk
    assert actions.enqueue("t.work", {}, at=noon, unique_key="other").pk != one.pk
    assert actions.enqueue("t.work", {}, at=noon).pk != actions.enqueue("t.work", {}, at=noon).pk
    worker.run_pending(noon)
    assert actions.enqueue("t.work", {}, at=noon, unique_key="k").pk != one.pk


def test_work_put_down_in_a_transaction_that_fails_is_never_done(job, noon):
    job("t.work")(lambda context: None)

    @transaction.atomic
    def ask_and_fail():
        actions.enqueue("t.work", {}, at=noon)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ask_and_fail()
    assert worker.run_pending(noon) == 0
    with pytest.raises(LookupError):
        actions.enqueue("t.unknown", {}, at=noon)


def test_work_waits_for_its_moment_and_older_goes_first(job, noon):
    order = []
    job("t.work")(lambda context: order.append(context.payload["n"]))
    actions.enqueue("t.work", {"n": 2}, at=noon, run_at=noon + timedelta(minutes=2))
    actions.enqueue("t.work", {"n": 1}, at=noon, run_at=noon + timedelta(minutes=1))
    assert worker.run_pending(noon) == 0
    assert queries.stuck(at=noon) is False
    assert queries.stuck(at=noon + timedelta(minutes=9)) is True
    worker.run_pending(noon + timedelta(minutes=2))
    assert order == [1, 2]


def test_work_of_a_kind_that_is_not_installed_waits(job, noon):
    Job.objects.create(kind="t.absent", run_at=noon, created_at=noon)
    job("t.work")(lambda context: None)
    actions.enqueue("t.work", {}, at=noon)
    assert worker.run_pending(noon) == 1
    assert Job.objects.get(kind="t.absent").state == Job.State.READY


def test_a_schedule_fires_once_a_beat_and_makes_up_once_for_a_long_night(job, noon):
    beats = []
    job("t.beat", every=timedelta(minutes=10))(lambda context: beats.append(context.at))
    assert [worker.run_pending(noon), worker.run_pending(noon)] == [1, 0]
    assert worker.run_pending(noon + timedelta(minutes=9)) == 0
    assert worker.run_pending(noon + timedelta(minutes=10)) == 1
    assert worker.run_pending(noon + timedelta(hours=8, minutes=1)) == 1
    assert worker.run_pending(noon + timedelta(hours=8, minutes=9)) == 0
    assert Schedule.objects.get().next_at == noon + timedelta(hours=8, minutes=10)


def test_a_beat_waits_while_the_last_one_still_runs(job, noon):
    job("t.beat", every=timedelta(minutes=1), lease=3600)(lambda context: None)
    actions.fire_schedules(at=noon)
    assert actions.take("slow", at=noon) is not None
    actions.fire_schedules(at=noon + timedelta(minutes=1))
    assert Job.objects.count() == 1


def test_what_was_done_long_ago_is_forgotten_and_failures_stay(job, noon):
    job("t.work")(lambda context: None)

    @job("t.bad", max_attempts=1)
    def bad(context):
        raise ValueError

    for kind in ("t.work", "t.bad"):
        actions.enqueue(kind, {}, at=noon)
    worker.run_pending(noon)
    assert actions.forget(before=noon) == 0
    assert actions.forget(before=noon + timedelta(seconds=1)) == 1
    assert Job.objects.get().kind == "t.bad"


@given(
    st.datetimes(min_value=NOON.replace(tzinfo=None), max_value=NOON.replace(tzinfo=None) + timedelta(days=1)),
    st.integers(min_value=600, max_value=90_000),
)
def test_the_next_beat_is_the_first_on_the_grid_after_now(now, seconds):
    due, every, at = NOON.replace(tzinfo=None), timedelta(seconds=seconds), now
    beat = due
    while beat <= at:
        beat += every
    assert rules.next_due(due, every, at) == beat
