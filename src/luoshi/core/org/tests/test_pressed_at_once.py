"""Two people press at the same moment: one is served, the other is told why not, and nothing is done twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from luoshi.core.org import actions
from luoshi.core.org.models import Account
from luoshi.core.org.tests.people import Desk, post_of
from luoshi.kit.errors import Refused
from luoshi.testing.cast import MAKER, make_cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def busy(transactional_db: None, now) -> Desk:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one writer in at a time: there is nobody to race with")
    return Desk(make_cast(now - timedelta(days=30)), now)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """What became of each act: ``done``, or the code of its refusal."""
    ready = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        try:
            ready.wait(10)
            act()
            return "done"
        except Refused as said:
            return said.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def test_one_username_opens_one_account(busy: Desk) -> None:
    people = [actions.add_person(town=busy.cast.town, name=n, by=MAKER, at=busy.now) for n in ("甲", "乙")]
    told = at_once(*(lambda p=p: actions.open_account(p, username="same", by=MAKER, at=busy.now) for p in people))
    assert told == ["done", "org.username_taken"]
    assert Account.objects.filter(username="same").count() == 1


def test_one_appointment_is_made_once(busy: Desk) -> None:
    post, keeper = post_of(busy.cast.office), busy.organisation

    def appoint() -> None:
        actions.appoint(busy.cast.clerk, post, starts_on=busy.today, by=keeper, at=busy.now)

    assert at_once(appoint, appoint) == ["done", "org.already_appointed"]
    assert busy.cast.clerk.appointments.filter(post=post).count() == 1


def test_one_slip_sets_one_password(busy: Desk) -> None:
    code = actions.make_reset_slip(busy.cast.clerk.account, by=busy.organisation, at=busy.now)
    uses = [
        lambda word=word: actions.use_reset_slip(
            username="zhaoxiaolan", code=code, password=f"Qingshan-{word}", at=busy.now
        )
        for word in ("one", "two")
    ]
    assert at_once(*uses) == ["done", "org.slip_invalid"]
