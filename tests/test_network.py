"""Tests stay on this machine."""

import socket
import threading

import pytest

from tests.support.network import NetworkBlocked, is_here


def test_a_test_reaches_this_machine_and_no_other() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        answering = threading.Thread(target=lambda: server.accept()[0].close())
        answering.start()
        socket.create_connection(server.getsockname(), timeout=2).close()
        answering.join()
    with pytest.raises(NetworkBlocked), socket.socket() as outside:
        outside.connect(("192.0.2.1", 80))
    with pytest.raises(NetworkBlocked):
        socket.getaddrinfo("example.org", 80)


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("/run/socket", True),
        (("127.0.0.9", 1), True),
        (("::1", 1, 0, 0), True),
        (("localhost", 1), True),
        (("10.0.0.1", 1), False),
        (("2001:db8::1", 1, 0, 0), False),
        (("example.org", 1), False),
    ],
)
def test_only_loopback_and_unix_sockets_count_as_here(address: object, here: bool) -> None:
    assert is_here(address) is here
