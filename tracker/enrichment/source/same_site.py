"""Whether a referrer is the site itself: its own hosts and the other subdomains of its domain.

Pure. The Public Suffix List of the installed package decides where a domain ends: two blogs of `wordpress.com` are two
sites. Google Analytics has the same rule, by the domain of its cookie.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Any

# Domains whose subdomains have different owners and that are not in the list of suffixes.
_SHARED = frozenset(
    "wordpress.com substack.com medium.com tumblr.com over-blog.com canalblog.com hautetfort.com eklablog.com typepad.com"
    " livejournal.com hashnode.dev webador.fr e-monsite.com jimdofree.com skyrock.com beehiiv.com".split()
)


def same_site(host: str, page_host: str, site_hosts: Collection[str] = ()) -> bool:
    """Returns whether a referrer's host belongs to the page's site. An app has no host and belongs to no site."""
    if not host:
        return False
    if host == page_host or host in site_hosts:
        return True
    plain, page = host.removeprefix("www."), page_host.removeprefix("www.")
    if plain == page or plain in site_hosts:
        return True
    # Different last labels or different ones before: no need to ask the list, which takes longer.
    if plain.rsplit(".", 2)[-2:] != page.rsplit(".", 2)[-2:]:
        return False
    domain = registrable_domain(plain)
    return domain != "" and domain not in _SHARED and domain == registrable_domain(page)


@lru_cache(maxsize=8_192)
def registrable_domain(host: str) -> str:
    """Returns the registrable domain of a host; empty for an IP address or a public suffix."""
    return str(_extract()(host).top_domain_under_public_suffix)


@lru_cache(maxsize=1)
def _extract() -> Any:
    # The package brings an HTTP client along, and only a referrer from a neighbour needs it.
    import tldextract

    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
