"""Child processes that live and die with their parent.

Every child leads a process group of its own, so that what it starts itself ends with it; nothing is ever ended by name.
Should the parent be killed outright, Linux tells its children to end.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

PR_SET_PDEATHSIG = 1
GRACE = 6.0
"""Seconds that a child has to end by itself after SIGTERM."""
STEADY = 30.0
"""Seconds after which a child counts as well again, and the pause before its next restart is short again."""
LONGEST_PAUSE = 30.0
TICK = 0.2


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One process that is kept running: ``name`` for messages, ``command`` to start it with."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    pause: float = 1.0
    started: float = 0.0
    due: float = field(default=0.0)

    def start(self, now: float) -> None:
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )
        self.started = now

    def ended(self) -> bool:
        """Whether it is gone; then the rest of its group is gone too, before its number can be given to another."""
        if self.process is None:
            return True
        found = os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if found is None:
            return False
        self.signal(signal.SIGKILL)
        self.process.wait()
        self.process = None
        return True

    def signal(self, number: int) -> None:
        if self.process is not None and self.process.pid > 1:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def ask_to_end(self) -> None:
        """Only the leader is asked: it ends its own workers in order."""
        if self.process is not None and self.process.pid > 1:
            self.process.terminate()


def stop_all(children: Sequence[Child]) -> None:
    """End every child: asked first, made to after ``GRACE`` seconds."""
    for child in children:
        child.ask_to_end()
    until = time.monotonic() + GRACE
    left = list(children)
    while left := [child for child in left if not child.ended()]:
        if time.monotonic() > until:
            for child in left:
                child.signal(signal.SIGKILL)
            until = float("inf")
        time.sleep(0.05)


def keep_running(children: Sequence[Child], stop: threading.Event, tick: Callable[[], bool]) -> None:
    """Start the children and keep them running until ``stop`` is set or ``tick`` (called five times a second) says no.

    A child that ends is started again after a pause that doubles from 1 to 30 seconds while it keeps ending.
    """
    try:
        for child in children:
            child.start(time.monotonic())
        while not stop.wait(TICK) and tick():
            now = time.monotonic()
            for child in children:
                if child.process is not None and child.ended():
                    child.pause = 1.0 if now - child.started > STEADY else min(child.pause * 2, LONGEST_PAUSE)
                    child.due = now + child.pause
                    print(f"{child.name}停了，{child.pause:.0f} 秒后重新启动。", file=sys.stderr, flush=True)
                elif child.process is None and now >= child.due:
                    child.start(now)
    finally:
        stop_all(children)
