from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from luoshi.chapters.review.selfreview.tests.stage import Room
from luoshi.testing.cast import Cast


@pytest.fixture
def room(cast: Cast, now: datetime) -> Room:
    """A round that has just been opened, with a week to go."""
    room = Room(cast, now)
    room.open(deadline=timezone.localdate(now) + timedelta(days=7))
    return room
