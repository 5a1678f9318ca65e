"""HTTP requests as bytes, for requests that no client library sends."""

from __future__ import annotations

import json
import socket

AGENT = b"Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


def connect(port: int, *, source: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=30, source_address=(source, 0))


def head(method: str, path: str, length: int, *lines: bytes) -> bytes:
    """The head of a request with a body of that length."""
    first = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n".encode()
    return first + b"".join(line + b"\r\n" for line in (b"User-Agent: " + AGENT, *lines)) + b"\r\n"


def ask(port: int, request: bytes, *, source: str = "127.0.0.1") -> tuple[int, bytes]:
    """Sends a request. Returns the status and all bytes of the answer."""
    with connect(port, source=source) as client:
        client.sendall(request)
        return read_answer(client)


def read_answer(client: socket.socket) -> tuple[int, bytes]:
    """Returns the status and all bytes of an answer that has its length in its head."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        piece = client.recv(65_536)
        if not piece:
            raise ConnectionError(f"no whole answer: {answer!r}")
        answer += piece
    top, _, body = answer.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in top.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
    )
    while len(body) < length:
        piece = client.recv(65_536)
        if not piece:
            break
        body += piece
    return int(top.split()[1]), top + b"\r\n\r\n" + body


def page_view(path: str, *lines: bytes, site: str = "blog.example.fr") -> bytes:
    """A page view, with further header lines."""
    body = json.dumps({"n": "pageview", "u": f"https://{site}{path}", "d": site}).encode()
    return head("POST", "/api/event", len(body), *lines) + body
