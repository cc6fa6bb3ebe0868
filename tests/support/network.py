"""No test reaches beyond this machine."""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest


class NetworkBlocked(RuntimeError):
    """A test tried to reach another machine."""


def is_here(address: Any) -> bool:
    """Whether a socket address is this machine: a unix socket, a loopback address, or its name."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0])
    if host in {"", "localhost"}:
        return True
    try:
        ip = ipaddress.ip_address(host.split("%")[0])
    except ValueError:
        return False
    return ip.is_loopback or ip.is_unspecified


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Connecting, sending and looking up names stay on the loopback."""
    patch = pytest.MonkeyPatch()

    def guarded(name: str, place: int) -> None:
        real = getattr(socket.socket, name)

        def guard(self: socket.socket, *args: Any) -> Any:
            if self.family in {socket.AF_INET, socket.AF_INET6} and not is_here(args[place]):
                raise NetworkBlocked(f"a test reached for {args[place]}")
            return real(self, *args)

        patch.setattr(socket.socket, name, guard)

    guarded("connect", 0)
    guarded("connect_ex", 0)
    guarded("sendto", -1)
    real_lookup = socket.getaddrinfo

    def lookup(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and not is_here((name,)):
            raise NetworkBlocked(f"a test looked up {name}")
        return real_lookup(host, *args, **kwargs)

    patch.setattr(socket, "getaddrinfo", lookup)
    yield
    patch.undo()
