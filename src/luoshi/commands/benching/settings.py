"""The real settings at the benchmark's own moment: its rows are of that day, and so is what people see of them."""

import os
from datetime import datetime, timedelta

from django.utils import timezone

from luoshi.settings import *  # noqa: F403 - a settings module builds on another by name

_ahead = timedelta(seconds=float(os.environ.get("LUOSHI_BENCH_AHEAD", "0")))
_now = timezone.now


def _moved() -> datetime:
    return _now() + _ahead


timezone.now = _moved
