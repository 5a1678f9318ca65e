"""Reads a request's body, and bounds how many requests may wait for theirs at once.

The server reads a body in the thread that works on its request, for as long as the client likes. A client that sends
its bodies byte by byte so holds a thread each; the bound keeps threads for everybody else, and one address cannot
reach it alone. A reverse proxy that buffers requests (deploy/ has two) keeps such clients away altogether.
"""

from __future__ import annotations

import threading
from typing import Any

from tracker.collector.payload import MAX_BODY_BYTES, Problem


class BodyReader:
    """Reads bodies of `largest` bytes at most: `most` at once, and `most_an_address` of one peer."""

    def __init__(self, *, most: int = 448, most_an_address: int = 320, largest: int = MAX_BODY_BYTES) -> None:
        self._largest = largest
        self._most = most
        self._most_an_address = most_an_address
        self._lock = threading.Lock()
        self._reading: dict[str, int] = {}
        self._total = 0

    def read(self, environ: dict[str, Any]) -> bytes:
        """The body of a request. Raises Problem when it is too large, without reading it, or cannot be read now."""
        declared = environ.get("CONTENT_LENGTH")
        length = int(declared) if declared and declared.isdigit() else self._largest + 1
        if declared and length > self._largest:
            raise Problem(413, "body", f"the body has {length:,} bytes; at most {self._largest:,} are taken")
        peer = environ.get("REMOTE_ADDR", "")
        self._begin(peer)
        try:
            body: bytes = environ["wsgi.input"].read(length)
        finally:
            self._end(peer)
        if len(body) > self._largest:
            raise Problem(413, "body", f"the body has more than {self._largest:,} bytes")
        if declared and len(body) < length:
            raise Problem(400, "body", f"the body ended after {len(body):,} of {length:,} bytes")
        return body

    def _begin(self, peer: str) -> None:
        with self._lock:
            of_peer = self._reading.get(peer, 0)
            if of_peer >= self._most_an_address:
                raise Problem(429, "body", "this address has too many unfinished requests; finish them first")
            if self._total >= self._most:
                raise Problem(503, "body", "too many requests are waiting for their bodies; send it again later")
            self._reading[peer] = of_peer + 1
            self._total += 1

    def _end(self, peer: str) -> None:
        with self._lock:
            self._total -= 1
            if self._reading[peer] == 1:
                del self._reading[peer]
            else:
                self._reading[peer] -= 1
