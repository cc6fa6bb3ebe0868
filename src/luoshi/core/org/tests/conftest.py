from datetime import datetime

import pytest

from luoshi.core.org.tests.people import Desk
from luoshi.testing.cast import Cast


@pytest.fixture
def desk(cast: Cast, now: datetime) -> Desk:
    return Desk(cast, now)
