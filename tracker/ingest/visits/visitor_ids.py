"""Visitor ids: a keyed hash of site, IP address and user agent, with a salt of the site's local day.

The salt changes at the site's midnight, so a day's distinct ids are that day's visitors as the publisher's calendar has
it. For four hours after midnight yesterday's id is returned too, so that a running visit is not cut in two: whoever
reads on past midnight stays the visitor of the day on which they came, until a pause of half an hour. Source of the
method: Plausible's data policy (https://plausible.io/data-policy), with the day in the site's zone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from itertools import repeat
from zoneinfo import ZoneInfo

import msgspec

from tracker.enrichment.event import Event
from tracker.enrichment.remembered import Latest, is_short
from tracker.hit import EPOCH
from tracker.hit.plain import AnyHit, PlainHit
from tracker.ingest.senders import Senders
from tracker.ingest.visits.assign import Arrival
from tracker.ingest.visits.same_page import openings_of

# A visit that runs into the night longer than this is cut in two: people sleep.
_NIGHT_US = 4 * 3600 * 1_000_000
# Those of hits that are not plain; senders of plain ones remember theirs.
_VISITORS = 4_096
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


class _Ids(msgspec.Struct, frozen=True, gc=False):
    """A sender's ids on a day at a site."""

    day: date
    site: str
    both: tuple[int, int | None]


class Identity:
    """Computes the visitor id of hits."""

    def __init__(self, salt_of: Callable[[date], bytes]) -> None:
        self._salt_of = lru_cache(maxsize=512)(salt_of)
        self._days: dict[str, LocalDays] = {}
        self._ids: Latest[tuple[date, str, str, str], int] = Latest(_VISITORS, "_make_id")
        self._known = self._ids.get
        self.senders = Senders()

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

    def arrival(self, event: Event, hit: AnyHit, time_zone: str) -> Arrival:
        """The event with its visitor; after this the IP address is not needed any more."""
        return self.arrivals([event], [hit], [time_zone])[0]

    def arrivals(self, events: Sequence[Event], hits: Sequence[AnyHit], time_zones: Sequence[str]) -> list[Arrival]:
        """The same of many events, of which each has its hit and the time zone of its site."""
        wires, ids = [hit.event for hit in hits], self._ids_of(events, hits, time_zones)
        for event, wire in zip(events, wires, strict=True):
            if wire.vid:
                event.consented = True
        return list(
            map(
                Arrival,
                events,
                [visitor_id for visitor_id, _ in ids],
                [yesterdays_id for _, yesterdays_id in ids],
                [(wire.i if wire.i is not None else wire.interactive) is not False for wire in wires],
                repeat(_NO_RULES),
                openings_of(events, wires),
            )
        )

    def _ids_of(
        self, events: Sequence[Event], hits: Sequence[AnyHit], time_zones: Sequence[str]
    ) -> list[tuple[int, int | None]]:
        """The ids of each event's visitor. The senders of plain hits remember theirs of a day, but for the hours after midnight."""
        day = self._only_day([event.occurred_at for event in events], time_zones)
        return [
            ids.both
            if day is not None
            and type(hit) is PlainHit
            and (ids := hit.sender.ids) is not None
            and ids.day == day
            and ids.site == event.site
            else self._find(event, hit, zone, day)
            for event, hit, zone in zip(events, hits, time_zones, strict=True)
        ]

    def _find(self, event: Event, hit: AnyHit, time_zone: str, day: date | None) -> tuple[int, int | None]:
        if day is not None and type(hit) is PlainHit and hit.sender.is_kept:
            both = self._make_id(day, event.site, hit.ip, hit.user_agent), None
            hit.sender.ids = _Ids(day, event.site, both)
            return both
        return self.visitor_ids(event.site, time_zone, hit.ip, hit.user_agent, event.occurred_at, hit.event.vid)

    def _only_day(self, moments: Sequence[int], time_zones: Sequence[str]) -> date | None:
        """The local day of all these moments; None where they are of several, or some of the hours after midnight."""
        if not moments or time_zones.count(time_zones[0]) < len(time_zones):
            return None
        days = self._days_of(time_zones[0])
        day, midnight_us = days.at(min(moments))
        is_past_night = min(moments) - midnight_us > _NIGHT_US
        return day if is_past_night and days.at(max(moments))[0] == day else None

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
        self.senders.forget()


def _hash(key: bytes, text: str) -> int:
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8, key=key).digest()
    return int.from_bytes(digest, "big", signed=True)
