"""What a site's settings say about its hits, as enrichment needs them."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network

import msgspec

from tracker.enrichment.page.query import DEFAULT_PARAMETERS

# Of a site that says nothing else.
DEFAULT_LANGUAGE = "fr"


class SiteRules(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A site's settings. `domain` is the name under which its events are stored.

    Caches go by the object, as a comparison of all settings would take longer than what it spares: ask `same_rules`
    for the rules of a site that is read again.
    """

    domain: str
    time_zone: str = "Europe/Paris"
    excluded: tuple[IPv4Network | IPv6Network, ...] = ()
    disabled_rules: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    language: str = DEFAULT_LANGUAGE
    honours_signals: bool = False
    keeps_emails: bool = False
    link_key: str = ""
    page_parameters: frozenset[str] = DEFAULT_PARAMETERS
    staging_hosts: frozenset[str] = frozenset()
    counts_development: bool = False
    excluded_referrers: frozenset[str] = frozenset()
    excluded_pages: tuple[str, ...] = ()


# The one object for rules that say the same.
same_rules = lru_cache(maxsize=4_096)(SiteRules)
