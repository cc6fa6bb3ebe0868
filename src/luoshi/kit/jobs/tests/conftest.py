from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from luoshi.kit.jobs import registry

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@pytest.fixture
def noon() -> datetime:
    return NOON


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """``job`` of a registry that holds nothing else and is put back afterwards."""
    monkeypatch.setattr(registry, "_kinds", {})
    return registry.job


@pytest.fixture
def threads_may_write(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Give threads a database in a file where the test's own is in memory, which two writers can't share."""
    if connection.vendor == "sqlite":
        path = str(tmp_path / "shared.sqlite3")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [path])
        monkeypatch.setitem(connections.settings, "default", {**connection.settings_dict, "NAME": path})
