"""Attribution: a visit's source, medium, channel and campaign, from the page's campaign parameters and the referrer.

Pure. In order of priority: campaign parameters, an advertisement's click id, the referrer, and a click id that shared
links have too. Sources have the names that people use today.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from tracker.enrichment.page.parse import Page
from tracker.enrichment.remembered import LONGEST_OF_MANY, is_short
from tracker.enrichment.source.campaign_source import origin_of_word
from tracker.enrichment.source.channels import channel_of, names_another_way
from tracker.enrichment.source.click_ids import is_own_click, of_click, seller_of
from tracker.enrichment.source.host_origins import (
    is_in_googles_lists,
    is_listed,
    listed_category,
    origin_of_app,
    origin_of_host,
)
from tracker.enrichment.source.origin import Origin, paid
from tracker.enrichment.source.pass_through import is_detour_host, is_detour_path, lets_people_in
from tracker.enrichment.source.raw_referrer import plain_referrer
from tracker.enrichment.source.same_site import same_site
from tracker.enrichment.source.url_parameters import readable, said_by
from tracker.enrichment.text.urls import UNSAFE, is_private_host, split_url
from tracker.sites.domain_name import plain_host

_DATA = Path(__file__).parents[1] / "data"
_MAX_REFERRER = 1024
_MAX_APP = 200


class Attribution(NamedTuple):
    """Where a visit comes from, as columns. Direct has no source and no medium; `referrer` has neither query nor fragment.

    `utm_source` and `utm_medium` are the words of the page's URL as they stood there; `source` and `medium` are what
    they mean, or what the referrer means.
    """

    referrer: str | None
    source: str | None
    medium: str | None
    channel: str
    social_kind: str | None
    campaign: str | None
    content: str | None
    term: str | None
    utm_source: str | None = None
    utm_medium: str | None = None


class Referrer(msgspec.Struct, frozen=True, gc=False):
    """A referrer without query, fragment and user, which may identify a person.

    `host` is empty for an app; `origin` is None where nobody comes from (a detour, a machine nearby); `spam` is the
    domain that is on the list of spammers.
    """

    url: str | None
    host: str
    origin: Origin | None
    term: str | None = None
    spam: str | None = None


# What engines call the search's words when the lists do not know it.
_USUAL_TERMS = ("q", "as_q", "query", "p", "text", "wd", "kw", "searchfor", "ask", "qs", "qt", "rdata")
DIRECT = Attribution(None, None, None, "Direct", None, None, None, None)
_NOWHERE = Referrer(None, "", None)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?://|[^0-9])", re.IGNORECASE)
_NO_SOURCE = frozenset({"(direct)", "direct", "(none)", "none", "(not set)", "not set", "null", "undefined"})


def attribute(page: Page, referrer: str | None, *, site_hosts: Collection[str] = ()) -> Attribution:
    """Returns the attribution of a pageview of `page` with `referrer`. `site_hosts` are the site's own hosts."""
    if not referrer and not page.params:
        return DIRECT
    hosts = site_hosts if isinstance(site_hosts, frozenset) else frozenset(site_hosts)
    if page.params:
        return _by_campaign(page.params, page.hostname, referrer, hosts)
    return _by_referrer(page.hostname, referrer or "", hosts)


def _by_campaign(
    params: Mapping[str, str], hostname: str, referrer: str | None, site_hosts: frozenset[str]
) -> Attribution:
    known = _referrer(referrer) if referrer else _NOWHERE
    within = bool(known.host) and same_site(known.host, hostname, site_hosts)
    return _campaign(params, _NOWHERE if within else known, within=within)


def _by_referrer(hostname: str, referrer: str, site_hosts: frozenset[str]) -> Attribution:
    known = _referrer(referrer)
    origin = known.origin
    if origin is None or same_site(known.host, hostname, site_hosts):
        return DIRECT
    return Attribution(
        known.url, origin.name, origin.medium, origin.channel, origin.social_kind, None, None, known.term
    )


def is_referrer_spam(referrer: str | None) -> str | None:
    """Returns the domain of a referrer that is on the list of spammers; None for another referrer."""
    return _referrer(referrer).spam if referrer else None


def listed_referrer(referrer: str, hosts: Collection[str]) -> str | None:
    """Returns the one of `hosts` that is a referrer's host or a parent domain of it; None if none is."""
    suffix = _referrer(referrer).host if hosts else ""
    while suffix:
        if suffix in hosts:
            return suffix
        suffix = suffix.partition(".")[2]
    return None


@lru_cache(maxsize=1)
def _spam_hosts() -> frozenset[str]:
    return frozenset((_DATA / "spam_hosts.txt").read_text(encoding="utf-8").split())


def _referrer(referrer: str) -> Referrer:
    """What a referrer is."""
    return _kept_referrer(referrer) if is_short(referrer, LONGEST_OF_MANY) else _read_referrer(referrer)


