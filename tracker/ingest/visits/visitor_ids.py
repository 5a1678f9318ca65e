"""Visitor ids: a keyed hash of site, IP address and user agent, with a salt of the site's local day.

The salt changes at the site's midnight, so a day's distinct ids are that day's visitors as the publisher's calendar has
it. For four hours after midnight yesterday's id is returned too, so that a running visit is not cut in two: whoever
reads on past midnight stays the visitor of the day on which they came, until a pause of half an hour. Source of the
method: Plausible's data policy (https://plausible.io/data-policy), with the day in the site's zone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from zoneinfo import ZoneInfo

from tracker.enrichment.event import PAGEVIEW, Event
from tracker.enrichment.remembered import Latest, is_short
from tracker.hit import EPOCH, Hit
from tracker.ingest.visits.assign import Arrival
from tracker.ingest.visits.same_page import opening_of

# A visit that runs into the night longer than this is cut in two: people sleep.
_NIGHT_US = 4 * 3600 * 1_000_000
# The number of cached ids: most hits follow others of their visit.
_VISITORS = 8_192
_NO_RULES: frozenset[str] = frozenset()


class LocalDays:
    """Local days of a time zone by moment, without a conversion per event: remembers the day that was last asked for."""

    def __init__(self, time_zone: str) -> None:
        self._zone = ZoneInfo(time_zone)
        self._day = date(1970, 1, 1)
        self._start_us = 0
        self._end_us = 0

    def at(self, timestamp_us: int) -> tuple[date, int]:
        """The local day of a moment (µs since 1970, UTC) and the moment at which that day began."""
        if not self._start_us <= timestamp_us < self._end_us:
            local = (EPOCH + timedelta(microseconds=timestamp_us)).astimezone(self._zone)
            self._day = local.date()
            self._start_us = self._midnight(self._day)
            self._end_us = self._midnight(self._day + timedelta(days=1))
        return self._day, self._start_us

    def _midnight(self, day: date) -> int:
        midnight = datetime(day.year, day.month, day.day, tzinfo=self._zone)
        return int(midnight.timestamp()) * 1_000_000


class Identity:
    """Computes the visitor id of hits."""

    def __init__(self, salt_of: Callable[[date], bytes]) -> None:
        self._salt_of = lru_cache(maxsize=512)(salt_of)
        self._days: dict[str, LocalDays] = {}
        self._ids: Latest[tuple[date, str, str, str], int] = Latest(_VISITORS, "_make_id")
        self._known = self._ids.get

    def visitor_ids(
        self, site: str, time_zone: str, ip: str, user_agent: str, timestamp_us: int, consented: str | None = None
    ) -> tuple[int, int | None]:
        """The visitor's id at a time, and another under which their visit may have begun: after midnight, yesterday's.

        Ids are signed 64-bit numbers. `consented` is an id that the visitor agreed to; it needs no salt, and a visit in
        which they agreed goes on under the day's id that it began with.
        """
        if consented:
            agreed, days = _hash(b"", f"{site}\0{consented}"), self._days_of(time_zone)
            return agreed, self._make_id(days.at(timestamp_us)[0], site, ip, user_agent)
        day, midnight_us = (self._days.get(time_zone) or self._days_of(time_zone)).at(timestamp_us)
        visitor_id = self._id_on((day, site, ip, user_agent))
        if timestamp_us - midnight_us > _NIGHT_US:
            return visitor_id, None
        return visitor_id, self._id_on((day - timedelta(days=1), site, ip, user_agent))

    def _id_on(self, key: tuple[date, str, str, str]) -> int:
        known = self._known(key)
        if known is None:
            known = self._make_id(*key)
            if is_short(key[3]):
                self._ids.keep(key, known)
        return known

    def _make_id(self, day: date, site: str, ip: str, user_agent: str) -> int:
        return _hash(self._salt_of(day), f"{site}\0{ip}\0{user_agent}")

    def arrival(self, event: Event, hit: Hit, time_zone: str) -> Arrival:
        """The event with its visitor; after this the IP address is not needed any more."""
        wire, agreed = hit.event, hit.event.vid
        visitor_id, yesterdays_id = self.visitor_ids(
            event.site, time_zone, hit.ip, hit.user_agent, event.occurred_at, agreed
        )
        if agreed:
            event.consented = True
        opening = opening_of(event, wire) if event.name == PAGEVIEW else None
        interactive = (wire.i if wire.i is not None else wire.interactive) is not False
        return Arrival(event, visitor_id, yesterdays_id, interactive, _NO_RULES, opening)

    def local_day(self, time_zone: str, timestamp_us: int) -> date:
        """The calendar day of a moment in a time zone."""
        return self._days_of(time_zone).at(timestamp_us)[0]

    def _days_of(self, time_zone: str) -> LocalDays:
        days = self._days.get(time_zone)
        if days is None:
            days = self._days[time_zone] = LocalDays(time_zone)
        return days

    def forget_salts(self) -> None:
        """Drops cached salts and the ids made with them, so that a salt deleted from the database is gone."""
        self._salt_of.cache_clear()
        self._ids.clear()


def _hash(key: bytes, text: str) -> int:
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8, key=key).digest()
    return int.from_bytes(digest, "big", signed=True)
