"""What runs inside the children of ``serve``: ``python -m luoshi.commands.processes web HOST PORT`` or ``… jobs``."""

import os
import signal
import sys
import threading

WORKERS = 2
THREADS = 4
WORKER_GRACE = 4
"""Seconds that a web worker has for the requests in hand."""


def web(host: str, port: int) -> None:
    """Answer requests until SIGTERM."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "luoshi.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=WORKERS,
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=WORKER_GRACE,
    ).serve()


def jobs() -> None:
    """Do jobs until SIGTERM."""
    import django

    django.setup()
    from luoshi.kit.jobs import worker

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    worker.run(stop)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luoshi.settings")
    if sys.argv[1] == "web":
        web(sys.argv[2], int(sys.argv[3]))
    else:
        jobs()
