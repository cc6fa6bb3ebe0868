"""The real server beside the people: web service and job worker."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from luoshi.commands.benching.town import AT
from luoshi.commands.killing.processes import children_of
from luoshi.commands.postgres import free_port
from luoshi.commands.serving import answers
from luoshi.commands.supervisor import Child, stop_all


@contextmanager
def serving(log: Path) -> Iterator[tuple[int, Callable[[], float]]]:
    """The web service and the job worker as ``serve`` starts them: the port, and the processor seconds of the web service.

    RuntimeError: they do not answer.
    """
    ahead = AT.timestamp() - time.time()
    environment = {
        "DJANGO_SETTINGS_MODULE": "luoshi.commands.benching.settings",
        "LUOSHI_BENCH_AHEAD": str(ahead),
        "LUOSHI_HTTPS": "1",
        "LUOSHI_BENCH_LOG": str(log),
    }
    before = {name: os.environ.get(name) for name in environment}
    os.environ |= environment
    port = free_port()
    shell = ["sh", "-c", 'exec "$@" >>"$LUOSHI_BENCH_LOG" 2>&1', "sh", sys.executable]
    module = [*shell, "-m", "luoshi.commands.processes"]
    children = [Child("web", [*module, "web", "127.0.0.1", str(port)]), Child("jobs", [*module, "jobs"])]
    try:
        for child in children:
            child.start(time.monotonic())
        until = time.monotonic() + 60
        while not answers("127.0.0.1", port):
            if time.monotonic() > until:
                raise RuntimeError(f"the server does not answer, see {log}")
            time.sleep(0.1)
        main = children[0].process.pid if children[0].process else 0
        yield port, lambda: processor_seconds(main)
    finally:
        stop_all([child for child in children if child.process is not None])
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def processor_seconds(main: int) -> float:
    """What a process and its children have used of the processor; this bears a busy machine better than any clock."""
    ticks = 0
    for pid in (main, *children_of(main)):
        with suppress(OSError, ValueError, IndexError):
            ticks += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")
