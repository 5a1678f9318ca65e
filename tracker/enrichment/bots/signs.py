"""Signs of a bot outside its user agent: `navigator.webdriver`, its client hints, its IP address.

A hosting network alone is not a sign, since companies browse through proxies in the cloud. A contradiction between user
agent and hints alone is not one either, since people change their user agent. Several of them together are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tracker.enrichment.bots.networks import crawler_at
from tracker.enrichment.bots.verdict import Bot, BotKind, BotRule, NamelessBot, Signs

# Windows 7 and 8 stay at this version of Chrome for good; people's older ones are rare, those of old images are not.
_OLDEST_CHROME_OF_PEOPLE = 109
_HEADLESS_WIDTH = 800  # Chrome's default when it has no screen

_CHROME = re.compile(r"\bChrome/(\d+)")
_CHROMIUM_BRAND = re.compile(r'"(?:Chromium|Google Chrome)";\s*v="(\d+)')
_PLATFORMS = (("Windows NT", "Windows"), ("Macintosh", "macOS"), ("Android", "Android"))


def bots_by_signs(agent: str, headers: Mapping[str, str], signs: Signs) -> Iterator[Bot]:
    """Each rule's verdict on signs outside the user agent."""
    if signs.webdriver:
        yield Bot(NamelessBot.WEBDRIVER.value, BotKind.HEADLESS, BotRule.WEBDRIVER)
    brands = headers.get("sec-ch-ua", "") if headers else ""
    if "HeadlessChrome" in brands:
        yield Bot("Headless Chrome", BotKind.HEADLESS, BotRule.HEADLESS)
    if headers and _is_loaded_ahead(headers):
        yield Bot(NamelessBot.PREFETCH.value, BotKind.PREVIEW, BotRule.PREFETCH)
    crawler = crawler_at(signs.ip) if signs.ip else None
    if crawler is not None:
        yield Bot(crawler.name, crawler.kind, BotRule.CRAWLER_NETWORK)
    without_language = signs.with_headers and not headers.get("accept-language")
    if not signs.hosting and not without_language:
        return
    contradiction = bool(brands) and contradict(agent, brands, headers.get("sec-ch-ua-platform", ""))
    if contradiction:
        yield Bot(NamelessBot.FALSE_NAME.value, BotKind.UNKNOWN, BotRule.CLIENT_HINTS)
    if signs.hosting and without_language + _is_old_or_server(agent) + (signs.screen_width == _HEADLESS_WIDTH) >= 2:
        yield Bot(NamelessBot.HOSTING.value, BotKind.HEADLESS, BotRule.HOSTING_SIGNS)


def _is_loaded_ahead(headers: Mapping[str, str]) -> bool:
    purpose = headers.get("purpose", "") + headers.get("sec-purpose", "")
    return "prefetch" in purpose or "preview" in purpose


def contradict(agent: str, brands: str, platform: str) -> bool:
    """Whether a browser's agent and its client hints (`Sec-CH-UA`, `Sec-CH-UA-Platform`) name different browsers or systems."""
    said, hinted = _CHROME.search(agent), _CHROMIUM_BRAND.search(brands)
    if hinted is not None and (said is None or said[1] != hinted[1]):
        return True
    system = platform.strip('"')
    return any(word in agent and system not in ("", name) for word, name in _PLATFORMS)


def _is_old_or_server(agent: str) -> bool:
    chrome = _CHROME.search(agent)
    old = chrome is not None and int(chrome[1]) < _OLDEST_CHROME_OF_PEOPLE
    return old or "X11; Linux x86_64" in agent
