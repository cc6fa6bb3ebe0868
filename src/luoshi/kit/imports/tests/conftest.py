"""The toys are an import while a test runs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from luoshi.kit.imports import registry
from luoshi.kit.imports.tests.toy import TOYS


@pytest.fixture(autouse=True)
def _toys(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path / "files"
    registry.register(TOYS)
    yield
    registry.unregister("toys")
