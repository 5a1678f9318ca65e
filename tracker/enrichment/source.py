"""Where a reader comes from: source, medium, channel, campaign, out of the page's campaign parameters and the referrer.

Pure. A campaign parameter says more than a referrer, and a click id more than nothing. Names are the ones that
people use today.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from tracker.enrichment.channels import channel_of
from tracker.enrichment.page import Page
from tracker.enrichment.social import BY_APP, BY_CLICK_ID, BY_HOST, BY_WORD, KIND_BY_NAME

_DATA = Path(__file__).parent / "data"
_MAX_REFERRER = 1024


class Attribution(NamedTuple):
    """Where a visit comes from. Direct has no source and no medium; `referrer` has neither query nor fragment."""

    referrer: str | None
    source: str | None
    medium: str | None
    channel: str
    social_kind: str | None
    campaign: str | None
    content: str | None
    term: str | None


class Origin(NamedTuple):
    """What a referrer is: a name, GA4's medium, and the kind of site (search, social, video, shopping, ai, email)."""

    name: str
    medium: str
    category: str | None
    term: str | None = None


# Names that lists have otherwise.
_NAMES = {
    "Twitter": "X",
    "Google Images": "Google",
    "Yahoo! Images": "Yahoo!",
    "Bing Images": "Bing",
    "vk.com": "VK",
    "Vkontakte": "VK",
}
_PAID_CLICK_IDS = {
    "gclid": "Google",
    "gbraid": "Google",
    "wbraid": "Google",
    "dclid": "Google",
    "msclkid": "Bing",
    "yclid": "Yandex",
}
_APPS = {
    "com.google.android.gm": Origin("Gmail", "email", "email"),
    "com.google.android.googlequicksearchbox": Origin("Google", "organic", "search"),
    "com.google.android.apps.searchlite": Origin("Google", "organic", "search"),
    "com.google.android.apps.magazines": Origin("Google News", "referral", None),
    "com.microsoft.office.outlook": Origin("Outlook", "email", "email"),
    "com.openai.chatgpt": Origin("ChatGPT", "referral", "ai"),
    "com.anthropic.claude": Origin("Claude", "referral", "ai"),
    "ai.perplexity.app.android": Origin("Perplexity", "referral", "ai"),
}
_HOSTS = {
    "mail.google.com": Origin("Gmail", "email", "email"),
    "outlook.live.com": Origin("Outlook", "email", "email"),
    "outlook.office.com": Origin("Outlook", "email", "email"),
    "outlook.office365.com": Origin("Outlook", "email", "email"),
    "mail.yahoo.com": Origin("Yahoo! Mail", "email", "email"),
    "mail.proton.me": Origin("Proton Mail", "email", "email"),
    "webmail.orange.fr": Origin("Orange", "email", "email"),
    "mail.orange.fr": Origin("Orange", "email", "email"),
    "zimbra.free.fr": Origin("Free", "email", "email"),
    "messagerie.laposte.net": Origin("La Poste", "email", "email"),
    "news.google.com": Origin("Google News", "referral", None),
    "discover.google.com": Origin("Google Discover", "organic", "search"),
    "chatgpt.com": Origin("ChatGPT", "referral", "ai"),
    "chat.openai.com": Origin("ChatGPT", "referral", "ai"),
    "claude.ai": Origin("Claude", "referral", "ai"),
    "perplexity.ai": Origin("Perplexity", "referral", "ai"),
    "gemini.google.com": Origin("Gemini", "referral", "ai"),
    "copilot.microsoft.com": Origin("Copilot", "referral", "ai"),
    "chat.mistral.ai": Origin("Le Chat", "referral", "ai"),
    "chat.deepseek.com": Origin("DeepSeek", "referral", "ai"),
    "grok.com": Origin("Grok", "referral", "ai"),
    "meta.ai": Origin("Meta AI", "referral", "ai"),
    "you.com": Origin("You.com", "referral", "ai"),
    "poe.com": Origin("Poe", "referral", "ai"),
    "vimeo.com": Origin("Vimeo", "referral", "video"),
    "dailymotion.com": Origin("Dailymotion", "referral", "video"),
}
# Where a purchase or a login makes a detour: coming back from there starts no new source.
_DETOURS = frozenset(
    "paypal.com checkout.stripe.com js.stripe.com hooks.stripe.com accounts.google.com login.microsoftonline.com login.live.com"
    " appleid.apple.com auth0.com okta.com klarna.com pay.google.com secure.payzen.eu payline.com systempay.fr".split()
)
_NO_REFERRER = frozenset({"", "null", "undefined", "(direct)", "direct", "about:blank", "about:client", "-"})


