"""What codes mean in words: network kinds, channels, devices, reasons for which a hit is not counted.

Every function takes the language's code first, so that pages and emails word the same thing the same way.
"""

from __future__ import annotations

from collections.abc import Mapping

from babel import Locale, UnknownLocaleError

from dashboards.translations import message, translate
from tracker.enrichment.bots import NamelessBot
from tracker.imports.log_scanners import ScannerSign

NETWORK_KINDS = {
    "business": message("Business"),
    "isp": message("Internet provider"),
    "mobile": message("Mobile network"),
    "hosting": message("Hosting"),
    "vpn": message("VPN or proxy"),
    "education": message("Education"),
    "government": message("Public body"),
    "nonprofit": message("Association"),
    "content": message("Content delivery network (CDN)"),
    "infrastructure": message("Network infrastructure"),
    "unknown": message("Unknown network"),
}

# Google Analytics 4's default channel groups (https://support.google.com/analytics/answer/9756891), and ours.
CHANNELS = {
    "Direct": message("Direct"),
    "Organic Search": message("Organic search"),
    "Paid Search": message("Paid search"),
    "Organic Social": message("Organic social"),
    "Paid Social": message("Paid social"),
    "Organic Video": message("Video"),
    "Paid Video": message("Paid video"),
    "Organic Shopping": message("Organic shopping"),
    "Paid Shopping": message("Paid shopping"),
    "Paid Other": message("Other paid"),
    "Cross-network": message("Cross-network"),
    "Display": message("Display"),
    "Email": message("Email"),
    "Affiliates": message("Affiliates"),
    "Referral": message("Referral sites"),
    "Audio": message("Audio"),
    "SMS": message("SMS"),
    "Mobile Push Notifications": message("Push notifications"),
    "AI Assistants": message("AI assistants"),
    "Unassigned": message("Unassigned"),
}

# Cavazza's kinds of social network.
SOCIAL_KINDS = {
    "publishing": message("Publishing"),
    "sharing": message("Sharing"),
    "networking": message("Networking"),
    "messaging": message("Messaging"),
    "collaborating": message("Collaborating"),
    "discussing": message("Discussing"),
}

DEVICES = {
    "desktop": message("Desktop"),
    "mobile": message("Mobile"),
    "tablet": message("Tablet"),
    "tv": message("Smart TV"),
    "console": message("Games console"),
    "other": message("Other device"),
}

# A reason's name, and what it means for the publisher.
SCREEN_SIZES = {
    "under_480": message("Under 480 px"),
    "480": message("480 to 767 px"),
    "768": message("768 to 1,023 px"),
    "1024": message("1,024 to 1,439 px"),
    "1440": message("1,440 to 1,919 px"),
    "1920": message("1,920 px and over"),
}

DROP_REASONS = {
    "unknown_site": (message("Unknown site"), message("The snippet’s data-domain is not a site of this installation.")),
    "bot": (
        message("Bots"),
        message("A search engine, a crawler or a program, identified by its user agent, its network or its behaviour."),
    ),
    "scanner": (
        message("Scanner"),
        message("An IP address that probes for vulnerabilities or posts forms, according to an imported log."),
    ),
    "referrer_spam": (message("Referrer spam"), message("The visit claims to come from a site that wants clicks.")),
    "excluded_address": (
        message("Excluded IP address"),
        message("The IP address is on the list in this site’s settings."),
    ),
    "invalid_url": (message("Invalid URL"), message("The page’s URL cannot be read.")),
    "invalid_hit": (message("Invalid data"), message("A field has an invalid value.")),
    "too_old": (
        message("Received too late"),
        message("The event arrived too long after it happened to be counted on its day."),
    ),
    "duplicate": (message("Duplicate"), message("The browser sent the same event again; it is counted once.")),
    "no_visit": (
        message("Reading time without a page"),
        message("Reading time received without the page it belongs to."),
    ),
    "opted_out": (message("Opted out"), message("The visitor opted out of being counted.")),
    "development_host": (
        message("Development host"),
        message("The page was on localhost, on a private network, in a file, or under a domain reserved for tests."),
    ),
    "staging_host": (message("Staging host"), message("The page’s host is on the list in this site’s settings.")),
    "excluded_page": (message("Excluded page"), message("The page is on the list in this site’s settings.")),
    "same_page": (
        message("Same page"),
        message("Only the query of the page’s URL changed, for example a filter or a map’s position."),
    ),
}

