"""Events for unknown sites, as pages show them: those from a site's own pages, or all of them."""

from __future__ import annotations

from datetime import date
from difflib import SequenceMatcher
from typing import NamedTuple

from dashboards.presentation.unknown_sites import describe_unknown_site
from dashboards.web.language import current_language
from tracker.db.models import Site
from tracker.ingest.site_rules import rules_of
from tracker.service.context import Context
from tracker.sites.domain_name import plain_domain
from tracker.sites.sites import find_site
from tracker.stats.hosts import UnknownSite, unknown_sites

_MOST = 5
# The similarity of a domain to itself with one or two letters mistyped.
_ALIKE = 0.8


class UnknownSiteRow(NamedTuple):
    """One name in hits: a sentence about it, the number of hits, and the domain to add, if the name is one."""

    words: str
    hits: int
    addable: str | None


def of_site(context: Context, site: Site, *, since: date, waits: bool = False) -> list[UnknownSiteRow]:
    """Those from the site's own pages or with a name like its own; while it `waits` for its first hit, then all others."""
    found = unknown_sites(context.event_store, since=since)
    own = [one for one in found if _is_of(one, site)]
    others = [one for one in found if one not in own] if waits else []
    return [_row(one, site.name if one in own else None) for one in (*own, *others)[:_MOST]]


def all_of_them(context: Context, *, since: date) -> list[UnknownSiteRow]:
    """Returns those of all pages, each with the site that has its host, if there is one."""
    found = unknown_sites(context.event_store, since=since)[:_MOST]
    sites = [find_site(context.app_db, one.host) if one.host else None for one in found]
    return [_row(one, site.name if site else None) for one, site in zip(found, sites, strict=True)]


def _is_of(one: UnknownSite, site: Site) -> bool:
    hosts = {plain_domain(host) for host in rules_of(site).hosts}
    if one.host:
        return any(host and f".{one.host}".endswith(f".{host}") for host in hosts)
    return SequenceMatcher(None, one.name, site.domain).ratio() >= _ALIKE


def _row(one: UnknownSite, site: str | None) -> UnknownSiteRow:
    return UnknownSiteRow(describe_unknown_site(current_language(), one, site), one.hits, plain_domain(one.name))
