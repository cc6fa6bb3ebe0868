"""Which tests the second of two passes runs: ``./luoshi test`` goes through the suite on SQLite and on PostgreSQL.

A test that never opens the tests' database gives the same answer on either, so that one of the passes is enough for it.
With ``--database-only`` the others are left out. A test that asks for its kind of database in another way than by a
fixture bears ``@pytest.mark.database``.
"""

from __future__ import annotations

import pytest

FIXTURES = frozenset({"db", "transactional_db", "django_db_setup", "live_server"})
MARKS = ("django_db", "database")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="leave out tests that open no database")


def asks_the_database(item: pytest.Item) -> bool:
    fixtures: list[str] = getattr(item, "fixturenames", [])
    return not FIXTURES.isdisjoint(fixtures) or any(item.get_closest_marker(mark) for mark in MARKS)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--database-only"):
        return
    left_out = [item for item in items if not asks_the_database(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if asks_the_database(item)]
