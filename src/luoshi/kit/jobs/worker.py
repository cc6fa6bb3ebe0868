"""The loop that does the jobs; the only place of this app that reads the clock."""

import logging
import os
import socket
import threading
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import close_old_connections, transaction
from django.utils import timezone

from luoshi.kit.jobs import actions, registry
from luoshi.kit.jobs.models import Job

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]


class Attempt:
    """One attempt at one job, as its handler sees it (``registry.Context``)."""

    def __init__(self, job: Job, kind: registry.Kind, clock: Clock) -> None:
        self._job, self._kind, self._clock = job, kind, clock
        self.at = clock()
        self.job_id: int = job.pk
        self.payload: dict[str, Any] = job.payload

    def report(self, percent: int, message: str = "") -> None:
        if not self._kind.long:
            raise RuntimeError(f"{self._kind.name} is not long: its progress would show only when it is done")
        with transaction.atomic():
            actions.renew(self._job, at=self._clock(), progress=percent, message=message)


def new_owner() -> str:
    """A name that no other worker bears: host, process and a random part."""
    return f"{_here()}{os.getpid()}:{uuid.uuid4().hex[:12]}"


def _here() -> str:
    return f"{socket.gethostname()[:60]}:"


def follow_the_dead(*, at: datetime) -> int:
    """End the leases of workers of this very host whose process is gone (it was killed, the power went), so that nobody
    waits for them to run out. How many there were. A number that another process bears since is left to its lease."""
    here = _here()
    gone = [owner for owner in actions.owners(here) if not _lives(owner.removeprefix(here).partition(":")[0])]
    return sum(actions.let_go(owner, at=at) for owner in gone)


def _lives(process: str) -> bool:
    try:
        os.kill(int(process), 0)  # asks, and ends nothing
    except ProcessLookupError:
        return False
    except (PermissionError, ValueError, OverflowError):
        pass
    return True


def execute(job: Job, *, clock: Clock) -> None:
    """Do a job that was taken, and finish or fail it; its own error never gets out of here."""
    kind = registry.get(job.kind)
    attempt = Attempt(job, kind, clock)
    try:
        if kind.long:
            outcome = kind.handler(attempt)
            with transaction.atomic():
                actions.finish(job, at=clock(), result=outcome() if callable(outcome) else outcome)
        else:
            with transaction.atomic():
                outcome = kind.handler(attempt)
                actions.finish(job, at=clock(), result=outcome() if callable(outcome) else outcome)
    except actions.LeaseLost:
        log.warning("lost the lease of %s", job)
    except Exception as error:
        log.exception("%s failed, attempt %s of %s", job, job.attempts, job.max_attempts)
        try:
            actions.fail(job, at=clock(), error=error)
        except actions.LeaseLost:
            log.warning("lost the lease of %s", job)


def run_pending(
    at: datetime | None = None, *, schedules: bool = True, owner: str = "", limit: int | None = None
) -> int:
    """Do what is due and return how many were tried. With ``at`` the clock stands still there (tests, commands)."""
    clock: Clock = timezone.now if at is None else lambda: at
    owner = owner or new_owner()
    if schedules:
        actions.fire_schedules(at=clock())
    tried = 0
    while limit is None or tried < limit:
        job = actions.take(owner, at=clock())
        if job is None:
            break
        execute(job, clock=clock)
        tried += 1
    return tried


def run(stop: threading.Event, *, poll: float = 1.0) -> None:
    """Do jobs until ``stop`` is set; looks again every ``poll`` seconds, and survives a database that is away."""
    owner, followed = new_owner(), False
    while not stop.is_set():
        close_old_connections()
        try:
            if not followed:
                follow_the_dead(at=timezone.now())
                followed = True
            tried = run_pending(owner=owner, limit=1)
        except Exception:
            log.exception("the job loop goes on")
            tried = 0
        if not tried:
            stop.wait(poll)
    close_old_connections()
