"""The sites by domain, cached for a second so that ingest needs no query for each hit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from ipaddress import ip_network

from sqlalchemy import select

from tracker.clock import utc_now
from tracker.db.engine import AppDatabase
from tracker.db.models import Site
from tracker.enrichment.page.query import DEFAULT_PARAMETERS
from tracker.enrichment.site_rules import SiteRules, same_rules
from tracker.enrichment.text.urls import is_development_host
from tracker.hit.plain import AnyHit
from tracker.sites.domain_name import plain_domain

FRESH_SECONDS = 1.0


class SiteDirectory:
    """Sites by domain. `monotonic` returns seconds, `now` the moment for which a former domain may still count."""

    def __init__(
        self, database: AppDatabase, *, monotonic: Callable[[], float], now: Callable[[], datetime] = utc_now
    ) -> None:
        self._database = database
        self._now = now
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
        """The site of a domain as `tracker.sites.domain_name` writes it, whichever of its domains and hosts that is.

        A former domain finds it for as long as it counts.

        Reads the sites again for the first unknown one of a batch: a site may have its first hit as soon as it is added.
        """
        found = self._by_domain.get(domain)
        if found is None and not self._is_of_this_batch:
            self._read()
            found = self._by_domain.get(domain)
        return found

    def reread(self) -> None:
        """Reads the sites again, however fresh they are."""
        self._read_at = float("-inf")
        self.refresh()

    def _read(self) -> None:
        now = self._now()
        with self._database.transaction() as session:
            sites = session.scalars(select(Site).where(Site.removed_at.is_(None)).order_by(Site.id)).all()
        by_host: dict[str, SiteRules] = {}
        by_name: dict[str, SiteRules] = {}
        for site in sites:
            rules = rules_of(site)
            by_host |= {plain: rules for host in site.other_hosts.split() if (plain := plain_domain(host))}
            by_name[site.domain] = rules
            by_name |= {one.domain: rules for one in site.domains if not one.counts_until or now < one.counts_until}
        self._by_domain = by_host | by_name
        self._read_at = self._monotonic()
        self._is_of_this_batch = True


def rules_of(site: Site) -> SiteRules:
    """What a site's settings say about its hits. Their events are stored under the name that the store knows."""
    names = (site.domain, *(one.domain for one in site.domains))
    parameters = site.page_parameters
    return same_rules(
        domain=site.stored_as,
        time_zone=site.time_zone,
        excluded=tuple(ip_network(line, strict=False) for line in site.excluded_networks.split()),
        disabled_rules=frozenset(site.disabled_rules.split()),
        hosts=frozenset(site.other_hosts.split()).union(*((name, f"www.{name}") for name in names)),
        language=site.language,
        honours_signals=site.honours_signals,
        keeps_emails=site.keeps_emails,
        link_key=site.link_key,
        page_parameters=DEFAULT_PARAMETERS if parameters is None else frozenset(parameters.split()),
        staging_hosts=frozenset(site.staging_hosts.split()),
        excluded_referrers=frozenset(site.excluded_referrers.split()),
        excluded_pages=tuple(site.excluded_pages.splitlines()),
        counts_development=site.counts_development or is_development_host(site.domain),
    )


def claimed_domain(hit: AnyHit) -> str:
    """The site that a hit says it is of: its domain, else the host of its URL; as it stands where it is no name."""
    domain = hit.event.site_domain
    if not domain:
        url = hit.event.page_url or ""
        domain = url.partition("://")[2].partition("/")[0].partition("?")[0].partition("#")[0]
    return plain_domain(domain) or domain.strip().lower()