def _read_referrer(referrer: str) -> Referrer:
    referrer = plain_referrer(referrer)
    url = split_url(referrer)
    if url is None:
        return _app(referrer)
    host, path, query = url.host, url.path or "/", url.query
    spam, nowhere = _about_host(host)
    if nowhere or spam or (len(path) > 1 and is_detour_path(path)):
        return Referrer(None, host, None, None, spam)
    origin, parameters = origin_of_host(host, path, query)
    term = _term(query, parameters) if query and origin.category == "search" else None
    return Referrer(f"{url.scheme}://{host}{path}"[:_MAX_REFERRER], host, origin, term)


_kept_referrer = lru_cache(maxsize=6_144)(_read_referrer)


def _app(referrer: str) -> Referrer:
    if _SCHEME.match(referrer.strip()[:40]) is None:
        return _bare(referrer.strip())
    scheme, _, rest = referrer.strip().partition("://")
    if scheme.lower() not in ("android-app", "ios-app"):
        return _NOWHERE
    app = UNSAFE.sub("", rest[:_MAX_APP]).partition("/")[0].strip()
    return Referrer(f"{scheme.lower()}://{app}", "", origin_of_app(app)) if app else _NOWHERE


def _bare(referrer: str) -> Referrer:
    """What a referrer without a scheme is, as a server's own client may send it; a word of no known site is nothing."""
    text = referrer.removeprefix("//")
    name = re.split("[/?#]", text[:300], maxsplit=1)[0]
    name = name.split(maxsplit=1)[0] if name.strip() else ""
    host = plain_host(name) if "." in name and "@" not in name else None
    if host is None or "." not in host:
        return _NOWHERE
    said = text != referrer or host.startswith("www.")
    return _referrer(f"https://{text}") if said or origin_of_host(host)[0].name != host else _NOWHERE


@lru_cache(maxsize=8_192)
def _about_host(host: str) -> tuple[str | None, bool]:
    """The listed domain of a spammer's host, and whether nobody comes from a host."""
    suffix, spam = host, _spam_hosts()
    while "." in suffix:
        if suffix in spam:
            # A search engine that adware brings along sends real people, whatever its makers send besides.
            return None if listed_category(host) else suffix, False
        suffix = suffix.partition(".")[2]
    # `login.tagged.com` is a network's own host, which lists know.
    return None, is_private_host(host) or is_detour_host(host) or (lets_people_in(host) and not is_listed(host))


def _term(query: str, parameters: str) -> str | None:
    """Returns the search words: the first of the engine's parameters, in their listed order, that has a value."""
    given: dict[str, str] = {}
    for pair in query.split("&", 100):
        name, _, value = pair.partition("=")
        given.setdefault(name, value)
    names = (*parameters.split(","), *_USUAL_TERMS)
    return next((text for name in names if name in given and (text := readable(given[name]))), None)


def _campaign(params: Mapping[str, str], referrer: Referrer, *, within: bool) -> Attribution:
    """What campaign parameters and click ids say, with the referrer where they are silent.

    `within` says that the visitor was on the site already, where a link's `source` or `ref` is the site's own affair.
    """
    parts, raw = said_by(params), (params.get("utm_source"), params.get("utm_medium"))
    word = parts.get("source") or (None if within else parts.get("weak_source"))
    medium, campaign, content = parts.get("medium"), parts.get("campaign"), parts.get("content")
    term = parts.get("term") or referrer.term
    if medium is not None and medium.lower() in _NO_SOURCE:
        medium = None
    if word is not None and word.lower() in _NO_SOURCE:
        word = None
    seller = seller_of(params)
    if word is None:
        origin = of_click(params, seller, referrer.origin)
    else:
        origin = origin_of_word(word)
        if seller is not None and (medium is None or is_own_click(origin, seller)):
            origin = paid(origin)
    if origin is None:
        channel = channel_of(None, medium, campaign, None)
        return Attribution(referrer.url, None, medium, channel, None, campaign, content, term, *raw)
    channel = _channel(origin, word, medium, campaign)
    return Attribution(
        referrer.url,
        origin.name,
        medium or origin.medium,
        channel,
        origin.social_kind,
        campaign,
        content,
        term,
        *raw,
    )


def _channel(origin: Origin, word: str | None, medium: str | None, campaign: str | None) -> str:
    if medium is None and campaign is None:
        return origin.channel
    # A site's own word for a medium decides nothing (YouTube's visitors are `social`, and count as video).
    given = medium or ("cpc" if origin.paid else "organic" if origin.category == "search" else "referral")
    category = origin.category
    if medium and category and not is_in_googles_lists(origin) and names_another_way(medium):
        category = None  # `utm_source=substack&utm_medium=email`: by Google's rules the source counts only where listed
    channel = channel_of(word or origin.name, given, campaign, category)
    # `facebook_ads` was paid, whatever the medium says.
    return origin.channel if origin.paid and channel.startswith(("Organic", "Referral", "Unassigned")) else channel
