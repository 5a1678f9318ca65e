"""Hostile lines among the hits: whole segments with lines that cannot be read, and the outcome of each line."""

from __future__ import annotations

import secrets
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.crash.traffic import SITE, Ledger
from tests.running_service import FIREFOX
from tracker.hit import Hit, WireEvent, encode_line

_PAUSE_SECONDS = 0.2
# Bodies that are answered 202 or refused. Neither may stop the service. None has a path of the rounds.
BODIES = (
    '{"n":"pageview","u":"https://a.fr/hostile","p":' + '{"a":' * 30 + "1" + "}" * 31,
    '{"n":"pageview","u":"https://a.fr/hostile","p":"{\\"a\\":\\"\\\\ud800\\"}"}',
    '{"n":"pageview","u":"https://a.fr/hostile","p":"' + "[" * 5_000 + '"}',
    '{"n":"pageview","u":"https://a.fr/hostile","age":1e308,"w":1e300,"e":-1e300}',
    '{"n":"pageview","u":"https://a.fr/hostile","$":{"currency":"EUR","amount":"' + "9" * 500 + '"}}',
    '{"n":"pageview","u":"https://[::1/hostile","d":"nobody.example"}',
)


class Vandal(threading.Thread):
    """Puts segments into the journal as an import does, by a rename. Each has a good hit between two lines that are not hits.

    `ledger` has the paths of the good hits; `unreadable` has a word of each other line, by which it is recognised.
    """

    def __init__(self, journal: Path, prefix: str) -> None:
        super().__init__(daemon=True)
        self._journal = journal
        self._prefix = prefix
        self._finished = threading.Event()
        self.ledger = Ledger()
        self.unreadable: set[str] = set()

    def run(self) -> None:
        number = 0
        while not self._finished.wait(_PAUSE_SECONDS):
            number += 1
            try:
                self._leave_a_segment(number)
            except OSError:  # the disk is full, or read-only for a while
                time.sleep(_PAUSE_SECONDS)

    def finish(self) -> None:
        self._finished.set()
        self.join(timeout=30)

    def _leave_a_segment(self, number: int) -> None:
        words = [f"{self._prefix}-vandal-{number}-{which}" for which in ("bytes", "json")]
        path = f"/{self._prefix}-vandal/{number}"
        event = WireEvent(n="pageview", u=f"https://{SITE}{path}", d=SITE)
        good = encode_line([Hit(datetime.now(UTC), f"198.51.100.{number % 250}", FIREFOX, event=event)])
        brackets = b"[" * 600
        early = good.replace(b'"received_at":"2', b'"received_at":"0')  # some eighteen centuries ago
        lines = [b"\xff\xfe " + words[0].encode(), early, good, brackets, b"no json " + words[1].encode()]
        staged = self._journal / f"{self._prefix}-{number}.staged"
        try:
            staged.write_bytes(b"\n".join(lines) + b"\n")
            staged.rename(self._journal / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}-000002.jsonl")
        except OSError:
            staged.unlink(missing_ok=True)
            raise
        self.unreadable.update(words)
        self.ledger.accepted.add(path)
