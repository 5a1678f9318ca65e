"""What comes late among the hits: page views of days long past, as an import brings them, and bots found out late.

Each takes the seals from days that were sealed, and the service seals them again, in every round.
"""

from __future__ import annotations

import random
import secrets
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.crash.traffic import SITE, Ledger
from tests.running_service import FIREFOX
from tracker.hit import Hit, WireEvent, encode_line

_PAUSE_SECONDS = 0.5
# Far enough back that `now` is none of them; as many days as are sealed in a round or two.
_DAYS = range(2, 32)
_HITS = 3
# As many pages within ten seconds as nobody opens; the last one gives the bot away.
_FAST_PAGES = 20


class Latecomers(threading.Thread):
    """Puts segments into the journal by a rename, as an import does; `ledger` has the paths of their hits.

    Every other one ends a visit that the one before began, in which a bot then is seen: its stored events are removed.
    """

    def __init__(self, journal: Path, prefix: str, chance: random.Random) -> None:
        super().__init__(daemon=True)
        self._journal = journal
        self._prefix = prefix
        self._chance = chance
        self._finished = threading.Event()
        self.ledger = Ledger()

    def run(self) -> None:
        number = 0
        while not self._finished.wait(_PAUSE_SECONDS):
            around = datetime.now(UTC) - timedelta(days=self._chance.choice(_DAYS))
            hits = [self._hit(number + step, around) for step in range(_HITS)]
            if self._leave([*hits, *self._bot(number // _HITS, around)]):
                self.ledger.accepted.update(
                    hit.event.page_url.removeprefix(f"https://{SITE}") for hit in hits if hit.event.page_url
                )
                number += _HITS

    def finish(self) -> None:
        self._finished.set()
        self.join(timeout=30)

    def _hit(self, number: int, around: datetime) -> Hit:
        person = self._chance.randrange(20)
        wire = WireEvent(
            n="pageview",
            u=f"https://{SITE}/{self._prefix}-late/{number}",
            d=SITE,
            r=self._chance.choice([None, "https://www.linkedin.com/feed/", "https://www.google.com/"]),
        )
        if person < 5:  # one whose id lasts over the days
            wire.vid, wire.consent = f"{person:032x}", True
        moment = around - timedelta(seconds=self._chance.randrange(86_400))
        return Hit(moment, f"198.51.100.{person}", FIREFOX, event=wire)

    def _bot(self, number: int, around: datetime) -> Iterator[Hit]:
        """The first pages of a visit, or in the next segment its last one."""
        if number % 2 == 0:
            self._bot_at, self._bot_ip = around, f"203.0.113.{self._chance.randrange(250)}"
        pages = range(_FAST_PAGES - 1) if number % 2 == 0 else [_FAST_PAGES]
        for page in pages:
            wire = WireEvent(
                n="pageview",
                u=f"https://{SITE}/bot/{page}",
                d=SITE,
                id=secrets.token_hex(8),
                w=1280,
                t="A page",
                l="fr",
            )
            yield Hit(self._bot_at + timedelta(milliseconds=200 * page), self._bot_ip, FIREFOX, event=wire)

    def _leave(self, hits: list[Hit]) -> bool:
        now = datetime.now(UTC)
        staged = self._journal / f"{self._prefix}-{now:%f}.late"
        try:
            staged.write_bytes(b"".join(encode_line([hit]) + b"\n" for hit in hits))
            staged.rename(self._journal / f"{now:%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}-000002.jsonl")
        except OSError:  # the disk is full, or read-only for a while
            staged.unlink(missing_ok=True)
            time.sleep(_PAUSE_SECONDS)
            return False
        return True
