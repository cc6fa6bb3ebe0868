"""The stage, built on the cast at the moment of the tests."""

from datetime import datetime

import pytest

from luoshi.core.matters.tests.stage import Stage
from luoshi.testing.cast import Cast


@pytest.fixture
def stage(cast: Cast, now: datetime) -> Stage:
    return Stage(cast, now)
