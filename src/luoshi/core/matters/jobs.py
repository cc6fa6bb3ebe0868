"""Recurring work of matters: raisers' silence, reminders, dates recomputed when a year's calendar is published."""

from datetime import timedelta

from django.utils import timezone

from luoshi.core.matters import actions
from luoshi.core.matters.models import Evaluation
from luoshi.kit.jobs.registry import Context, Result, job

BATCH = 500


@job("evaluations", every=timedelta(minutes=15))
def evaluations(context: Context) -> Result:
    """Silence past its date becomes no answer; half way to it the raiser is reminded once. Reads only what waits."""
    today = timezone.localdate(context.at)
    waiting = Evaluation.objects.filter(answer=Evaluation.Answer.WAITING, matter__last_at__lte=context.at)
    lapsed = sum(
        actions.lapse(row, today=today, at=context.at)
        for row in waiting.filter(answer_due__lt=today).order_by("answer_due", "pk")[:BATCH]
    )
    half = waiting.filter(
        reminded_at__isnull=True, answer_due__gte=today, answer_due__lte=today + timedelta(days=3)
    ).exclude(asked_at__gt=context.at - timedelta(days=3))
    reminded = sum(actions.remind(row, at=context.at) for row in half.order_by("answer_due", "pk")[:BATCH])
    return {"lapsed": lapsed, "reminded": reminded}
