"""The desk, built on the cast at the moment of the tests, with three matters: two open, one of them overdue."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from luoshi.core.matters.models import State
from luoshi.core.matters.tests.stage import Stage
from luoshi.core.papers.tests.desk import Desk
from luoshi.testing.cast import Cast


@pytest.fixture
def desk(cast: Cast, now: datetime) -> Iterator[Desk]:
    stage = Stage(cast, now - timedelta(days=12))
    stage.at_state(State.WORKING, title="水渠堵塞", raisers=[])
    stage.at = now - timedelta(hours=3)
    stage.at_state(State.WORKING, title="路灯不亮", raisers=[])
    found = Desk(stage)
    with found.clock():
        yield found
