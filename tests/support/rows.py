"""Keeps how the tests of each row of the mission went, for ``./luoshi rows``.

A test names its rows with ``@pytest.mark.row("1.6")``. After a run the tests that ran are written over what was kept in
``rows.json`` of the var folder, apart for each kind of database; what did not run stays as it was.
"""

from __future__ import annotations

import fcntl
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

ROW = "row"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The rows travel with the reports, so that they arrive from other processes too."""
    for item in items:
        for mark in item.iter_markers(ROW):
            for number in mark.args:
                item.user_properties.append((ROW, str(number)))


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Recorder(), "luoshi-rows")


class Recorder:
    """Counts outcomes by test (parameters together) and keeps them when the run ends."""

    def __init__(self) -> None:
        self.outcomes: dict[str, dict[str, str]] = {}
        self.rows: dict[str, list[str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        numbers = sorted({str(value) for name, value in report.user_properties if name == ROW})
        if not numbers or (report.when != "call" and report.outcome == "passed"):
            return
        test = report.nodeid.split("[")[0]
        self.rows[test] = numbers
        seen = self.outcomes.setdefault(test, {})
        if seen.get(report.nodeid) != "failed":
            seen[report.nodeid] = report.outcome

    def pytest_sessionfinish(self) -> None:
        if self.rows:
            keep(Path(settings.VAR) / "rows.json", backend(), self.rows, self.outcomes)


def backend() -> str:
    return "postgresql" if "postgresql" in settings.DATABASES["default"]["ENGINE"] else "sqlite"


def keep(path: Path, database: str, rows: dict[str, list[str]], outcomes: dict[str, dict[str, str]]) -> None:
    """Write the outcomes of one run over those kept for the same tests and database."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            kept = {}
        for test, numbers in rows.items():
            entry = kept.setdefault(test, {"rows": [], "outcomes": {}})
            entry["rows"] = numbers
            entry["outcomes"][database] = dict(Counter(outcomes[test].values()))
        part = path.with_suffix(".part")
        part.write_text(json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")
        part.replace(path)
