"""The real settings at the benchmark's own moment: its rows are of that day, and so is what people see of them."""

import os

from luoshi.kit.clock import move
from luoshi.settings import *  # noqa: F403 - a settings module builds on another by name

move(float(os.environ.get("LUOSHI_BENCH_AHEAD", "0")))