# The rules that detect bots (tracker.enrichment.bots.BotRule), as a site's settings name them.
BOT_RULES = {
    "known_bot": message("Bots known by name"),
    "lists": message("Bots on public lists"),
    "names_itself": message("User agents containing “bot”, “crawler”…"),
    "contact": message("User agents containing a URL or an email address"),
    "no_agent": message("Missing user agent"),
    "program": message("Programs without a browser"),
    "odd_browser": message("Malformed user agents"),
    "headless": message("Headless browsers"),
    "webdriver": message("Automated browsers (WebDriver)"),
    "purpose": message("Preloaded pages"),
    "client_hints": message("Forged user agents"),
    "crawler_network": message("IP addresses published by crawlers (Google, Bing…)"),
    "hosting_signs": message("Automated browsers in data centres"),
    "impossible_rate": message("Pages opened faster than anyone can read"),
    "reads_nothing": message("Many pages without reading time"),
    "one_page_many_addresses": message("One page from hundreds of IP addresses"),
}

# The label of a bot without a name of its own, by the detail that is stored (NamelessBot, ScannerSign).
NAMELESS_BOTS: dict[str, str] = {
    NamelessBot.NO_AGENT: message("Missing user agent"),
    NamelessBot.CODE: message("Code instead of a user agent"),
    NamelessBot.WEBDRIVER: message("Automated browser (WebDriver)"),
    NamelessBot.HOSTING: message("Automated browser in a data centre"),
    NamelessBot.FALSE_NAME: message("Forged user agent"),
    NamelessBot.PREFETCH: message("Preloaded page, not read"),
    NamelessBot.IMPOSSIBLE_RATE: BOT_RULES["impossible_rate"],
    NamelessBot.READS_NOTHING: BOT_RULES["reads_nothing"],
    NamelessBot.ONE_PAGE_MANY_IPS: BOT_RULES["one_page_many_addresses"],
    ScannerSign.POSTS: message("Posts forms without reading"),
    ScannerSign.ERRORS: message("Mostly requests missing pages"),
    ScannerSign.PROBES: message("Probes for vulnerabilities"),
}

METHODS = {
    "own_list": message("your own list of networks"),
    "given": message("the visitor’s own statement"),
    "enterprise": message("MaxMind Enterprise"),
    "isp": message("MaxMind ISP"),
    "company_database": message("a company database (IPinfo, ipapi)"),
    "domain": message("MaxMind Domain"),
    "as_organisation": message("the network’s owner"),
    "reverse_dns": message("reverse DNS"),
    "tenant_referrer": message("the company’s workspace (referral site)"),
}


def network_kind(language: str, code: str | None) -> str:
    return _look_up(language, NETWORK_KINDS, code or "unknown")


def channel(language: str, code: str | None) -> str:
    return _look_up(language, CHANNELS, code or "Direct")


def social_kind(language: str, code: str | None) -> str:
    return _look_up(language, SOCIAL_KINDS, code or "")


def device(language: str, code: str | None) -> str:
    return _look_up(language, DEVICES, code or "other")


def screen_size(language: str, code: str | None) -> str:
    """How wide a screen is; the names are tracker.stats.devices.screens's."""
    return _look_up(language, SCREEN_SIZES, code) if code else translate(language, "Unknown width")


def drop_reason(language: str, code: str) -> str:
    """The reason's name."""
    name, _ = DROP_REASONS.get(code, (code, ""))
    return translate(language, name)


def drop_meaning(language: str, code: str) -> str:
    """What the reason means, in a sentence; empty for a reason of a later version."""
    _, meaning = DROP_REASONS.get(code, (code, ""))
    return translate(language, meaning) if meaning else ""


def drop_detail(language: str, detail: str) -> str:
    """A drop reason's detail as it is shown: names are unchanged, labels of nameless bots are translated."""
    return translate(language, NAMELESS_BOTS[detail]) if detail in NAMELESS_BOTS else detail


def method(language: str, code: str | None) -> str:
    """How a company was identified."""
    return _look_up(language, METHODS, code or "")


# Codes of CLDR for groups of countries, for parts of one that ISO has only reserved, for tests and for the unknown.
_NO_COUNTRY = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})


def country(language: str, code: str | None) -> str:
    """A country's name by its ISO 3166-1 code; the code itself when it is not known."""
    if not code:
        return translate(language, "Unknown country")
    try:
        name = Locale.parse(language).territories.get(code.upper())
    except (UnknownLocaleError, ValueError):
        name = None
    return name or code


def territories(language: str) -> list[str]:
    """The codes of the countries and territories of ISO 3166-1."""
    codes = (str(code) for code in Locale.parse(language).territories)
    return [code for code in codes if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY]


def language_name(language: str, code: str | None) -> str:
    """A language's name, such as “français” for fr-CA."""
    if not code:
        return translate(language, "Unknown language")
    own, _, place = code.replace("_", "-").partition("-")
    locale = Locale.parse(language)
    name = locale.languages.get(own.lower())
    territory = locale.territories.get(place.upper()) if place else None
    return f"{name} ({territory})" if name and territory else name or code


def _look_up(language: str, table: Mapping[str, str], code: str) -> str:
    text = table.get(code)
    return translate(language, text) if text else code
