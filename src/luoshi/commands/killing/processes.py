"""The processes that are killed: web workers, the whole web service, job workers, PostgreSQL; and who writes to SQLite.

Nothing is ever killed that was not started here: by the number that was kept, or a child of such a number as the kernel
tells it, held by a descriptor so that the number cannot have become another's.
"""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from luoshi.commands import postgres
from luoshi.commands.serving import answers
from luoshi.commands.supervisor import Child

BACK_WITHIN = 60.0
"""Seconds within which a killed service must answer again."""
WORKERS = 2
SHM_WRITER = 120
"""Byte of SQLite's shared memory file that is locked by whoever writes in WAL mode."""


class NotBack(Exception):
    """Something that was killed did not come back."""


def children_of(pid: int) -> list[int]:
    """The children of a process, as the kernel tells them."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                found += [int(one) for one in (task / "children").read_text().split()]
    return found


def _parent_of(pid: int) -> int:
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


def kill(pid: int, *, parent: int) -> bool:
    """SIGKILL a process that is a child of ``parent``, one of ours; whether it was there to be killed."""
    if pid <= 1 or parent <= 1:
        return False
    try:
        held = os.pidfd_open(pid)
    except OSError:
        return False
    try:
        if _parent_of(pid) != parent:
            return False
        signal.pidfd_send_signal(held, signal.SIGKILL)
    except OSError:
        return False
    finally:
        os.close(held)
    return True


class Service:
    """Web service and job workers on one database, as ``serve`` starts them."""

    def __init__(self, port: int, log: Path) -> None:
        self.port = port
        module = [sys.executable, "-m", "luoshi.commands.processes"]
        self.web = _Logged("web", [*module, "web", "127.0.0.1", str(port)], log)
        self.jobs = [_Logged(f"jobs{n}", [*module, "jobs"], log) for n in range(WORKERS)]

    def start(self) -> None:
        """Start whatever does not run."""
        for child in (self.web, *self.jobs):
            if child.ended():
                child.start(time.monotonic())

    def wait(self) -> None:
        """Until pages are answered. Raises ``NotBack``."""
        until = time.monotonic() + BACK_WITHIN
        while not answers("127.0.0.1", self.port):
            self.start()
            if time.monotonic() > until:
                raise NotBack("网页服务没有恢复")
            time.sleep(0.05)

    def stop(self) -> None:
        """Kill all of it."""
        for child in (self.web, *self.jobs):
            child.kill()

    def web_workers(self) -> list[int]:
        """The workers that answer requests (beside them the service keeps a helper of Python's)."""
        main = self.web.process.pid if self.web.process else 0
        return [pid for pid in children_of(main) if "resource_tracker" not in _command(pid)]

    def kill_web_worker(self, luck: int) -> int:
        """The killed process, 0 where none was there."""
        workers = self.web_workers()
        main = self.web.process.pid if self.web.process else 0
        pid = workers[luck % len(workers)] if workers else 0
        return pid if pid and kill(pid, parent=main) else 0

    def kill_web(self) -> int:
        return self.web.kill()

    def kill_jobs(self, luck: int) -> int:
        return self.jobs[luck % len(self.jobs)].kill()

    def kill_writer(self, database: Path, *, within: float) -> int:
        """Whichever of our processes writes to the SQLite file first within so many seconds."""
        inode = Path(f"{database}-shm").stat().st_ino
        until = time.monotonic() + within
        while time.monotonic() < until:
            pid = _writer(inode)
            if pid == 0:
                time.sleep(0.0005)
                continue
            for child in self.jobs:
                if child.process is not None and child.process.pid == pid:
                    return child.kill()
            if self.web.process is not None and kill(pid, parent=self.web.process.pid):
                return pid
            time.sleep(0.0005)
        return 0


class _Logged(Child):
    """A child whose complaints go into a file: there are many while things are killed."""

    def __init__(self, name: str, command: list[str], log: Path) -> None:
        super().__init__(name, ["sh", "-c", 'exec "$@" >>"$LUOSHI_KILL_LOG" 2>&1', "sh", *command])
        os.environ["LUOSHI_KILL_LOG"] = str(log)

    def kill(self) -> int:
        """Kill it with all of its group; its number, 0 where it was gone already."""
        if self.ended() or self.process is None:
            return 0
        pid = self.process.pid
        self.signal(signal.SIGKILL)
        self.process.wait()
        self.process = None
        return pid


def _command(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return "resource_tracker"


def _writer(inode: int) -> int:
    """The process that holds the lock of a writer on this shared memory file."""
    for line in Path("/proc/locks").read_text().splitlines():
        parts = line.split()
        if "->" in parts or len(parts) < 8 or parts[3] != "WRITE" or not parts[5].endswith(f":{inode}"):
            continue
        if parts[6] == str(SHM_WRITER):
            return int(parts[4])
    return 0


class Cluster:
    """A PostgreSQL cluster of our own, with the durability of a real one, that can be killed and started again."""

    def __init__(self, binaries: Path) -> None:
        self.binaries = binaries
        self.prefix = ["runuser", "-u", postgres.ACCOUNT, "--"] if os.geteuid() == 0 else []
        self.home = Path(tempfile.mkdtemp(prefix="luoshi-kill-pg-"))
        if self.prefix:
            shutil.chown(self.home, postgres.ACCOUNT)
        self.data, self.port, self.word = self.home / "data", postgres.free_port(), secrets.token_hex(12)
        self.postmaster = 0

    @property
    def url(self) -> str:
        return f"postgres://{postgres.ACCOUNT}:{quote(self.word)}@127.0.0.1:{self.port}/postgres"

    def _run(self, program: str, *arguments: str) -> None:
        with (self.home / "said").open("w+") as said:
            done = subprocess.run(
                [*self.prefix, str(self.binaries / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                cwd=self.home,
                check=False,
            )
            if done.returncode:
                said.seek(0)
                raise postgres.ClusterFailed(said.read().strip()[-1500:])

    def make(self) -> None:
        password = self.home / "password"
        password.write_text(self.word)
        password.chmod(0o600)
        if self.prefix:
            shutil.chown(password, postgres.ACCOUNT)
        self._run(
            "initdb",
            *("-D", str(self.data), "-U", postgres.ACCOUNT, "-E", "UTF8", "--locale=C.UTF-8"),
            *("-A", "scram-sha-256", f"--pwfile={password}"),
        )
        self.start()

    def start(self) -> None:
        """Start it; what was killed may need some moments until the last of it is gone. Raises ``NotBack``."""
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.home} -c max_connections=60"
            " -c timezone=Asia/Shanghai -c shared_buffers=64MB"
        )
        until = time.monotonic() + BACK_WITHIN
        while True:
            try:
                self._run(
                    "pg_ctl",
                    *("-D", str(self.data), "-l", str(self.home / "log"), "-w", "-t", "30", "-o", options, "start"),
                )
                break
            except postgres.ClusterFailed as error:
                if time.monotonic() > until:
                    raise NotBack(f"PostgreSQL 没有恢复：{error}") from None
                time.sleep(0.2)
        self.postmaster = int((self.data / "postmaster.pid").read_text().split()[0])

    def kill(self) -> int:
        """The server itself, known by its number and its folder. Its other processes see that it is gone and end."""
        pid = self.postmaster
        if pid <= 1:
            return 0
        try:
            held = os.pidfd_open(pid)
        except OSError:
            return 0
        try:
            if str(self.data) not in _command(pid):
                return 0
            signal.pidfd_send_signal(held, signal.SIGKILL)
        except OSError:
            return 0
        finally:
            os.close(held)
        return pid

    def kill_backend(self, luck: int) -> int:
        """One process that serves a connection; the server then starts all of its processes anew."""
        serving = [pid for pid in children_of(self.postmaster) if "127.0.0.1(" in _command(pid)]
        pid = serving[luck % len(serving)] if serving else 0
        return pid if pid and kill(pid, parent=self.postmaster) else 0

    def remove(self) -> None:
        with contextlib.suppress(postgres.ClusterFailed):
            self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "-w", "-t", "20", "stop")
        shutil.rmtree(self.home, ignore_errors=True)


@contextlib.contextmanager
def cluster(binaries: Path) -> Iterator[Cluster]:
    """A cluster that is gone afterwards."""
    made = Cluster(binaries)
    try:
        made.make()
        yield made
    finally:
        made.remove()


def log_tail(log: Path, lines: int = 40) -> str:
    """The end of what the processes complained of."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""