@lru_cache(maxsize=1)
def _lists() -> tuple[dict[str, list[str]], dict[str, str], frozenset[str]]:
    content = json.loads((_DATA / "referrers.json").read_text(encoding="utf-8"))
    spam = frozenset((_DATA / "spam_hosts.txt").read_text(encoding="utf-8").split())
    return content["hosts"], content["categories"], spam


def attribute(page: Page, referrer: str | None, *, site_hosts: Collection[str] = ()) -> Attribution:
    """The attribution of a pageview of `page` that says `referrer`; `site_hosts` are the site's own hosts."""
    plain, origin = _referrer(referrer or "")
    if plain is not None and _is_internal(plain, page.hostname, site_hosts):
        plain, origin = None, None
    if page.params:
        return _campaign(page.params, plain, origin)
    if origin is None:
        return Attribution(plain, None, None, "Direct", None, None, None, None)
    channel = channel_of(origin.name, origin.medium, None, origin.category)
    return Attribution(
        plain, origin.name, origin.medium, channel, KIND_BY_NAME.get(origin.name), None, None, origin.term
    )


@lru_cache(maxsize=32_768)
def is_referrer_spam(referrer: str | None) -> str | None:
    """The host of a referrer that is on the list of spammers."""
    host = _host_of(referrer or "")
    if not host:
        return None
    _, _, spam = _lists()
    return next((suffix for suffix in _suffixes(host) if suffix in spam), None)


@lru_cache(maxsize=32_768)
def _referrer(referrer: str) -> tuple[str | None, Origin | None]:
    """A referrer without what identifies a person, and what it is."""
    if referrer.strip().lower() in _NO_REFERRER:
        return None, None
    if referrer.startswith(("android-app://", "ios-app://")):
        app = referrer.partition("://")[2].partition("/")[0]
        return f"{referrer.partition('://')[0]}://{app}"[:_MAX_REFERRER], _app(app)
    host = _host_of(referrer)
    if not host:
        return None, None
    parts = urlsplit(referrer.strip())
    path = parts.path if parts.path.startswith("/") else "/"
    if any(suffix in _DETOURS for suffix in _suffixes(host)):
        return None, None
    return f"{parts.scheme.lower()}://{host}{path}"[:_MAX_REFERRER], _origin(host, path, parts.query)


def _host_of(referrer: str) -> str | None:
    try:
        parts = urlsplit(referrer.strip())
        host = (parts.hostname or "").rstrip(".")
        if parts.scheme.lower() not in ("http", "https") or not host or " " in host:
            return None
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except ValueError:
        return None


def _suffixes(host: str) -> list[str]:
    """The host and the domains above it, the longest first, down to two labels."""
    labels = host.removeprefix("www.").split(".")
    return [".".join(labels[start:]) for start in range(max(1, len(labels) - 1))]


def _app(app: str) -> Origin:
    lower = app.lower()
    network = BY_APP.get(lower)
    if network:
        return Origin(network.name, "social", "video" if network.name == "YouTube" else "social")
    return _APPS.get(lower) or Origin(app, "app", None)


def _origin(host: str, path: str, query: str) -> Origin:
    suffixes = _suffixes(host)
    for suffix in suffixes:
        if suffix in _HOSTS:
            return _HOSTS[suffix]
        network = BY_HOST.get(suffix)
        if network:
            return Origin(network.name, "social", "video" if network.name == "YouTube" else "social")
    listed = _listed(host, suffixes, path)
    if listed is None:
        if host.split(".", maxsplit=1)[0] in ("webmail", "mail", "zimbra", "roundcube", "owa"):
            return Origin(host.removeprefix("www."), "email", "email")
        return _mastodon(host, path) or Origin(
            host.removeprefix("www."), "referral", _category(host.removeprefix("www."))
        )
    name, kind, parameters = listed
    name = _NAMES.get(name, name)
    if kind == "search":
        return Origin(name, "organic", "search", _term(query, parameters))
    return Origin(name, "social", "social") if kind == "social" else Origin(name, "referral", "ai")


