"""Whether a hit comes from a person: a verdict with a name, a kind and the rule that gave it.

Pure and cached by agent. The lists are CrawlerDetect's and user-agents'; the rules of ours are for what they miss.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

import ua_parser
from crawlerdetect import CrawlerDetect

_CACHED = 32_768


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


class Bot(NamedTuple):
    """A bot by name and kind; `rule` is what a site switches off to count such hits after all."""

    name: str
    kind: BotKind
    rule: str


_KINDS = (
    (BotKind.AI_ASSISTANT, re.compile(r"chatgpt-user|claude-user|perplexity-user|mistralai-user|duckassist|gemini-deep-research", re.IGNORECASE)),
    (BotKind.AI_CRAWLER, re.compile(r"gptbot|claudebot|claude-searchbot|anthropic|oai-search|ccbot|bytespider|amazonbot|google-extended|perplexitybot|meta-external|cohere|diffbot|ai2bot|applebot-extended", re.IGNORECASE)),
    (BotKind.SEARCH_ENGINE, re.compile(r"googlebot|google-inspection|bingbot|bingpreview|yandex|baidu|duckduckbot|qwant|applebot|sogou|seznam|petalbot|yahoo|ecosia|exabot|naver|yeti", re.IGNORECASE)),
    (BotKind.SEO, re.compile(r"ahrefs|semrush|mj12|dotbot|serpstat|screaming frog|majestic|seo|oncrawl|botify|sistrix|moz", re.IGNORECASE)),
    (BotKind.PREVIEW, re.compile(r"facebookexternalhit|facebot|twitterbot|linkedinbot|slackbot|slack-img|discordbot|telegrambot|whatsapp|skypeuri|pinterest|embedly|iframely|preview|mastodon|bluesky", re.IGNORECASE)),
    (BotKind.MONITORING, re.compile(r"uptime|pingdom|statuscake|monitor|newrelic|datadog|site24x7|nagios|zabbix|gtmetrix|lighthouse|pagespeed|healthcheck", re.IGNORECASE)),
    (BotKind.FEED, re.compile(r"feed|rss|inoreader|newsblur|theoldreader|podcast", re.IGNORECASE)),
    (BotKind.HEADLESS, re.compile(r"headless|phantomjs|selenium|puppeteer|playwright|slimerjs|cypress|electron/.*headless", re.IGNORECASE)),
    (BotKind.SCANNER, re.compile(r"nikto|nmap|masscan|zgrab|sqlmap|acunetix|nessus|censys|expanse|nuclei|wpscan|scan", re.IGNORECASE)),
    (BotKind.LIBRARY, re.compile(r"curl|wget|python|java/|go-http|okhttp|axios|node-fetch|libwww|perl|ruby|php|httpclient|guzzle|scrapy|aiohttp|requests|undici|http", re.IGNORECASE)),
)  # fmt: skip

_HEADLESS = re.compile(
    r"HeadlessChrome|PhantomJS|SlimerJS|Playwright|Puppeteer|Selenium|jsdom|Cypress/|HtmlUnit", re.IGNORECASE
)
_SAYS_SO = re.compile(
    r"\+https?://|\b(?:bot|crawler|spider|scraper|fetcher|monitor(?:ing)?|scanner|archiver|validator|checker)\b|[a-z]bot\b[/; )]|@[a-z0-9-]+\.[a-z]{2,}",
    re.IGNORECASE,
)
# Phones and apps whose names look like bots.
_NO_BOT = re.compile(r"\bCUBOT\b|\bBotan|\bRobot(?:o|ics)\b", re.IGNORECASE)
_NAME = re.compile(
    r"([A-Za-z][\w.-]*(?:[Bb]ot|[Ss]pider|[Cc]rawler|[Ff]etcher|[Mm]onitor)[\w-]*)|compatible; ([\w.!\- ]+?)[/;)]|^([\w.\-]+)"
)
_LIBRARY = re.compile(r"^(?:[\w.-]+)(?:/[\w.+-]+)?$")


@lru_cache(maxsize=1)
def _crawler_detect() -> CrawlerDetect:
    return CrawlerDetect()


def detect_bot(
    user_agent: str,
    headers: Mapping[str, str],
    *,
    webdriver: bool = False,
    disabled_rules: frozenset[str] = frozenset(),
) -> Bot | None:
    """The bot behind a hit, or None for a person. A rule in `disabled_rules` gives no verdict."""
    if webdriver and "webdriver" not in disabled_rules:
        return Bot("WebDriver", BotKind.HEADLESS, "webdriver")
    if headers and "purpose" not in disabled_rules and _is_prefetch(headers):
        return Bot("Prefetch", BotKind.PREVIEW, "purpose")
    if headers and "HeadlessChrome" in headers.get("sec-ch-ua", "") and "headless" not in disabled_rules:
        return Bot("HeadlessChrome", BotKind.HEADLESS, "headless")
    for bot in _by_agent(user_agent):
        if bot.rule not in disabled_rules:
            return bot
    return None


def _is_prefetch(headers: Mapping[str, str]) -> bool:
    return any(
        "prefetch" in headers.get(name, "") or "preview" in headers.get(name, "") for name in ("purpose", "sec-purpose")
    )


@lru_cache(maxsize=_CACHED)
def _by_agent(agent: str) -> tuple[Bot, ...]:
    """Every rule's verdict on an agent, so that one switched off leaves the others."""
    if not agent.strip():
        return (Bot("empty user agent", BotKind.UNKNOWN, "no_agent"),)
    if _NO_BOT.search(agent) and "http" not in agent:
        return ()
    rules = []
    if _HEADLESS.search(agent):
        rules.append("headless")
    if _SAYS_SO.search(agent):
        rules.append("says_so")
    if _crawler_detect().is_crawler(agent):
        rules.append("crawler_list")
    if ua_parser.parse(agent).with_defaults().device.family == "Spider":
        rules.append("spider_list")
    if not rules and _LIBRARY.match(agent) and not agent.startswith("Mozilla/5.0"):
        rules.append("library")
    return tuple(Bot(_name(agent), _kind(agent), rule) for rule in rules)


def _kind(agent: str) -> BotKind:
    return next((kind for kind, pattern in _KINDS if pattern.search(agent)), BotKind.UNKNOWN)


def _name(agent: str) -> str:
    match = _NAME.search(agent)
    return next((group.strip() for group in match.groups() if group), agent)[:60] if match else agent[:60]
