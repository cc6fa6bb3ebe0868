"""Serving pages and doing jobs, for ``serve`` and for the demo."""

import argparse
import errno
import http.client
import importlib.util
import ipaddress
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

from luoshi.commands.database import prepare_database
from luoshi.commands.errors import WrongUse
from luoshi.commands.static import prepare_static
from luoshi.commands.supervisor import Child, keep_running

READY_WITHIN = 60.0
"""Seconds after which a program that does not answer says so and ends."""


def port_number(text: str) -> int:
    """A port from 1 to 65535, for argparse."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"端口要写 1 到 65535 的整数，给的是“{text}”")
    return int(text)


def check_port(host: str, port: int) -> None:
    """:raises WrongUse: where nobody could listen there."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError):
        raise WrongUse(f"不认识地址“{host}”。", "请写这台机器的 IP 地址，例如 --host 127.0.0.1。") from None
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except PermissionError:
            raise WrongUse(f"没有权限使用 {port} 端口。", "请换 1024 以上的端口，例如 --port 8001。") from None
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise WrongUse(f"这台机器没有“{host}”这个地址。", "请换 --host 127.0.0.1。") from None
            raise WrongUse(f"{port} 端口已被别的程序占用。", "请用 --port 换一个端口。") from None


def local(host: str) -> str:
    """The address at which this machine itself finds a server that listens at ``host``."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified:
        return "127.0.0.1" if address.version == 4 else "::1"
    return host


def page_address(host: str, port: int) -> str:
    name = local(host)
    return f"http://{f'[{name}]' if ':' in name else name}:{port}/"


def answers(host: str, port: int) -> bool:
    """Whether ``/healthz`` says that the program is ready."""
    connection = http.client.HTTPConnection(local(host), port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def leave_at_once(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


def serve(host: str, port: int, *, ready: Callable[[str], None], prepare: Callable[[], None] = lambda: None) -> int:
    """Make database and static files ready, then serve until SIGTERM or Ctrl-C; the exit code.

    ``prepare`` runs after the migrations, before the first request; ``ready`` is called once with the address when
    ``/healthz`` answers. Django must be set up.

    :raises WrongUse: where the port is taken or the database out of reach.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, leave_at_once)
    check_port(host, port)
    prepare_database()
    prepare_static()
    prepare()
    from django.db import connections

    connections.close_all()
    for connection in connections.all():
        if connection.vendor == "postgresql":
            connection.close_pool()  # type: ignore[attr-defined]  # only PostgreSQL's wrapper has it

    module = [sys.executable, "-m", "luoshi.commands.processes"]
    pages = Child("网页服务", [*module, "web", host, str(port)])
    children = [pages]
    if importlib.util.find_spec("luoshi.kit.jobs.worker"):
        children.append(Child("后台任务", [*module, "jobs"]))

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    begun = time.monotonic()
    outcome = {"ready": False, "code": 0}

    def tick() -> bool:
        if outcome["ready"]:
            return True
        if answers(host, port):
            outcome["ready"] = True
            ready(page_address(host, port))
        elif pages.process is None or time.monotonic() - begun > READY_WITHIN:
            print("网页服务没有起来。请看上面的报错；多半是端口或数据库有问题。", file=sys.stderr)
            outcome["code"] = 1
            return False
        return True

    keep_running(children, stop, tick)
    return int(outcome["code"])
