"""The origin of a site or an app, looked up by its host or package name.

Pure, except that the lists read data files. A host and then its parent domains are looked up, so subdomains and mobile
hosts are found without being listed. A host in no list may still be recognised by its name (webmail, Mastodon).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from tracker.enrichment.source.origin import Origin, make_origin, network_origin
from tracker.enrichment.source.registry import ListedSite, find_in, source_lists, without_country
from tracker.enrichment.source.social_networks import NETWORKS, is_mastodon

_MAIL_LABEL = re.compile(
    r"(?:web|w|e|light|up|fast|my)?mail(?:er)?\d*(?:-[a-z]+)?|webmail\w*|messagerie[\w-]*|zimbra\d*|roundcube|owa|horde|imp"
    r"|sogo\d*|rainloop|squirrelmail|courriel|courrier|poczta|posta|post[ae]?|correo|deref-\w+|3c(?:-\w+)?|mailbusiness"
    r"|email"
)
# The senders' domains that differ in a number only (`cmail19.com`) are listed as `cmail#.com`.
_NUMBER = re.compile(r"\d+")
_DIGITS = "0123456789-"
_MAKERS = frozenset({"search", "social", "video", "ai", "shopping"})
_PORTALS = frozenset(
    "google.com yahoo.com yahoo.co.jp yandex.ru yandex.com mail.ru naver.com baidu.com qq.com msn.com aol.com".split()
)
# What Google's search was asked for other than pages: images, videos, news, products, the AI mode.
_RESULTS = re.compile(r"(?:^|&)((?:tbm|udm)=\w+)")
_RESULTS_OF = {
    **dict.fromkeys(("tbm=isch", "udm=2"), "images.google.com"),
    **dict.fromkeys(("tbm=vid", "udm=7"), "video.google.com"),
    **dict.fromkeys(("tbm=nws", "udm=12"), "news.google.com"),
    **dict.fromkeys(("tbm=shop", "udm=28"), "shopping.google.com"),
    "udm=50": "google.com/aimode",
}
_MASTODON_PATH = re.compile(r"/(?:deck/|web/)?@\w+(?:@[\w.-]+)?(?:/\d{10,})?/?$")

_NETWORKS = {network.name: network_origin(network) for network in NETWORKS}
_MASTODON = _NETWORKS["Mastodon"]
# Software that anybody may run. Its servers often have its name in their host names (`searx.example.org`, `peertube.fr`).
_BY_SOFTWARE: Mapping[str, Origin] = {
    **dict.fromkeys(("searx", "searxng"), make_origin("SearXNG", "search")),
    "whoogle": make_origin("Whoogle", "search"),
    "librex": make_origin("LibreX", "search"),
    "4get": make_origin("4get", "search"),
    "peertube": make_origin("PeerTube", "video"),
    **{
        name.lower(): make_origin(name, "social")
        for name in (
            "Lemmy Mbin PieFed Pixelfed Misskey Firefish Sharkey Iceshrimp Pleroma Akkoma GoToSocial Friendica Hubzilla"
            " Diaspora Mobilizon BookWyrm Nostr Mattermost Zulip"
        ).split()
    },
    "kbin": make_origin("kbin", "social"),
    **dict.fromkeys(("rocketchat", "rocket-chat"), make_origin("Rocket.Chat", "social")),
    # Alternative front ends of a network, which show what is published on it.
    **dict.fromkeys(("nitter", "xcancel"), _NETWORKS["X"]),
    **dict.fromkeys(("libreddit", "redlib", "teddit"), _NETWORKS["Reddit"]),
    **dict.fromkeys(("invidious", "piped"), _NETWORKS["YouTube"]),
}


def origin_of_host(host: str, path: str = "/", query: str = "") -> tuple[Origin, str]:
    """What a host is, with the names of its search word's parameters; a part of a site can be something else."""
    listed = _find_path(host, path) if len(path) > 1 else None
    if listed is None and path == "/search" and ("udm=" in query or "tbm=" in query):
        listed = _results_of_google(host, query)
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
    said = _by_software(first, rest)
    if said is not None:
        return said, ""
    if listed is not None:
        return make_origin(plain, listed.category), listed.parameters
    app = source_lists().apps.get(plain)
    return (app or make_origin(plain, None)), ""


def _find(host: str) -> ListedSite | None:
    """Returns the entry of a host or of its nearest parent domain, with its own or any country's ending."""
    lists = source_lists()
    found = find_in(lists.hosts, host)
    if found is None:
        name = without_country(host)
        if name is not None:
            found = find_in(lists.countries, name)
    if found is None and _NUMBER.search(host) is not None:
        found = find_in(lists.hosts, _NUMBER.sub("#", host))
    return found


def _by_software(first: str, rest: str) -> Origin | None:
    """What a host is whose first or second label is a software's name, with or without a number."""
    found = _BY_SOFTWARE.get(first.rstrip(_DIGITS))
    return found if found is not None or "." not in rest else _BY_SOFTWARE.get(rest.partition(".")[0].rstrip(_DIGITS))


def listed_category(host: str) -> str | None:
    """Returns the kind of site by the lists alone, not by the host's name; None for an unlisted host."""
    listed = _find(host.removeprefix("www."))
    return None if listed is None else listed.category


def is_in_googles_lists(origin: Origin) -> bool:
    """Whether Google's list of sources has a site as what we take it for; what we added, a campaign's medium outweighs."""
    return (origin.name, origin.category) in source_lists().googles


def is_listed(host: str) -> bool:
    """Returns whether a list has exactly this host."""
    return host in source_lists().hosts


def _results_of_google(host: str, query: str) -> ListedSite | None:
    """What Google's results are that are no web pages, by the parameter that asks for them."""
    asked = _RESULTS.search(query)
    if asked is None or not host.removeprefix("www.").startswith("google."):
        return None
    return source_lists().hosts.get(_RESULTS_OF.get(asked[1], ""))


def _find_path(host: str, path: str) -> ListedSite | None:
    lists = source_lists()
    plain = host.removeprefix("www.").removeprefix("m.")
    if plain[2:3] == "." and plain[3:] in lists.with_paths:
        plain = plain[3:]  # `ca.bing.com/images`
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
    plain = app.lower().removeprefix("id")
    return source_lists().apps.get(plain) or _of_maker(plain) or Origin(app, "app", None, "Referral")


def _of_maker(app: str) -> Origin | None:
    """The network, engine or assistant whose app it is, by its domain turned round: `com.pinterest.twa` is Pinterest's.

    Some apps give a host as their name (`m.facebook.com`). A portal's apps are many things.
    """
    labels = app.split(".")
    forms = [app, *(".".join(reversed(labels[:count])) for count in (3, 2) if len(labels) >= count)]
    for host in forms:
        listed = source_lists().hosts.get(host.removeprefix("www.").removeprefix("m."))
        origin = listed.origin if listed is not None else None
        if origin is not None and origin.category in _MAKERS and host not in _PORTALS:
            return origin
    return None
