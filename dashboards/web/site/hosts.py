"""The hosts on which a site's pages were seen, for the publisher to exclude or to count."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from tracker.db.models import Site
from tracker.ingest.site_rules import rules_of
from tracker.service.context import Context
from tracker.sites.domain_name import shown_domain
from tracker.sites.site_settings import Counting
from tracker.sites.sites import change_counting
from tracker.stats.hosts import other_hosts

SEEN_DAYS = 30


class SeenHost(NamedTuple):
    """A host that is neither counted nor excluded by the publisher yet."""

    host: str
    name: str
    pageviews: int


def seen_hosts(context: Context, site: Site) -> list[SeenHost]:
    """Returns the hosts of the last days that are neither the site's own nor listed, the most viewed first."""
    rules = rules_of(site)
    found = other_hosts(
        context.event_store,
        site.stored_as,
        known=rules.hosts | rules.staging_hosts,
        since=context.now() - timedelta(days=SEEN_DAYS),
    )
    return [SeenHost(host, shown_domain(host), int(views)) for host, views in found.itertuples(index=False)]


def decide(context: Context, site: Site, host: str, *, counts: bool) -> None:
    """Excludes a host from now on, or counts it as one of the site's. Raises Invalid."""
    staging = [one for one in site.staging_hosts.split() if one != host]
    others = [one for one in site.other_hosts.split() if one != host]
    (others if counts else staging).append(host)
    change_counting(
        context.app_db, site.domain, Counting(staging_hosts="\n".join(staging), other_hosts="\n".join(others))
    )
