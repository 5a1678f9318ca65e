"""The sites that hits are counted for, as ingest needs them: by domain, a second fresh, without a query a hit."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_network

from sqlalchemy import select

from tracker.db.engine import AppDatabase
from tracker.db.models import Site
from tracker.enrichment.pipeline import SiteRules

FRESH_SECONDS = 1.0


class SiteDirectory:
    """Sites by domain. `monotonic` gives seconds."""

    def __init__(self, database: AppDatabase, *, monotonic: Callable[[], float]) -> None:
        self._database = database
        self._monotonic = monotonic
        self._read_at = float("-inf")
        self._by_domain: dict[str, SiteRules] = {}
        self._is_of_this_batch = False

    def refresh(self) -> None:
        """Begins a batch: reads the sites again when they were read more than a second ago."""
        self._is_of_this_batch = False
        if self._monotonic() - self._read_at >= FRESH_SECONDS:
            self._read()

    def find(self, domain: str) -> SiteRules | None:
        """The site of a domain as a client writes it, with or without `www.`.

        Reads the sites again for the first unknown one of a batch: a site may have its first hit as soon as it is added.
        """
        found = self._look_up(domain)
        if found is None and not self._is_of_this_batch:
            self._read()
            found = self._look_up(domain)
        return found

    def _read(self) -> None:
        with self._database.transaction() as session:
            self._by_domain = {site.domain: _rules(site) for site in session.scalars(select(Site))}
        self._read_at = self._monotonic()
        self._is_of_this_batch = True

    def _look_up(self, domain: str) -> SiteRules | None:
        found = self._by_domain.get(domain)
        if found is None:
            plain = domain.lower().rstrip(".").removeprefix("www.")
            found = self._by_domain.get(plain) or self._by_domain.get(f"www.{plain}")
        return found


def _rules(site: Site) -> SiteRules:
    return SiteRules(
        domain=site.domain,
        time_zone=site.time_zone,
        excluded=tuple(ip_network(line, strict=False) for line in site.excluded_networks.split()),
        disabled_rules=frozenset(site.disabled_rules.split()),
        hosts=frozenset({site.domain, f"www.{site.domain}"}),
        language=site.language,
        honours_signals=site.honours_signals,
        keeps_emails=site.keeps_emails,
        link_key=site.link_key,
    )
