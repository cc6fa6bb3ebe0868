"""Readers of the tests are texts; the ledger is that of jobs whose kind begins with the reader."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from luoshi.kit.exports import registry
from luoshi.kit.jobs.models import Job
from luoshi.kit.ledgers import registry as ledgers
from luoshi.kit.ledgers.model import Ledger
from luoshi.kit.ledgers.tests.conftest import LEDGER


@pytest.fixture
def rights() -> dict[str, str]:
    """What each reader may at the moment: anything but the empty text opens the ledger."""
    return {"t.": "clerk", "u.": "clerk"}


@pytest.fixture(autouse=True)
def ledger(
    rights: dict[str, str], settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Ledger[Job]]:
    settings.MEDIA_ROOT = tmp_path / "files"
    monkeypatch.setattr(ledgers, "_ledgers", {})
    ledgers.register(LEDGER)
    readers = registry.Readers(
        ref=lambda actor: actor or "",
        again=lambda ref, at: ref if rights[ref] else None,
        standing=lambda actor: rights[actor],
    )
    registry.register(readers)
    yield LEDGER
    registry.unregister(readers)
