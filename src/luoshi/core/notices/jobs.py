"""Recurring work of notices."""

from datetime import timedelta

from django.conf import settings

from luoshi.core.notices import actions
from luoshi.core.org import queries as org
from luoshi.kit.jobs.registry import Context, Result, job


@job("notices.deliver", every=timedelta(seconds=15))
def deliver(context: Context) -> Result:
    """Tell people of what has happened."""
    return {"events": actions.deliver(at=context.at)}


@job("notices.remind", every=timedelta(minutes=10))
def remind(context: Context) -> Result:
    """Tell handlers of what fell due since each town was last read."""
    return {"notices": sum(actions.remind(town_id=town.pk, at=context.at) for town in org.towns())}


@job("notices.mail", every=timedelta(minutes=10), long=True, lease=300)
def mail(context: Context) -> Result:
    """Send the digests of the day; a town without a mail server sends none."""
    if not settings.EMAIL_HOST:
        return {"mails": 0}
    return {"mails": actions.mail(at=context.at, sender=settings.DEFAULT_FROM_EMAIL)}
