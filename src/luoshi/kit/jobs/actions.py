"""Everything that writes a job."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q

from luoshi.kit.errors import Refused
from luoshi.kit.jobs import registry, rules
from luoshi.kit.jobs.models import Job, Schedule

log = logging.getLogger(__name__)
CLOCKS_DIFFER = timedelta(minutes=1)
"""By how much the clocks of two machines, or of one before and after it was set, may differ without meaning anything."""
UNFINISHED = (Job.State.READY, Job.State.RUNNING)


class LeaseLost(Exception):
    """The lease ran out and somebody else took the job: whatever this worker did for it must be rolled back."""


def enqueue(
    kind: str,
    payload: dict[str, Any],
    *,
    at: datetime,
    unique_key: str | None = None,
    run_at: datetime | None = None,
) -> Job:
    """Put work down, in the caller's transaction: it exists when, and only when, what asked for it is committed.

    With a ``unique_key`` the unfinished job of that key, if there is one, is returned instead of a second. That may be
    one that runs already and has read its data, so a key suits work that does not mind.
    LookupError: no installed app brings this kind.
    """
    spec = registry.get(kind)
    while True:
        try:
            with transaction.atomic():
                return Job.objects.create(
                    kind=kind,
                    payload=payload,
                    run_at=run_at or at,
                    max_attempts=spec.max_attempts,
                    unique_key=unique_key,
                    created_at=at,
                )
        except IntegrityError:
            if unique_key is None:
                raise
            standing = Job.objects.filter(unique_key=unique_key, state__in=UNFINISHED).first()
            if standing is not None:
                return standing


def _candidate(at: datetime, *, lock: bool) -> Job | None:
    jobs = Job.objects.filter(kind__in=registry.names())
    if lock and connection.features.has_select_for_update_skip_locked:
        jobs = jobs.select_for_update(skip_locked=True)
    lapsed = jobs.filter(state=Job.State.RUNNING, lease_until__lte=at).order_by("lease_until", "id").first()
    return lapsed or jobs.filter(state=Job.State.READY, run_at__lte=at).order_by("run_at", "id").first()


def take(owner: str, *, at: datetime) -> Job | None:
    """Lease the job that has waited longest, or one whose worker fell silent; ``None`` when nothing is due.

    A silent worker's job that has used up its attempts is put down as failed and the next one is looked at.
    """
    while _candidate(at, lock=False) is not None:
        with transaction.atomic():
            job = _candidate(at, lock=True)
            if job is None:
                return None
            held = Job.objects.filter(pk=job.pk, state=job.state, owner=job.owner, attempts=job.attempts)
            if job.state == Job.State.RUNNING and job.attempts >= job.max_attempts:
                held.update(
                    state=Job.State.FAILED,
                    finished_at=at,
                    error="办理进程多次中断，或用时超过租期。",
                )
                continue
            taken = held.update(
                state=Job.State.RUNNING,
                owner=owner,
                attempts=job.attempts + 1,
                lease_until=at + registry.get(job.kind).lease,
                progress=0,
                message="",
            )
        if taken:
            job.refresh_from_db()
            return job
    return None


def owners(beginning: str) -> list[str]:
    """Who holds a job, of those whose name begins so."""
    held = Job.objects.filter(state=Job.State.RUNNING, owner__startswith=beginning)
    return sorted(set(held.values_list("owner", flat=True)))


def let_go(owner: str, *, at: datetime) -> int:
    """End the leases of a worker that is known to be gone: whoever looks next goes on. How many there were."""
    return Job.objects.filter(state=Job.State.RUNNING, owner=owner, lease_until__gt=at).update(lease_until=at)


def _mine(job: Job) -> Q:
    return Q(pk=job.pk, owner=job.owner, attempts=job.attempts, state=Job.State.RUNNING)


def renew(job: Job, *, at: datetime, progress: int | None = None, message: str | None = None) -> None:
    """Hold the job for another lease and say how far it is. Raises ``LeaseLost``."""
    lease: timedelta = registry.get(job.kind).lease
    changes: dict[str, Any] = {"lease_until": at + lease}
    if progress is not None:
        changes["progress"] = max(0, min(100, progress))
    if message is not None:
        changes["message"] = message[:200]
    if not Job.objects.filter(_mine(job)).update(**changes):
        raise LeaseLost(str(job))


def finish(job: Job, *, at: datetime, result: registry.Result = None) -> None:
    """Done. Call it in the transaction of the job's effects: ``LeaseLost`` must undo them too."""
    done = Job.objects.filter(_mine(job)).update(
        state=Job.State.DONE, progress=100, result=result, error="", finished_at=at, lease_until=None
    )
    if not done:
        raise LeaseLost(str(job))


