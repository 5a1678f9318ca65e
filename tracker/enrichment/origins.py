"""What a site or an app is, looked up by its address.

Pure but for the data files behind the lists. A host is looked up by its endings, the longest first, a probe each, so
that subdomains and mobile hosts are found without being listed; what no list knows may still say what it is in its
name (webmail, Mastodon).
"""

from __future__ import annotations

import re
from functools import lru_cache

from tracker.enrichment.origin import Origin, make_origin, network_origin
from tracker.enrichment.social import NETWORKS, is_mastodon
from tracker.enrichment.source_lists import Listed, find_in, source_lists, without_country

_MAIL_LABEL = re.compile(
    r"(?:web|w|e|light|up|fast|my)?mail(?:er)?\d*(?:-[a-z]+)?|webmail\w*|messagerie\w*|zimbra\d*|roundcube|owa|horde|imp"
    r"|sogo|rainloop|squirrelmail|courriel|courrier|poczta|posta|post[ae]?|correo|deref-\w+|3c(?:-\w+)?|mailbusiness|email"
)
_MASTODON_PATH = re.compile(r"/(?:deck/|web/)?@\w+(?:@[\w.-]+)?(?:/\d{10,})?/?$")

_MASTODON = network_origin(next(network for network in NETWORKS if network.name == "Mastodon"))


def origin_of_host(host: str, path: str = "/", query: str = "") -> tuple[Origin, str]:
    """What a host is, with the names of its search word's parameters; a part of a site can be something else."""
    listed = _find_path(host, path) if len(path) > 1 else None
    if listed is None and "udm=50" in query and path == "/search":
        listed = source_lists().hosts.get("google.com/aimode")
    if listed is not None and listed.origin is not None:
        return listed.origin, listed.parameters
    origin, parameters = _origin_of_host(host)
    unlisted = origin.category is None and origin.name == host
    if unlisted and path.startswith(("/@", "/web/@", "/deck/@")) and _MASTODON_PATH.fullmatch(path[:200]):
        return _MASTODON, ""
    return origin, parameters


@lru_cache(maxsize=8_192)
def _origin_of_host(host: str) -> tuple[Origin, str]:
    plain = host.removeprefix("www.")
    listed = _find(plain)
    if listed is not None and listed.origin is not None:
        return listed.origin, listed.parameters
    if is_mastodon(plain):
        return _MASTODON, ""
    first, _, rest = plain.partition(".")
    if "." in rest and _MAIL_LABEL.fullmatch(first):
        return _webmail(plain, rest), ""
    if listed is not None:
        return make_origin(plain, listed.category), listed.parameters
    app = source_lists().apps.get(plain)
    return (app or make_origin(plain, None)), ""


def _find(host: str) -> Listed | None:
    """The entry of a host or of the nearest domain above it, as it is or with its country's ending open."""
    lists = source_lists()
    found = find_in(lists.hosts, host)
    if found is None:
        name = without_country(host)
        if name is not None:
            found = find_in(lists.countries, name)
    return found


def _find_path(host: str, path: str) -> Listed | None:
    lists = source_lists()
    plain = host.removeprefix("www.").removeprefix("m.")
    for form in (plain, _country_form(plain)):
        if form not in lists.with_paths:
            continue
        first, _, rest = path[1:].partition("/")
        found = lists.hosts.get(f"{form}/{first}/{rest.partition('/')[0]}") or lists.hosts.get(f"{form}/{first}")
        if found is not None:
            return found
    return None


def _country_form(host: str) -> str:
    """A host as the lists have it that is the same in all countries: `google.co.uk` is `google.{}`."""
    name = without_country(host)
    return host if name is None else f"{name}.{{}}"


def _webmail(host: str, provider: str) -> Origin:
    """A webmail by its host's name; by its provider's when that one is known."""
    names = source_lists().mail_names
    return make_origin(names.get(provider) or names.get(_country_form(provider)) or host, "email")


@lru_cache(maxsize=4096)
def origin_of_app(app: str) -> Origin:
    """What an app is, by its identifier on Android or iOS (a bundle or a number of the App Store)."""
    known = source_lists().apps.get(app.lower().removeprefix("id"))
    return known or Origin(app, "app", None, "Referral")
