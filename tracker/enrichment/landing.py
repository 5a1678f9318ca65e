"""What a page's URL and a referrer say together at a site: the page, where its visitor comes from, why it is not counted.

Pure and cached, since most hits of a site bring a URL and a referrer that came together before.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from tracker.enrichment.company.tenants import tenant_of
from tracker.enrichment.drops import Drop, DropReason
from tracker.enrichment.page.parse import Page, parse_page
from tracker.enrichment.page.patterns import first_match
from tracker.enrichment.remembered import LONGEST_OF_MANY, Latest, is_short
from tracker.enrichment.site_rules import SiteRules
from tracker.enrichment.source.attribution import DIRECT, Attribution, attribute, is_referrer_spam, listed_referrer
from tracker.enrichment.text.urls import is_development_host
from tracker.enrichment.told import host_of_invalid_url
from tracker.hit.plain import AnyEvent

# As many as a busy site has pages, or referrers. Each takes 2 KB at most beside what the page and the referrer take.
_LANDINGS = 8_192


class Landing(msgspec.Struct, frozen=True, gc=False):
    """A page that was opened from somewhere.

    `refusal` says why a hit of the page is not counted, whoever sends it, and then nothing else is filled; `spam` why a
    hit of a person is not. `referrer_host` is the host of the referrer that stands in `attribution`; `from_tenant` when
    that is a company's own workspace.
    """

    hostname: str = ""
    path: str = ""
    attribution: Attribution = DIRECT
    referrer_host: str | None = None
    refusal: Drop | None = None
    spam: Drop | None = None
    from_tenant: bool = False


def landing_of(site: SiteRules, url: str, referrer: str | None, keep_hash: bool) -> Landing:  # noqa: FBT001 - as its cache wants it
    """What a URL and a referrer say, by a site's settings."""
    page = parse_page(url, keep_hash=keep_hash, parameters=site.page_parameters)
    if page is None:
        return Landing(refusal=Drop(DropReason.INVALID_URL, host_of_invalid_url(url)))
    if page.hostname not in site.hosts and (elsewhere := _off_site(page, site)):
        return Landing(refusal=elsewhere)
    if site.excluded_pages and (pattern := first_match(site.excluded_pages, page.path)):
        return Landing(refusal=Drop(DropReason.EXCLUDED_PAGE, pattern))
    spam_host = referrer and (is_referrer_spam(referrer) or listed_referrer(referrer, site.excluded_referrers))
    if spam_host:
        return Landing(page.hostname, page.path, spam=Drop(DropReason.REFERRER_SPAM, spam_host))
    attribution = attribute(page, referrer, site_hosts=site.hosts)
    host = _host_of(attribution.referrer)
    from_tenant = host is not None and tenant_of(host, page.hostname) is not None
    return Landing(page.hostname, page.path, attribution, host, from_tenant=from_tenant)


_landings: Latest[tuple[SiteRules, str, str | None, bool], Landing] = Latest(_LANDINGS, "landing_of")
_known = _landings.get


def landings_of(wires: Sequence[AnyEvent], sites: Sequence[SiteRules]) -> list[Landing]:
    """What the URL and the referrer of each event say; kept where strangers cannot fill the memory with them."""
    urls = [wire.u if wire.u is not None else wire.url or "" for wire in wires]
    referrers = [wire.r if wire.r is not None else wire.referrer for wire in wires]
    keep_hash = [bool(wire.h or wire.hash) for wire in wires]
    return [_known(key) or _find(key) for key in zip(sites, urls, referrers, keep_hash, strict=True)]


def _find(key: tuple[SiteRules, str, str | None, bool]) -> Landing:
    landing = landing_of(*key)
    if is_short(key[1], LONGEST_OF_MANY) and (not key[2] or is_short(key[2], LONGEST_OF_MANY)):
        _landings.keep(key, landing)
    return landing


def _off_site(page: Page, site: SiteRules) -> Drop | None:
    """Why a page that is on none of the site's own hosts is not counted, if it is not."""
    if site.staging_hosts and _is_listed(page.hostname, site.staging_hosts):
        return Drop(DropReason.STAGING_HOST, page.hostname)
    if site.counts_development:
        return None
    if page.is_file:
        return Drop(DropReason.DEVELOPMENT_HOST, "file:")
    return (
        Drop(DropReason.DEVELOPMENT_HOST, page.hostname) if page.is_web and is_development_host(page.hostname) else None
    )


def _is_listed(host: str, hosts: Collection[str]) -> bool:
    """Whether hosts name one, or by `*.` one above it."""
    labels = host.split(".")
    return host in hosts or any(f"*.{'.'.join(labels[place:])}" in hosts for place in range(1, len(labels)))


def _host_of(url: str | None) -> str | None:
    return url.split("/", 3)[2] if url and "//" in url else None
