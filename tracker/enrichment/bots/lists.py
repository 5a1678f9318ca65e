"""The lists of bots: ours, with the names that people know, and the maintained ones of two packages.

Ours (data/bots.csv) comes first, because a publisher reads its names; crawler-user-agents then says what a bot is
for; CrawlerDetect knows the most. Each is one compiled pass.
"""

from __future__ import annotations

import csv
import json
import re
from functools import lru_cache
from importlib.resources import files

from crawlerdetect.providers.crawlers import data as crawler_detect_patterns
from crawlerdetect.providers.exclusions import data as crawler_detect_exclusions

from tracker.enrichment.bots.verdict import BotKind
from tracker.enrichment.text.pattern_set import FirstMatch, Pattern, without_look_around

# crawler-user-agents' tags; what is tagged otherwise (advertising, archiver, academic) is of no kind that we name.
_KINDS_OF_TAGS = {
    "ai-crawler": BotKind.AI_CRAWLER,
    "search-engine": BotKind.SEARCH_ENGINE,
    "social-preview": BotKind.PREVIEW,
    "feed-reader": BotKind.FEED,
    "monitoring": BotKind.MONITORING,
    "scanner": BotKind.SCANNER,
    "browser-automation": BotKind.HEADLESS,
    "http-library": BotKind.LIBRARY,
    "seo": BotKind.SEO,
}
# Patterns of crawler-user-agents that also fit people's agents: a phone's build number and an app's web view.
_TOO_WIDE = frozenset({r"AP3A\.240617\.008"})
_SHORT_NAME = re.compile(r"\w{1,5}(?:\\/)?")
# Four letters or a single word of a dictionary's kind: `Attach`, `Bandit`, `Buddy`.
_AN_EVERYDAY_NAME = re.compile(
    r"\w{1,4}|attach|bandit|buddy|devil|demon|digg|drip|flipboard|genieo|holmes|jigsaw|lycos|mollie|needle|nettle|peoplepal|scoop|seeker|siege|siphon|snake|snappy|snoopy|speedy|twice|vacuum|verity"
    r"|access|coccoc|ant\\.com|java|internet ?ninja|zeus ",
    re.IGNORECASE,
)
_PLAIN_NAME = re.compile(r"[\w .!&+-]*[A-Za-z][\w .!&+-]*")


@lru_cache(maxsize=1)
def known_bots() -> FirstMatch:
    """The bots that we name."""
    table = files("tracker.enrichment").joinpath("data/bots.csv").read_text(encoding="utf-8")
    return FirstMatch(
        Pattern(row["pattern"], row["name"], BotKind(row["kind"])) for row in csv.DictReader(table.splitlines())
    )


@lru_cache(maxsize=1)
def named_crawlers() -> FirstMatch:
    """crawler-user-agents' bots: with a kind, and a name where the pattern spells one out."""
    content = files("crawleruseragents").joinpath("crawler-user-agents.json").read_text(encoding="utf-8")
    rows = [row for row in json.loads(content) if row["pattern"] not in _TOO_WIDE]
    return FirstMatch(
        Pattern(f"(?-i:{_as_word(row['pattern'])})", _plain_name(row["pattern"]), _kind_of(row.get("tags", [])))
        for row in rows
    )


@lru_cache(maxsize=1)
def _crawler_detect() -> FirstMatch:
    return FirstMatch(
        Pattern(_as_word(without_look_around(one)), "", BotKind.UNKNOWN) for one in crawler_detect_patterns
    )


def _as_word(expression: str) -> str:
    """A short name only matches at the beginning of a word: `008/` is not found in 39008/, nor `RED/` in WIRED/."""
    short = _SHORT_NAME.fullmatch(expression) is not None
    return rf"\b{expression}" if short else expression


def any_list_or(*others: FirstMatch) -> FirstMatch:
    """All the lists and what else is looked for in one pass, for agents of which nothing more is to be known."""
    return known_bots().without_names(named_crawlers(), _crawler_detect(), *others)


@lru_cache(maxsize=1)
def _browser_words() -> re.Pattern[str]:
    return re.compile("|".join(crawler_detect_exclusions), re.IGNORECASE)


@lru_cache(maxsize=1)
def _crawler_detect_names() -> FirstMatch:
    """CrawlerDetect's unambiguous names: no generic words, and no short ones such as `NYU` or `Pump`."""
    names = (
        one for one in crawler_detect_patterns if "[a-z0-9" not in one and _AN_EVERYDAY_NAME.fullmatch(one) is None
    )
    return FirstMatch(Pattern(rf"\b(?:{without_look_around(one)})", "", BotKind.UNKNOWN) for one in names)


def find_in_crawler_detect(agent: str, *, names_only: bool = False) -> bool:
    """Whether CrawlerDetect's list has an agent: the list is meant for what is left without a browser's own words.

    `names_only` leaves out what may as well be the mark of an office in a whole browser's agent.
    """
    if _crawler_detect().find(agent) is None:
        return False
    left = _browser_words().sub("", agent).strip()
    return (_crawler_detect_names() if names_only else _crawler_detect()).find(left) is not None


def _kind_of(tags: list[str]) -> BotKind:
    return next((kind for tag, kind in _KINDS_OF_TAGS.items() if tag in tags), BotKind.UNKNOWN)


def _plain_name(expression: str) -> str:
    r"""The name that a pattern spells out, such as `Foo Bot` of `Foo Bot\\/`; empty when it spells none."""
    text = re.sub(r"\\([/.\-+! ])", r"\1", expression).strip("^$/ ;:(")
    return text if _PLAIN_NAME.fullmatch(text) else ""
