"""The demo stands where its history stands, on any day that it is asked for."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest

from luoshi.demo.clock import ahead
from luoshi.kit.errors import Refused

NOW = datetime(2026, 11, 28, 2, 0, tzinfo=UTC)  # ten in the morning in the town
DAY = timedelta(days=1)


def midnight(day: int) -> datetime:
    return datetime(2026, 11, day, tzinfo=UTC) - timedelta(hours=8)


def test_the_clock_follows_the_day_that_was_asked_for_and_never_stands_before_the_history() -> None:
    assert ahead(asked=None, newest=None, now=NOW) == timedelta()
    assert ahead(asked=None, newest=midnight(28), now=NOW) == timedelta()
    assert ahead(asked=date(2026, 12, 8), newest=midnight(28) + 10 * DAY, now=NOW) == 10 * DAY
    assert ahead(asked=date(2026, 11, 22), newest=midnight(22), now=NOW) == -6 * DAY
    later = NOW + 3 * DAY + timedelta(hours=5)
    assert NOW + ahead(asked=None, newest=later, now=NOW) == later  # loaded for a day to come, started without one
    worked = datetime(2026, 12, 8, 8, 0, tzinfo=UTC)
    assert NOW + ahead(asked=date(2026, 12, 8), newest=worked, now=NOW) == worked  # the same day, later than this hour
    assert ahead(asked=date(2026, 12, 9), newest=worked, now=NOW) == 11 * DAY
    with pytest.raises(Refused) as refused:
        ahead(asked=date(2026, 12, 7), newest=worked, now=NOW)
    assert "退不回 12月7日" in refused.value.sentence
    assert "--db" in refused.value.fix


def test_pages_and_jobs_of_the_demo_read_the_moved_clock_and_those_of_a_town_do_not() -> None:
    def read(settings: str) -> datetime:
        told = subprocess.run(
            [
                sys.executable,
                "-c",
                "import django; django.setup(); from django.utils import timezone as t; print(t.now())",
            ],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": settings, "LUOSHI_DEMO_AHEAD": "864000"},
            capture_output=True,
            text=True,
            check=True,
        )
        return datetime.fromisoformat(told.stdout.strip())

    assert abs(read("luoshi.demo.settings") - datetime.now(UTC) - 10 * DAY) < timedelta(minutes=2)
    assert abs(read("luoshi.settings") - datetime.now(UTC)) < timedelta(minutes=2)
