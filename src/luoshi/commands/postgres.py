"""A PostgreSQL cluster that lives as long as the tests: own folder, own socket, nothing kept."""

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

ACCOUNT = "postgres"
START_SECONDS = "60"
OPTIONS = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60 -c timezone=Asia/Shanghai"
)
"""Durability is switched off: the cluster is thrown away. Nothing listens on an address but the loopback."""


class ClusterFailed(Exception):
    """The cluster could not be made or started; the message is what PostgreSQL said."""


def binaries() -> Path | None:
    """Folder with ``initdb``, ``pg_ctl`` and ``postgres``; Debian keeps it out of the path."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda folder: float(folder.parent.name) if folder.parent.name.replace(".", "").isdigit() else 0,
        reverse=True,
    )
    if found := shutil.which("pg_ctl"):
        folders.append(Path(found).resolve().parent)
    needed = ("initdb", "pg_ctl", "postgres")
    return next((folder for folder in folders if all((folder / name).is_file() for name in needed)), None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Address of the database of a fresh cluster; on leaving, the server that was started is stopped and its files go.

    :raises ClusterFailed: where PostgreSQL cannot make or start it (it refuses root, so root becomes ``postgres``).
    """
    prefix = ["runuser", "-u", ACCOUNT, "--"] if os.geteuid() == 0 else []
    home = Path(tempfile.mkdtemp(prefix="luoshi-pg-"))
    if prefix:
        shutil.chown(home, ACCOUNT)
    data, port, word = home / "data", free_port(), secrets.token_hex(12)

    def run(program: str, *arguments: str) -> None:
        done = subprocess.run(
            [*prefix, str(folder / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=home,
            text=True,
            errors="replace",
            check=False,
        )
        if done.returncode:
            raise ClusterFailed(done.stdout.strip()[-1500:])

    try:
        password = home / "password"
        password.write_text(word)
        password.chmod(0o600)
        if prefix:
            shutil.chown(password, ACCOUNT)
        run(
            "initdb",
            *("-D", str(data), "-U", ACCOUNT, "-E", "UTF8", "--locale=C.UTF-8"),
            *("-A", "scram-sha-256", f"--pwfile={password}", "--no-sync"),
        )
        options = f"-p {port} -c listen_addresses=127.0.0.1 -k {home} {OPTIONS}"
        run(
            "pg_ctl",
            *("-D", str(data), "-l", str(home / "log"), "-w", "-t", START_SECONDS, "-o", options, "start"),
        )
        try:
            yield f"postgres://{ACCOUNT}:{quote(word)}@127.0.0.1:{port}/postgres"
        finally:
            with contextlib.suppress(ClusterFailed):
                run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "-t", "20", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)
