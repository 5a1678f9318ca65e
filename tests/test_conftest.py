"""The guard that keeps tests on this machine guards, and each worker begins with its share of the longest tests."""

from __future__ import annotations

import socket

import pytest

from tests.conftest import NetworkUsed, deal, is_here


@pytest.mark.parametrize(
    ("address", "here"),
    [
        (("127.0.0.1", 80), True),
        (("127.9.9.9", 80), True),
        (("::1", 80, 0, 0), True),
        (("localhost", 80), True),
        ("/run/socket", True),
        (("192.0.2.1", 80), False),
        (("2001:db8::1", 80, 0, 0), False),
        (("example.com", 80), False),
    ],
    ids=str,
)
def test_tells_this_machine_from_others(address: object, here: bool) -> None:
    assert is_here(address) == here


def test_refuses_connections_to_other_machines() -> None:
    with socket.socket() as client, pytest.raises(NetworkUsed, match=r"192\.0\.2\.1"):
        client.connect(("192.0.2.1", 80))


def test_refuses_datagrams_to_other_machines() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as client, pytest.raises(NetworkUsed, match=r"192\.0\.2\.1"):
        client.sendto(b"hello", ("192.0.2.1", 53))


def test_refuses_to_look_up_other_machines() -> None:
    with pytest.raises(NetworkUsed, match=r"example\.com"):
        socket.create_connection(("example.com", 80))


def test_lets_connections_to_this_machine_through() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        client.sendall(b"hello")
        connection, _ = server.accept()
        with connection:
            assert connection.recv(5) == b"hello"


@pytest.mark.parametrize(
    ("workers", "order"),
    [(1, "ABCdefghij"), (2, "ACdefBghij"), (3, "AdeBfgChij"), (4, "AdBeCfghij"), (20, "ABCdefghij")],
)
def test_each_worker_begins_with_its_share_of_the_longest_tests(workers: int, order: str) -> None:
    assert "".join(deal(list("dAefBghCij"), workers, str.isupper)) == order
