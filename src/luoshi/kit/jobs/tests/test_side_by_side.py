import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from luoshi.kit.jobs import actions, worker
from luoshi.kit.jobs.models import Job


def in_a_thread(ask: Callable[[], object]) -> object:
    def asked() -> object:
        try:
            return ask()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asked).result(30)


@pytest.mark.django_db(transaction=True)
def test_two_workers_side_by_side_do_everything_once(job, noon, threads_may_write):
    def work(context):
        Job.objects.create(kind="t.effect", payload={"of": context.job_id}, run_at=noon, created_at=noon)

    job("t.work")(work)
    job("t.beat", every=timedelta(days=1))(work)
    in_a_thread(lambda: [actions.enqueue("t.work", {}, at=noon) for _ in range(20)])
    stop = threading.Event()

    def until_stopped() -> None:
        worker.run(stop, poll=0.02)
        connections.close_all()

    def wait() -> tuple[list[int], list[int], int]:
        done = Job.objects.filter(state=Job.State.DONE)
        patience = time.monotonic() + 20
        while done.count() < 21 and time.monotonic() < patience:
            time.sleep(0.02)
        effects = [effect.payload["of"] for effect in Job.objects.filter(kind="t.effect")]
        return sorted(effects), sorted(done.values_list("pk", flat=True)), done.filter(kind="t.beat").count()

    workers = [threading.Thread(target=until_stopped, daemon=True) for _ in range(2)]
    for one in workers:
        one.start()
    try:
        effects, done, beats = in_a_thread(wait)
    finally:
        stop.set()
        for one in workers:
            one.join(20)
    assert effects == done
    assert (len(done), beats) == (21, 1)
