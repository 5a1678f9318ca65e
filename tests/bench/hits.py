"""Generated hits that cost what real ones cost: many IPs, agents, pages and referrers. The seed decides them."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address

from tracker.hit import Hit, WireEvent

SITE = "blog.example.fr"
BEGIN = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
_SYSTEMS = (
    "Windows NT 10.0; Win64; x64",
    "Macintosh; Intel Mac OS X 10_15_7",
    "X11; Linux x86_64",
    "Linux; Android 14; Pixel 8",
    "Linux; Android 13; SM-A546B",
)
_REFERRERS = (
    None,
    None,
    "https://www.google.com/",
    "https://www.google.fr/",
    "https://www.linkedin.com/feed/",
    "https://lnkd.in/e4XyZ",
    "https://l.facebook.com/l.php?u=x",
    "https://t.co/abc",
    "https://www.bing.com/search?q=blog",
    "https://chatgpt.com/",
    "https://journal.example.org/articles/7",
    "android-app://com.linkedin.android/",
)
_WORDS = "publier au bon moment mesurer son audience sans cookies lire un lead vendre par un blog".split()


def agents(count: int) -> list[str]:
    """Returns distinct user agents of browsers, which differ in their versions, as on the web."""
    found = []
    for number in range(count):
        system = _SYSTEMS[number % len(_SYSTEMS)]
        mobile = " Mobile" if "Android" in system else ""
        version = f"{100 + number // 7 % 43}.0.{number % 6000}.{number // 6000}"
        found.append(
            f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}{mobile} Safari/537.36"
        )
    return found


def addresses(count: int, seed: int = 1) -> list[str]:
    """Returns distinct public IPv4 addresses."""
    chance = random.Random(seed)
    found: set[str] = set()
    while len(found) < count:
        address = IPv4Address(chance.randrange(1 << 24, 223 << 24))
        if address.is_global:
            found.add(str(address))
    return sorted(found)


def make_hits(count: int, *, people: int, kinds_of_agent: int, seed: int = 1) -> list[Hit]:
    """Returns pageviews and engagement reports from `people` IPs with `kinds_of_agent` agents, in the order of time."""
    chance = random.Random(seed)
    readers, browsers = addresses(people, seed), agents(kinds_of_agent)
    browser_of = [chance.randrange(kinds_of_agent) for _ in range(people)]
    hits = []
    for number in range(count):
        reader = chance.randrange(people)
        page = chance.randrange(400)
        engaged = number % 3 == 2
        event = WireEvent(
            n="engagement" if engaged else "pageview",
            u=f"https://{SITE}/{_WORDS[page % len(_WORDS)]}-{page}/"
            + ("?utm_source=newsletter" if page % 13 == 0 else ""),
            d=SITE,
            r=_REFERRERS[chance.randrange(len(_REFERRERS))],
            t=f"Article {page} : {_WORDS[page % len(_WORDS)]}",
            w=1920,
            id=f"{chance.random()}{1_794_830_400_000 + 20 * number}",
            h=1,
            age=chance.randrange(20),
            wd=False,
            e=chance.randrange(1000, 90_000) if engaged else None,
            sd=chance.randrange(100) if engaged else None,
        )
        moment = BEGIN + timedelta(milliseconds=20 * number)
        hits.append(Hit(moment, readers[reader], browsers[browser_of[reader]], {"accept-language": "fr-FR"}, event))
    return hits


def distinct_hits(count: int, seed: int = 2) -> list[Hit]:
    """Returns hits of which no two share an IP, an agent, a page or a referrer, so that no cache can help."""
    readers, browsers = addresses(count, seed), agents(count)
    found = []
    for number, (reader, browser) in enumerate(zip(readers, browsers, strict=True)):
        event = WireEvent(
            n="pageview",
            u=f"https://{SITE}/article-{number}/?utm_campaign=c{number}",
            d=SITE,
            r=f"https://site-{number}.example.org/page/{number}",
            t=f"Article {number}",
        )
        headers = {"accept-language": "fr-FR"}
        found.append(Hit(BEGIN + timedelta(milliseconds=20 * number), reader, browser, headers, event))
    return found
