"""The real settings at the demo's own moment, for its pages and jobs: a history told up to another day goes on from there."""

import os

from luoshi.kit.clock import move
from luoshi.settings import *  # noqa: F403 - a settings module builds on another by name

move(float(os.environ.get("LUOSHI_DEMO_AHEAD", "0")))