def fail(job: Job, *, at: datetime, error: Exception) -> None:
    """This attempt failed: try again after ``rules.backoff``, or give up after the last one.

    A refusal is an answer and not a fault, so it is not tried again. Raises ``LeaseLost``.
    """
    text = str(error) if isinstance(error, Refused) else f"{type(error).__name__}: {error}"
    final = isinstance(error, Refused) or job.attempts >= job.max_attempts
    changes: dict[str, Any] = {"error": text.replace("\x00", "")[:4000], "lease_until": None}
    if final:
        changes |= {"state": Job.State.FAILED, "finished_at": at}
    else:
        changes |= {"state": Job.State.READY, "run_at": at + rules.backoff(job.attempts)}
    if not Job.objects.filter(_mine(job)).update(**changes):
        raise LeaseLost(str(job))


def revive(job_id: int, *, at: datetime) -> None:
    """Give a failed job one more round of attempts, now; refused where it has not failed or its work is queued anew."""
    spec_attempts = F("attempts") + F("max_attempts")
    try:
        with transaction.atomic():
            revived = Job.objects.filter(pk=job_id, state=Job.State.FAILED).update(
                state=Job.State.READY, run_at=at, finished_at=None, max_attempts=spec_attempts
            )
    except IntegrityError:
        revived = 0
    if not revived:
        raise Refused("jobs.not_failed", "这项后台任务不在“未成”状态，或同样的任务已在排队。", "请刷新后再看。")


def fire_schedules(*, at: datetime) -> int:
    """Put down a job for every recurring kind that is due; however many workers ask, each beat fires once."""
    specs = {kind.name: kind for kind in registry.recurring()}
    if not specs:
        return 0
    due = dict(Schedule.objects.filter(kind__in=specs).values_list("kind", "next_at"))
    missing = [Schedule(kind=name, next_at=at) for name in specs if name not in due]
    if missing:
        Schedule.objects.bulk_create(missing, ignore_conflicts=True)
        due = dict(Schedule.objects.filter(kind__in=specs).values_list("kind", "next_at"))
    fired = 0
    for name, next_at in due.items():
        every = specs[name].every
        if every is None or at < next_at <= at + every + CLOCKS_DIFFER:
            continue
        if next_at > at:  # nothing puts a beat so far ahead but a clock that was then put back
            Schedule.objects.filter(kind=name, next_at=next_at).update(next_at=at)
            _bring_back(at=at)
            continue
        with transaction.atomic():
            later = rules.next_due(next_at, every, at)
            if Schedule.objects.filter(kind=name, next_at=next_at).update(next_at=later):
                enqueue(name, {}, at=at, unique_key=f"every:{name}")
                fired += 1
    return fired


def _bring_back(*, at: datetime) -> None:
    """What was put down at a moment that has not come yet, because the clock was put back, waits from now."""
    for job in Job.objects.filter(state=Job.State.READY, run_at__gt=at, created_at__gt=at + CLOCKS_DIFFER):
        wait = max(job.run_at - job.created_at, timedelta())
        Job.objects.filter(pk=job.pk, state=Job.State.READY).update(run_at=at + wait, created_at=at)


def forget(*, before: datetime, batch: int = 1000) -> int:
    """Delete what was done before that moment, a batch at a time; failures stay until somebody looked at them."""
    ids = list(
        Job.objects.filter(state=Job.State.DONE, finished_at__lt=before)
        .order_by("finished_at")
        .values_list("pk", flat=True)[:batch]
    )
    deleted, _ = Job.objects.filter(pk__in=ids).delete()
    return deleted
