"""Fixtures for every test: ``now`` (a moment of the tests) and ``cast`` (made at that moment)."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

if TYPE_CHECKING:
    from luoshi.testing.cast import Cast


@pytest.fixture
def now() -> datetime:
    """Wednesday, 25 November 2026, 10:00 in the town; a working day."""
    return datetime(2026, 11, 25, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def cast(db: None, now: datetime) -> "Cast":
    """The cast, founded 30 days before ``now``. Days and deadlines of a test count from ``now``."""
    from luoshi.testing.cast import make_cast  # the models are ready only now

    return make_cast(now - timedelta(days=30))
