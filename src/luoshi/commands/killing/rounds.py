"""The whole of it for one database, in a process of its own: ``python -m luoshi.commands.killing.rounds …``.

One town lives through all kills. After each, what was killed is started again, what was pressed meanwhile is looked
at; at the end everything is.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from luoshi.commands.killing.clients import Clients
    from luoshi.commands.killing.processes import Cluster, Service

LONGEST_LIFE = 0.9
"""Seconds between a service that answers and the next kill, at most."""
BACKLOG = 6
DRAINED_WITHIN = 180.0
RECURRING = ("seal", "notices.deliver")
KINDS = {
    "sqlite": ("web worker", "web", "jobs", "writer"),
    "postgresql": ("web worker", "web", "jobs", "postmaster", "backend"),
}


class Killing:
    """One database, its service, its clients, and what was found."""

    def __init__(self, service: "Service", clients: "Clients", cluster: "Cluster | None", luck: random.Random) -> None:
        from luoshi.commands.killing.checking import Findings

        self.service, self.clients, self.cluster, self.luck = service, clients, cluster, luck
        self.findings = Findings()
        self.killed: Counter[str] = Counter()
        self.enqueued: list[int] = []
        self._looked = 0

    def run(self, count: int, told: Callable[[int], None]) -> None:
        """So many kills, of every kind alike, in random order."""
        kinds = KINDS["postgresql" if self.cluster else "sqlite"]
        deck = [kinds[n % len(kinds)] for n in range(count)]
        self.luck.shuffle(deck)
        for number, kind in enumerate(deck, 1):
            self.service.start()
            self.service.wait()
            self._more_jobs()
            time.sleep(self.luck.uniform(0, LONGEST_LIFE))
            self._kill(kind)
            self._look()
            told(number)

    def _kill(self, kind: str) -> None:
        from luoshi.commands.killing.processes import NotBack

        until = time.monotonic() + 60
        pid = 0
        while not pid:
            if time.monotonic() > until:
                raise NotBack(f"六十秒里没有可杀的进程：{kind}")
            luck = self.luck.randrange(1 << 30)
            if kind == "web worker":
                pid = self.service.kill_web_worker(luck)
            elif kind == "web":
                pid = self.service.kill_web()
            elif kind == "jobs":
                pid = self.service.kill_jobs(luck)
            elif kind == "writer":
                pid = self.service.kill_writer(_database_file(), within=5.0)
            elif self.cluster and kind == "postmaster":
                pid = self.cluster.kill()
            elif self.cluster:
                pid = self.cluster.kill_backend(luck)
            if not pid:
                self.service.start()
                time.sleep(0.02)
        self.killed[kind] += 1
        if kind == "postmaster" and self.cluster:
            self.cluster.start()
        self.service.start()
        self._age(pid if kind in ("jobs", "writer") else None)

    def _age(self, pid: int | None) -> None:
        """The lease of the killed worker runs out at once, so that another need not be waited for.

        After the database was killed all leases do: a worker that lives then meets another with the same job.
        """
        from django.utils import timezone

        from luoshi.kit.jobs.models import Job

        def age() -> None:
            running = Job.objects.filter(state=Job.State.RUNNING)
            if pid is not None:
                running = running.filter(owner__contains=f":{pid}:")
            running.update(lease_until=timezone.now() - timedelta(seconds=1))

        patiently(age)

    def _more_jobs(self) -> None:
        """So many probes wait always; the recurring work that counts is due at once."""
        from django.db import transaction
        from django.utils import timezone

        from luoshi.commands.killing.probe.jobs import LONG, SHORT
        from luoshi.kit.jobs import actions
        from luoshi.kit.jobs.models import Job, Schedule

        def put_down() -> None:
            now = timezone.now()
            waiting = Job.objects.filter(kind__in=[SHORT, LONG], state__in=[Job.State.READY, Job.State.RUNNING]).count()
            for number in range(waiting, BACKLOG):
                with transaction.atomic():
                    job = actions.enqueue(SHORT if number % 2 else LONG, {}, at=now)
                self.enqueued.append(job.pk)
            Schedule.objects.filter(kind__in=RECURRING).update(next_at=now)

        patiently(put_down)

    def _look(self) -> None:
        """What was pressed since the last kill and is over."""
        from luoshi.commands.killing.checking import check

        with self.clients.known.lock:
            fresh = list(self.clients.known.presses[self._looked :])
        over = []
        for press in fresh:
            if not press.over:
                break
            over.append(press)
        self._looked += len(over)
        patiently(lambda: in_one_look(lambda: check(over, self.findings, count=False)))

    def drain(self) -> None:
        """Everybody stops pressing; what was put down is done to its end."""
        from django.utils import timezone

        from luoshi.kit.jobs.models import Job, Schedule

        self.clients.end()
        until, sealed = time.monotonic() + DRAINED_WITHIN, 0
        waiting = Job.objects.filter(state__in=[Job.State.READY, Job.State.RUNNING])
        while time.monotonic() < until:
            self.service.start()

            def hurry() -> int:
                now = timezone.now()
                waiting.filter(state=Job.State.READY).update(run_at=now)
                left = waiting.exclude(kind__in=_recurring()).count()
                if not left:
                    Schedule.objects.filter(kind__in=RECURRING).update(next_at=now)
                return left

            left = patiently(hurry)
            sealed = sealed + 1 if not left and not patiently(_unsealed) else 0
            if sealed > 2:
                return
            time.sleep(0.5)
        self.findings.say("三分钟里没有办完排队的后台任务")

    def check_all(self, seals_before: int) -> None:
        """Everything, when nothing runs any more."""
        from luoshi.commands.killing import checking

        known = self.clients.known
        checking.check(known.presses, self.findings, count=True)
        checking.check_imports(known.imports, self.findings)
        checking.check_jobs(self.enqueued, self.findings)
        checking.check_exports(known.exports, self.findings)
        checking.check_whole(self.findings, seals_before=seals_before)
        for words in known.refused[:20]:
            self.findings.say(f"没有想到的拒绝：{words}")


def _recurring() -> list[str]:
    from luoshi.kit.jobs import registry

    return [kind.name for kind in registry.recurring()]


def _unsealed() -> bool:
    from luoshi.core.journal.models import Outbox

    return Outbox.objects.filter(consumer="seal").exists()


def _database_file() -> Path:
    from luoshi.commands.database import sqlite_file

    return Path(sqlite_file(os.environ["DATABASE_URL"]))


def patiently(act: Callable[[], Any], *, within: float = 60.0) -> Any:
    """What ``act`` returns, tried again while the database is away."""
    from django.db import DatabaseError, InterfaceError, connection

    until = time.monotonic() + within
    while True:
        try:
            return act()
        except (DatabaseError, InterfaceError):
            connection.close()
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def in_one_look(act: Callable[[], None]) -> None:
    """Everything that ``act`` reads is of one moment."""
    from django.db import connection, transaction

    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        act()


@contextlib.contextmanager
def database(kind: str, folder: Path) -> "Iterator[Cluster | None]":
    """An empty database of this kind, named in the environment."""
    from luoshi.commands import postgres
    from luoshi.commands.killing.processes import cluster

    if kind == "sqlite":
        os.environ["DATABASE_URL"] = f"sqlite:///{quote(str(folder / 'kill.sqlite3'))}"
        yield None
        return
    binaries = postgres.binaries()
    if binaries is None:
        raise postgres.ClusterFailed("没有 PostgreSQL")
    with cluster(binaries) as made:
        os.environ["DATABASE_URL"] = made.url
        yield made


def leave(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def run(kind: str, count: int, seed: int, folder: Path) -> dict[str, Any]:
    """Found a town, kill so often, and say what was found."""
    from luoshi.commands.postgres import free_port

    os.environ |= {
        "LUOSHI_VAR": str(folder),
        "DJANGO_SETTINGS_MODULE": "luoshi.commands.killing.settings",
        "LUOSHI_HTTPS": "1",
        "LUOSHI_KILLING": "watch",
    }
    begun = time.monotonic()
    with database(kind, folder) as made:
        import django

        django.setup()
        from luoshi.commands.database import prepare_database
        from luoshi.commands.killing import town
        from luoshi.commands.killing.clients import Clients
        from luoshi.commands.killing.processes import NotBack, Service, log_tail
        from luoshi.commands.static import prepare_static
        from luoshi.core.journal import sealing
        from luoshi.core.journal.models import Seal

        prepare_database()
        prepare_static()
        found = town.found()
        from django.utils import timezone

        sealing.seal_all(at=timezone.now())
        seals_before = Seal.objects.count()
        os.environ["LUOSHI_KILLING"] = "work"
        port, log = free_port(), folder / "processes.log"
        service = Service(port, log)
        luck = random.Random(seed)  # noqa: S311 - chance, no secret
        killing = Killing(service, Clients(port, found, seed), made, luck)

        def told(number: int) -> None:
            if number % 10 == 0 or number == count:
                print(f"{kind}：杀了 {number} 次，{time.monotonic() - begun:.0f} 秒", file=sys.stderr, flush=True)

        try:
            service.start()
            service.wait()
            killing.clients.start()
            killing.run(count, told)
            killing.drain()
            service.stop()
            killing.check_all(seals_before)
        except NotBack as error:
            killing.findings.say(f"{error}。进程最后说的：\n{log_tail(log)}")
        finally:
            killing.clients.stop.set()
            service.stop()
            from django.db import connections

            connections.close_all()
    return {
        "kind": kind,
        "seconds": round(time.monotonic() - begun),
        "killed": dict(killing.killed),
        "counts": {name: asdict(one) for name, one in killing.findings.counts.items()},
        "numbers": killing.findings.numbers,
        "wrong": killing.findings.wrong,
    }


def main() -> int:
    """Write what was found to ``--json``; 0, also where something is wrong: whoever started this reads it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kind", choices=sorted(KINDS), required=True)
    parser.add_argument("--kills", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--json", type=Path, required=True)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, leave)
    found = run(options.kind, options.kills, options.seed, options.folder)
    options.json.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
