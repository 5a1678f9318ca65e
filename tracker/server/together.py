"""Hits that came at the same time: kept with one write, and answered after it.

Owns the answers' bytes. Whatever is not usual about a hit goes the way of any request.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Generic, Protocol, TypeVar

from tracker.collector.body import put_body
from tracker.collector.wsgi import ACCEPTED, ACCEPTED_BODY, ACCEPTED_STATUS, Environ, StartResponse, WSGIApp
from tracker.server.front import FAILED, Answer, answer_of

log = logging.getLogger(__name__)

# So many are answered at once at most, as the first of them waits for the last.
_MOST = 64

Sender = TypeVar("Sender")
# A hit that was taken: its sender, whether it is the last one, and its answer unless it is the usual one.
Taken = tuple[Sender, bool, Answer | None]


class Hits(Protocol):
    """What keeps hits (tracker.collector.wsgi)."""

    def __call__(self, environ: Environ, start_response: StartResponse, /) -> Iterable[bytes]: ...

    def usual_line(self, environ: Environ, body: bytes, /) -> bytes | None: ...

    def keep(self, lines: list[bytes], /) -> WSGIApp | None: ...


class Together(Generic[Sender]):
    """Takes hits, and then keeps and answers those that it took."""

    def __init__(self, hits: Hits) -> None:
        self._hits = hits
        self._lines: list[bytes] = []
        self._taken: list[Taken[Sender]] = []

    def take(self, sender: Sender, environ: Environ, body: bytes, *, is_last: bool) -> bool:
        """Takes a hit, maybe the last request of its connection. Returns whether it is time to answer."""
        line, answer = self._usual_line(environ, body), None
        if line is not None:
            self._lines.append(line)
        else:
            put_body(environ, body)
            answer = answer_of(self._hits, environ)
        self._taken.append((sender, is_last, answer))
        return len(self._taken) >= _MOST

    def answers(self) -> list[tuple[Sender, bytes, bool]]:
        """Keeps the hits that were taken. The sender of each, its answer, and whether that is the last one to it."""
        taken, lines, second = self._taken, self._lines, int(time.time())
        self._taken, self._lines = [], []
        refusal = self._keep(lines) if lines else None
        return [
            (sender, _bytes_of(answer, is_last, second) if answer else _accepted(is_last, second), is_last)
            for sender, is_last, answer in (taken if refusal is None else _refused(taken, refusal))
        ]

    def _usual_line(self, environ: Environ, body: bytes) -> bytes | None:
        try:
            return self._hits.usual_line(environ, body)
        except Exception:
            log.exception("a hit could not be read; it is answered as any request")
            return None

    def _keep(self, lines: list[bytes]) -> Answer | None:
        """The answer to those whose lines these are, where they could not be kept."""
        try:
            refusal = self._hits.keep(lines)
        except Exception:
            log.exception("%d hits could not be kept", len(lines))
            return FAILED
        return None if refusal is None else answer_of(refusal, {})


def _refused(taken: list[Taken[Sender]], refusal: Answer) -> list[Taken[Sender]]:
    return [(sender, is_last, answer or refusal) for sender, is_last, answer in taken]


@lru_cache(maxsize=4)
def _accepted(is_last: bool, second: int) -> bytes:  # noqa: FBT001
    return _bytes_of((int(ACCEPTED_STATUS[:3]), ACCEPTED, b"".join(ACCEPTED_BODY)), is_last, second)


def _bytes_of(answer: Answer, is_last: bool, second: int) -> bytes:  # noqa: FBT001
    status, headers, body = answer
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        *(f"{name.lower()}: {value}" for name, value in headers),
        f"date: {formatdate(second, usegmt=True)}",
        *(["connection: close"] if is_last else []),
    ]
    return "\r\n".join([*lines, "\r\n"]).encode("latin-1") + body
