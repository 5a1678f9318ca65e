"""From the journal's lines to arrivals: enrichment and identity, hit by hit, with what fails set apart.

One hit that makes a step fail must not keep the others from being counted. It is excluded with a reason, and kept so
that a later version can count it. Errors of the databases or the disk are not a hit's fault, and are raised.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import compress
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from tracker.enrichment.company.identified import Company
from tracker.enrichment.drops import Drop, DropReason
from tracker.enrichment.event import Event, Whereabouts
from tracker.enrichment.pipeline import Enricher
from tracker.enrichment.site_rules import SiteRules
from tracker.enrichment.told import unknown_site
from tracker.hit import decode_hit, encode_hit
from tracker.hit.plain import AnyHit, PlainHit
from tracker.ingest.journal_line import EARLIEST, LATEST, is_possible, timestamp_of
from tracker.ingest.journal_reader import Line
from tracker.ingest.kept import NO_HIT, Kept, VisitorFacts
from tracker.ingest.site_rules import SiteDirectory, claimed_domain
from tracker.ingest.visits.assign import Arrival
from tracker.ingest.visits.retractions import SegmentTally
from tracker.ingest.visits.visitor_ids import Identity
from tracker.store.errors import blames_the_data

log = logging.getLogger(__name__)


# Hits that are taken together: few enough for the processor's cache. One that cannot be has these taken one by one.
_AT_ONCE = 500
_FIRST_YEAR, _END_YEAR = EARLIEST.year, LATEST.year
_IMPOSSIBLE = Drop(DropReason.INVALID_HIT, "impossible date")


class Failure(NamedTuple):
    """What a line holds that cannot be counted: a hit, or other bytes, with the reason.

    It is kept in the quarantine.
    """

    line: Line
    site: str
    day: date
    detail: str
    hit: AnyHit | None
    raw: bytes | None

    def to_keep(self, now: datetime) -> Kept:
        """The line of the quarantine."""
        hit, raw = NO_HIT, self.raw
        if self.hit is not None:
            try:
                hit = msgspec.Raw(self.hit.line if type(self.hit) is PlainHit else encode_hit(self.hit))
            except Exception:
                log.exception("a hit that failed cannot be written either; it is counted and not kept")
                raw = b""
        replayed = self.line.replayed
        known, at = (replayed.known, replayed.at) if replayed else (None, now)
        return Kept(self.line.segment, self.line.end, at, self.site, self.day, self.detail, hit, raw, known)


class Taken(NamedTuple):
    """What lines hold: arrivals, the site and the tally of each, and what failed."""

    arrivals: list[Arrival]
    origins: list[tuple[SiteRules, SegmentTally]]
    failures: list[Failure]


class Arrivals:
    """Makes arrivals of hits."""

    def __init__(self, sites: SiteDirectory, identity: Identity, enricher: Enricher) -> None:
        self._sites = sites
        self._identity = identity
        self._enricher = enricher

    def of(self, lines: Sequence[Line], tallies: Mapping[str, SegmentTally]) -> Taken:
        """The arrivals of lines. Each hit that makes no arrival is counted in its segment's tally."""
        taken, told = Taken([], [], []), set[str]()
        for start in range(0, len(lines), _AT_ONCE):
            some = lines[start : start + _AT_ONCE]
            for line in some:
                if line.unread or line.refused or line.replayed is not None:
                    self._set_apart(line, tallies[line.segment], taken.failures)
            hits = [hit for line in some for hit in line.hits]
            of_line = some if len(hits) == len(some) else [line for line in some for _ in line.hits]
            try:
                self._take(of_line, hits, tallies, taken)
            except Exception as problem:
                if not blames_the_data(problem):
                    raise
                self._take_each(of_line, hits, tallies, taken, told)
        return taken

    def _take_each(
        self,
        lines: Sequence[Line],
        hits: Sequence[AnyHit],
        tallies: Mapping[str, SegmentTally],
        taken: Taken,
        told: set[str],
    ) -> None:
        """Takes hits one by one, some of which cannot be enriched. `told` are the problems that the log has already."""
        for line, hit in zip(lines, hits, strict=True):
            try:
                self._take([line], [hit], tallies, taken)
            except Exception as problem:
                if not blames_the_data(problem):
                    raise
                detail = type(problem).__name__
                if detail not in told:  # once a batch, so that many such hits do not fill the disk with log lines
                    told.add(detail)
                    log.exception("a hit could not be enriched and is kept in the quarantine")
                self._fail(line, hit, detail, tallies[line.segment], taken.failures)

    def known_of(self, kept: Kept) -> VisitorFacts | None:
        """What is derived from a kept hit's IP address before that is removed; None where that fails, too."""
        try:
            hit = decode_hit(bytes(kept.hit)) if kept.raw is None else None
            site = self._sites.find(kept.site)
            timestamp_us = None if hit is None else timestamp_of(hit)
            if hit is None or site is None or timestamp_us is None:
                return None
            whereabouts, company = self._enricher.at_ip(hit.ip, site.language)
            visitor_id = self._identity.visitor_ids(
                site.domain, site.time_zone, hit.ip, hit.user_agent, timestamp_us, hit.event.vid
            )[0]
        except Exception:
            log.exception("nothing is known of a kept hit's IP address")
            return None
        return VisitorFacts(list(whereabouts), visitor_id, None if company is None else list(company))

    def _set_apart(self, line: Line, tally: SegmentTally, failures: list[Failure]) -> None:
        """Counts what cannot be read or stored, and takes back what was counted of a line that is read once more."""
        kept = line.replayed
        if kept is not None:
            tally.drops[(kept.site, kept.day, DropReason.INVALID_HIT, kept.detail)] -= 1
        for unread in line.unread:
            day = datetime.now(UTC).date()
            tally.drop("", day, Drop(DropReason.INVALID_HIT, unread.detail))
            failures.append(Failure(line, "", day, unread.detail, None, unread.raw))
        for hit, detail in line.refused:
            self._fail(line, hit, detail, tally, failures)

    def _fail(self, line: Line, hit: AnyHit, detail: str, tally: SegmentTally, failures: list[Failure]) -> None:
        site = self._sites.find(claimed_domain(hit))
        domain, day = site.domain if site else "", self._day(hit, site)
        tally.drop(domain, day, Drop(DropReason.INVALID_HIT, detail))
        failures.append(Failure(line, domain, day, detail, hit, None))

    def _take(
        self, lines: Sequence[Line], hits: Sequence[AnyHit], tallies: Mapping[str, SegmentTally], taken: Taken
    ) -> None:
        """Takes hits together, each with its line. Where one makes a step fail, nothing of them has been counted."""
        sites = self._sites_of(hits)
        made = self._made(hits, sites)
        of_hit = [tallies[line.segment] for line in lines]
        is_event = [type(one) is Event for one in made]
        events: list[Event] = [one for one in made if type(one) is Event]
        arrivals = self._with_visitors(events, *(list(compress(column, is_event)) for column in (hits, sites, lines)))  # type: ignore[arg-type]
        dropped = [
            (tally, site.domain if site else "", self._day(hit, site), one)
            for one, hit, site, tally in zip(made, hits, sites, of_hit, strict=True)
            if isinstance(one, Drop)
        ]
        taken.arrivals.extend(arrivals)
        taken.origins.extend(compress(zip(sites, of_hit, strict=True), is_event))  # type: ignore[arg-type]
        for tally, domain, day, drop in dropped:
            tally.drop(domain, day, drop)

    def _sites_of(self, hits: Sequence[AnyHit]) -> list[SiteRules | None]:
        """The site of each hit; None for one that is not here."""
        claimed = [hit.event.d for hit in hits]
        found: dict[str | None, SiteRules | None] = {}
        for name, hit in zip(claimed, hits, strict=True):
            if name and name not in found:
                found[name] = self._sites.find(claimed_domain(hit))
        return [
            found[name] if name else self._sites.find(claimed_domain(hit))
            for name, hit in zip(claimed, hits, strict=True)
        ]

    def _made(self, hits: Sequence[AnyHit], sites: Sequence[SiteRules | None]) -> list[Event | Drop]:
        """The event of each hit, or why it is not counted."""
        usable = [
            site is not None and _FIRST_YEAR <= hit.received_at.year < _END_YEAR
            for hit, site in zip(hits, sites, strict=True)
        ]
        enriched = iter(self._enricher.enrich_all(list(compress(hits, usable)), list(compress(sites, usable))))  # type: ignore[arg-type]
        made = [
            next(enriched) if is_usable else _IMPOSSIBLE if site is not None else _unknown_site(hit)
            for hit, site, is_usable in zip(hits, sites, usable, strict=True)
        ]
        return [_IMPOSSIBLE if type(one) is Event and not is_possible(one.occurred_at) else one for one in made]

    def _with_visitors(
        self, events: Sequence[Event], hits: Sequence[AnyHit], sites: Sequence[SiteRules], lines: Sequence[Line]
    ) -> list[Arrival]:
        arrivals = self._identity.arrivals(events, hits, [site.time_zone for site in sites])
        for arrival, site, line in zip(arrivals, sites, lines, strict=True):
            if line.replayed is not None and (known := line.replayed.known) is not None:
                arrival.event, arrival.visitor_id = _with(arrival.event, known), known.visitor_id
                arrival.yesterdays_id = None
            if site.disabled_rules:
                arrival.disabled_rules = site.disabled_rules
        return arrivals

    def _day(self, hit: AnyHit, site: SiteRules | None) -> date:
        """The day of an excluded hit: its own, or today where its own is impossible."""
        timestamp_us, age_ms = timestamp_of(hit), hit.event.age
        if timestamp_us is None or (age_ms is not None and age_ms > self._enricher.too_old_ms):
            return datetime.now(UTC).date()
        try:
            return self._identity.local_day(site.time_zone if site else "UTC", timestamp_us)
        except (LookupError, ValueError, OverflowError):  # this machine does not know the site's time zone
            return datetime.now(UTC).date()


def _unknown_site(hit: AnyHit) -> Drop:
    return Drop(DropReason.UNKNOWN_SITE, unknown_site(claimed_domain(hit), hit.event.page_url or ""))


def _with(event: Event, known: VisitorFacts) -> Event:
    """The event of a hit without its IP address, with the facts that were derived from it before."""
    company = event.facts.company or (Company(*known.company) if known.company else None)
    event.facts = replace(event.facts, whereabouts=Whereabouts(*known.whereabouts), company=company)
    return event
