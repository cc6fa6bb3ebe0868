import os
import socket
import subprocess
import sys
from datetime import timedelta

import pytest

from luoshi.kit.errors import Refused
from luoshi.kit.jobs import actions, queries, rules, worker
from luoshi.kit.jobs.models import Job

pytestmark = pytest.mark.django_db


def test_killed_workers_job_is_taken_over_after_the_lease_and_not_before(job, noon):
    job("t.work", lease=60)(lambda context: {"ok": True})
    actions.enqueue("t.work", {}, at=noon)
    dead = actions.take("dead", at=noon)
    assert actions.take("heir", at=noon + timedelta(seconds=59)) is None
    heir = actions.take("heir", at=noon + timedelta(seconds=60))
    assert (heir.pk, heir.owner, heir.attempts) == (dead.pk, "heir", 2)


def test_the_job_of_a_worker_that_is_gone_from_this_host_goes_on_at_once_and_no_other(job, noon):
    job("t.work", lease=180)(lambda context: {"ok": True})
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    here = socket.gethostname()[:60]
    owners = (f"{here}:{child.pid}:a", f"{here}:{os.getpid()}:b", f"elsewhere:{child.pid}:c", f"{here}:none:d")
    for owner in owners:
        actions.enqueue("t.work", {"owner": owner}, at=noon)
        actions.take(owner, at=noon)
    later = noon + timedelta(seconds=5)
    assert actions.take("heir", at=later) is None
    assert (worker.follow_the_dead(at=later), worker.follow_the_dead(at=later)) == (1, 0)
    heir = actions.take("heir", at=later)
    assert (heir.payload, heir.attempts) == ({"owner": owners[0]}, 2)
    assert actions.take("heir", at=later) is None, "those that live, are elsewhere or say nothing keep their lease"


def test_a_job_is_finished_once_and_the_late_workers_effects_are_undone(job, noon):
    def work(context):
        # While this worker is busy its lease runs out and another one takes the job and finishes it.
        heir = actions.take("heir", at=noon + timedelta(seconds=61))
        actions.finish(heir, at=noon + timedelta(seconds=62), result={"by": "heir"})
        return lambda: Job.objects.create(kind="t.effect", run_at=noon, created_at=noon) and None

    job("t.work", lease=60, long=True)(work)
    actions.enqueue("t.work", {}, at=noon)
    assert worker.run_pending(noon, limit=1) == 1
    done = Job.objects.get(kind="t.work")
    assert (done.state, done.result) == (Job.State.DONE, {"by": "heir"})
    assert not Job.objects.filter(kind="t.effect").exists()


def test_one_owner_who_takes_the_same_job_twice_is_fenced_by_the_attempt(job, noon):
    job("t.work", lease=60)(lambda context: None)
    actions.enqueue("t.work", {}, at=noon)
    first = actions.take("same", at=noon)
    second = actions.take("same", at=noon + timedelta(seconds=60))
    for late in (
        lambda: actions.finish(first, at=noon),
        lambda: actions.renew(first, at=noon),
        lambda: actions.fail(first, at=noon, error=ValueError()),
    ):
        with pytest.raises(actions.LeaseLost):
            late()
    actions.finish(second, at=noon)
    with pytest.raises(actions.LeaseLost):
        actions.finish(second, at=noon)


def test_renewing_holds_the_lease(job, noon):
    job("t.work", lease=60, long=True)(lambda context: None)
    actions.enqueue("t.work", {}, at=noon)
    held = actions.take("a", at=noon)
    actions.renew(held, at=noon + timedelta(seconds=50), progress=40, message="已导出 400 件")
    assert actions.take("b", at=noon + timedelta(seconds=100)) is None
    assert (queries.find(held.pk).progress, queries.find(held.pk).message) == (40, "已导出 400 件")
    assert actions.take("b", at=noon + timedelta(seconds=110)) is not None


def test_a_job_that_kills_its_worker_every_time_is_given_up_and_may_be_revived(job, noon):
    job("t.work", lease=60, max_attempts=2)(lambda context: None)
    queued = actions.enqueue("t.work", {}, at=noon)
    with pytest.raises(Refused):
        actions.revive(queued.pk, at=noon)
    for minute in range(2):
        assert actions.take("w", at=noon + timedelta(minutes=minute)) is not None
    assert actions.take("w", at=noon + timedelta(minutes=2)) is None
    assert [one.pk for one in queries.failed()] == [queued.pk]
    actions.revive(queued.pk, at=noon + timedelta(hours=1))
    assert worker.run_pending(noon + timedelta(hours=1)) == 1
    assert queries.find(queued.pk).state == Job.State.DONE


def test_effects_of_a_short_job_are_lost_with_its_failure_and_kept_with_its_success(job, noon):
    fail = True

    def work(context):
        Job.objects.create(kind="t.effect", run_at=noon, created_at=noon)
        if fail:
            raise ValueError("no")

    job("t.work")(work)
    queued = actions.enqueue("t.work", {}, at=noon)
    worker.run_pending(noon)
    assert not Job.objects.filter(kind="t.effect").exists()
    assert queries.find(queued.pk).error == "ValueError: no"
    fail = False
    assert worker.run_pending(noon) == 0
    assert worker.run_pending(noon + rules.backoff(1)) == 1
    assert Job.objects.filter(kind="t.effect").count() == 1


def test_only_a_long_job_reports(job, noon):
    seen = []

    def long(context):
        context.report(130, "快好了")
        seen.append(Job.objects.get(pk=context.job_id).progress)

    job("t.long", long=True)(long)
    job("t.short", max_attempts=1)(lambda context: context.report(10))
    actions.enqueue("t.long", {}, at=noon)
    short = actions.enqueue("t.short", {}, at=noon)
    worker.run_pending(noon)
    assert seen == [100]
    assert queries.find(short.pk).error.startswith("RuntimeError")
