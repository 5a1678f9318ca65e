"""The referrers that look like spam, with their evidence. The publisher can exclude one with a click."""

from __future__ import annotations

from typing import NamedTuple

from dashboards.web.site.selection import Selection
from tracker.db.models import Site
from tracker.enrichment.text.clean import clean_text
from tracker.service.context import Context
from tracker.sites.domain_name import shown_domain
from tracker.sites.site_settings import Counting
from tracker.sites.sites import change_counting
from tracker.stats.referrer_spam import suspects
from tracker.stats.scope import Scope


class SuspectReferrer(NamedTuple):
    """A referring host whose visits all saw one page. `page` is one of these `landing_pages`."""

    host: str
    name: str
    visits: int
    visitors: int
    networks: int
    landing_pages: int
    page: str


def suspect_referrers(context: Context, selection: Selection) -> list[SuspectReferrer]:
    """Returns the period's referrers that the publisher has not excluded, the most visits first."""
    left_out = set(selection.site.excluded_referrers.split())
    found = suspects(context.event_store, Scope(selection.site.stored_as, selection.period))
    columns = ["host", "visits", "visitors", "networks", "landing_pages", "page"]
    return [
        SuspectReferrer(
            str(host), shown_domain(str(host)), int(visits), int(visitors), int(networks), int(pages), _page(page)
        )
        for host, visits, visitors, networks, pages, page in found[columns].itertuples(index=False)
        if not _is_below(str(host), left_out)
    ]


def leave_out(context: Context, site: Site, host: str) -> None:
    """Excludes visits from a referring host from now on. Raises Invalid."""
    hosts = f"{site.excluded_referrers}\n{host}"
    change_counting(context.app_db, site.domain, Counting(excluded_referrers=hosts))


def _page(path: object) -> str:
    return clean_text(str(path)) if path else "/"


def _is_below(host: str, hosts: set[str]) -> bool:
    labels = host.split(".")
    return any(".".join(labels[place:]) in hosts for place in range(len(labels)))