def _listed(host: str, suffixes: list[str], path: str) -> list[str] | None:
    """The list's entry of a host: with its path, as it is, or with its country ending as `{}`."""
    hosts, _, _ = _lists()
    first = path.split("/")[1] if path.count("/") else ""
    for suffix in (host, *suffixes):
        labels = suffix.split(".")
        forms = [f"{suffix}/{first}", suffix, f"www.{suffix}"]
        for keep in (1, 2):
            if len(labels) > keep:
                open_ended = ".".join([*labels[:-keep], "{}"])
                forms += [f"{open_ended}/{first}", open_ended, f"www.{open_ended}", "{}." + ".".join(labels[1:])]
        for form in forms:
            if form in hosts:
                return hosts[form]
    return None


def _category(source: str) -> str | None:
    _, categories, _ = _lists()
    return categories.get(source)


def _mastodon(host: str, path: str) -> Origin | None:
    if host.startswith(("mastodon.", "mstdn.", "toot.", "pouet.")) or path.startswith("/@"):
        return Origin("Mastodon", "social", "social")
    return None


def _term(query: str, parameters: str) -> str | None:
    if not query or not parameters:
        return None
    given = parse_qs(query[:4096], max_num_fields=100, errors="replace") if query.count("&") < 100 else {}
    return next((given[name][0][:200] for name in parameters.split(",") if given.get(name)), None)


def _is_internal(referrer: str, hostname: str, site_hosts: Collection[str]) -> bool:
    host = referrer.split("/", 3)[2] if "//" in referrer else ""
    plain = host.removeprefix("www.")
    return plain == hostname.removeprefix("www.") or host in site_hosts or plain in site_hosts


def _campaign(params: Mapping[str, str], referrer: str | None, origin: Origin | None) -> Attribution:
    """What campaign parameters and click ids say, with the referrer where they are silent."""

    def first(*names: str) -> str | None:
        return next((params[name] for name in names if name in params), None)

    word = first("utm_source", "mtm_source", "pk_source", "source", "ref", "via")
    medium = first("utm_medium", "mtm_medium", "pk_medium")
    campaign = first("utm_campaign", "mtm_campaign", "pk_campaign", "piwik_campaign")
    content = first("utm_content", "mtm_content", "pk_content")
    term = first("utm_term", "mtm_keyword", "mtm_kwd", "pk_keyword", "pk_kwd", "piwik_kwd")
    named = _by_word(word) if word else _by_click_id(params) or origin
    if named is None:
        if medium is None and campaign is None:
            return Attribution(referrer, None, None, "Direct", None, None, content, term)
        return Attribution(
            referrer, None, medium, channel_of(None, medium, campaign, None), None, campaign, content, term
        )
    medium = medium or (_click_medium(params) or named.medium)
    channel = channel_of(word or named.name, medium, campaign, named.category)
    return Attribution(
        referrer, named.name, medium, channel, KIND_BY_NAME.get(named.name), campaign, content, term or named.term
    )


@lru_cache(maxsize=8192)
def _by_word(word: str) -> Origin:
    """What a campaign's source word means: `fb` is Facebook, `newsletter` is itself."""
    lower = word.lower().removeprefix("www.")
    network = BY_WORD.get(lower) or BY_HOST.get(lower)
    if network:
        return Origin(network.name, "social", "video" if network.name == "YouTube" else "social")
    if "." in lower and " " not in lower:
        found = _origin(lower, "/", "")
        return found._replace(name=word if found.name == lower else found.name)
    searched = {
        "google": "Google",
        "bing": "Bing",
        "yahoo": "Yahoo!",
        "duckduckgo": "DuckDuckGo",
        "qwant": "Qwant",
        "ecosia": "Ecosia",
    }
    if lower in searched:
        return Origin(searched[lower], "organic", "search")
    assistants = {
        "chatgpt": "ChatGPT",
        "openai": "ChatGPT",
        "perplexity": "Perplexity",
        "claude": "Claude",
        "gemini": "Gemini",
        "copilot": "Copilot",
    }
    if lower in assistants:
        return Origin(assistants[lower], "referral", "ai")
    if lower in ("newsletter", "email", "mail", "emailing", "mailchimp", "brevo", "sendinblue"):
        return Origin(word, "email", "email")
    return Origin(word, "referral", _category(lower))


def _by_click_id(params: Mapping[str, str]) -> Origin | None:
    for name in params:
        if name in _PAID_CLICK_IDS:
            return Origin(_PAID_CLICK_IDS[name], "cpc", "search")
        network = BY_CLICK_ID.get(name)
        if network:
            return Origin(network.name, "social", "social")
    return None


def _click_medium(params: Mapping[str, str]) -> str | None:
    return "cpc" if any(name in _PAID_CLICK_IDS for name in params) else None
