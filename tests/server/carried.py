"""A tunnel between two sockets of a test, driven until both ends are done."""

from __future__ import annotations

import select
import socket
import threading

from tracker.server.tunnels import Peers, Tunnel


def carried_through_a_tunnel(sent: bytes, *, answer: bytes) -> tuple[bytes, bytes]:
    """What the far end of a tunnel receives of `sent`, and its near end of the `answer` to it."""
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answering() -> None:
            connection, _ = server.accept()
            with connection:
                received.append(_all_of(connection))
                connection.sendall(answer)

        far = threading.Thread(target=answering)
        far.start()
        near, client = socket.socketpair()
        client.setblocking(False)
        tunnel = Tunnel(client, "203.0.113.1", b"", behind=server.getsockname(), peers=Peers())
        carrier = threading.Thread(target=_carry, args=(tunnel,))
        carrier.start()
        with near:
            near.sendall(sent)
            near.shutdown(socket.SHUT_WR)
            back = _all_of(near)
        far.join()
        carrier.join()
    return received[0], back


def _carry(tunnel: Tunnel) -> None:
    with select.epoll() as epoll:
        for number in tunnel.numbers:
            epoll.register(number, select.EPOLLIN | select.EPOLLOUT | select.EPOLLET)
        while tunnel.carry():
            epoll.poll(0 if tunnel.has_more else 10)
    tunnel.close()


def _all_of(connection: socket.socket) -> bytes:
    pieces = []
    while piece := connection.recv(65_536):
        pieces.append(piece)
    return b"".join(pieces)
