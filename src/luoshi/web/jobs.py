"""Housekeeping of the shell: sign-in logs are kept for six months, as the Cybersecurity Law asks, and no longer."""

from datetime import timedelta

from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session

from luoshi.kit.jobs.registry import Context, Result, job

KEPT = timedelta(days=183)
BATCH = 2000


@job("signin.forget", every=timedelta(hours=6))
def forget(context: Context) -> Result:
    """Forget sign-ins older than six months, and sessions that have ended; a batch at a time."""
    gone = 0
    for rows in (
        AccessLog.objects.filter(attempt_time__lt=context.at - KEPT),
        AccessAttempt.objects.filter(attempt_time__lt=context.at - KEPT),
        Session.objects.filter(expire_date__lt=context.at),
    ):
        keys = list(rows.values_list("pk", flat=True)[:BATCH])
        gone += rows.model._default_manager.filter(pk__in=keys).delete()[0]
    return {"forgotten": gone}
