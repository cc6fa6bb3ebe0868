"""Sign-in logs are kept for six months and then forgotten."""

from datetime import datetime, timedelta

import pytest
from axes.models import AccessLog
from django.contrib.sessions.models import Session
from django.utils import timezone

from luoshi.kit.jobs import registry

pytestmark = pytest.mark.django_db


class At:
    """The context of one run of a job."""

    payload: dict[str, object] = {}
    job_id = 1

    def __init__(self, at: datetime) -> None:
        self.at = at

    def report(self, percent: int, message: str = "") -> None: ...


def test_what_is_older_than_six_months_is_forgotten_and_nothing_else() -> None:
    now = timezone.now()
    for days in (1, 182, 184):
        row = AccessLog.objects.create(username=f"u{days}", ip_address="127.0.0.1")
        AccessLog.objects.filter(pk=row.pk).update(attempt_time=now - timedelta(days=days))
    Session.objects.create(session_key="old", session_data="", expire_date=now - timedelta(seconds=1))
    Session.objects.create(session_key="live", session_data="", expire_date=now + timedelta(hours=1))
    result = registry.get("signin.forget").handler(At(now))
    assert result == {"forgotten": 2}
    assert set(AccessLog.objects.values_list("username", flat=True)) == {"u1", "u182"}
    assert list(Session.objects.values_list("session_key", flat=True)) == ["live"]
