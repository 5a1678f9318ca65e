"""What a verdict on a hit is: the bot's name, its kind, and the rule that gave it. The rules are a closed list."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import msgspec


class BotKind(StrEnum):
    """What a bot is for."""

    SEARCH_ENGINE = "search_engine"
    AI_CRAWLER = "ai_crawler"
    AI_ASSISTANT = "ai_assistant"
    MONITORING = "monitoring"
    SEO = "seo"
    PREVIEW = "preview"
    FEED = "feed"
    LIBRARY = "library"
    SCANNER = "scanner"
    HEADLESS = "headless"
    UNKNOWN = "unknown"


class BotRule(StrEnum):
    """One way to detect a bot. Sites' settings store the values of disabled rules, so never rename one."""

    NO_AGENT = "no_agent"
    KNOWN_BOT = "known_bot"
    CONTACT = "contact"
    NAMES_ITSELF = "names_itself"
    LISTS = "lists"
    PROGRAM = "program"
    ODD_BROWSER = "odd_browser"
    HEADLESS = "headless"
    WEBDRIVER = "webdriver"
    PREFETCH = "purpose"
    CLIENT_HINTS = "client_hints"
    CRAWLER_NETWORK = "crawler_network"
    HOSTING_SIGNS = "hosting_signs"
    ONE_PAGE_MANY_IPS = "one_page_many_addresses"
    READS_NOTHING = "reads_nothing"
    IMPOSSIBLE_RATE = "impossible_rate"


class NamelessBot(StrEnum):
    """How a bot without a name was detected.

    The value is stored as the detail of excluded traffic, so never change one.

    People read it in their own language (`dashboards.presentation.labels`).
    """

    NO_AGENT = "Empty user agent"
    CODE = "Code in place of an agent"
    WEBDRIVER = "Automated browser (WebDriver)"
    HOSTING = "Automated browser in a data centre"
    FALSE_NAME = "Browser under a false name"
    PREFETCH = "Page loaded ahead, not read"
    IMPOSSIBLE_RATE = "Pages faster than anyone reads"
    READS_NOTHING = "Many pages and no reading"
    ONE_PAGE_MANY_IPS = "One page from hundreds of addresses"


class Signs(msgspec.Struct, frozen=True, gc=False):
    """What is known of a hit in addition to its user agent and headers.

    `webdriver` is what the browser says of itself, `hosting` whether the IP address is in a hosting network,
    `with_headers` whether the hit was collected with its headers (a line of a server's log has none to miss).
    """

    webdriver: bool = False
    ip: str = ""
    hosting: bool = False
    with_headers: bool = False
    screen_width: float | None = None


class Bot(NamedTuple):
    """A detected bot: its name, or a NamelessBot, and its kind. A site disables `rule` to count such hits."""

    name: str
    kind: BotKind
    rule: BotRule
