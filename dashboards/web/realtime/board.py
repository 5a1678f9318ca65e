"""The last 30 minutes of sites as pages show them: worked out once in some seconds, however many look.

Who asks while it is worked out gets what was there before, so that no thread waits for another one's query.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Lock
from typing import NamedTuple

FRESH_SECONDS = 5.0


class Answer(NamedTuple):
    """A part of a page, and its ETag."""

    html: str
    etag: str


@dataclass
class _Kept:
    lock: Lock = field(default_factory=Lock)
    answer: Answer | None = None
    made_at: float = float("-inf")


class Board:
    """Safe to use from several threads. `monotonic` returns seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = Lock()
        self._kept: dict[tuple[int, str], _Kept] = {}

    def answer(self, site_id: int, language: str, make: Callable[[], str]) -> Answer:
        """What is shown of a site in a language; `make` returns it anew once what is kept is some seconds old."""
        with self._lock:
            kept = self._kept.setdefault((site_id, language), _Kept())
        if kept.answer is not None and self._monotonic() - kept.made_at < FRESH_SECONDS:
            return kept.answer
        if not kept.lock.acquire(blocking=kept.answer is None):
            assert kept.answer is not None  # else it had waited
            return kept.answer
        try:
            if kept.answer is None or self._monotonic() - kept.made_at >= FRESH_SECONDS:
                html = make()
                kept.answer = Answer(html, sha256(html.encode()).hexdigest()[:32])
                kept.made_at = self._monotonic()
            return kept.answer
        finally:
            kept.lock.release()
