from __future__ import annotations

import pytest

from tracker.enrichment.bots import BotKind, BotRule, Signs, detect_bot
from tracker.enrichment.bots.networks import crawler_at

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)
OLD_CHROME = CHROME.replace("141", "72")
LINUX_CHROME = CHROME.replace("Windows NT 10.0; Win64; x64", "X11; Linux x86_64")
HINTS = {
    "accept-language": "fr",
    "sec-ch-ua": '"Chromium";v="141", "Google Chrome";v="141", "Not?A_Brand";v="8"',
    "sec-ch-ua-platform": '"Windows"',
}


def rule_of(agent=CHROME, headers=None, signs=Signs(), off=frozenset()):  # noqa: B008 - a tuple
    bot = detect_bot(agent, HINTS if headers is None else headers, signs, disabled_rules=off)
    return bot and bot.rule


def test_a_browser_whose_hints_agree_is_a_person_wherever_it_comes_from():
    assert rule_of(signs=Signs(hosting=True, with_headers=True)) is None


def test_believes_a_browser_that_says_it_is_driven():
    assert rule_of(signs=Signs(webdriver=True)) == BotRule.WEBDRIVER
    assert rule_of(signs=Signs(webdriver=True), off=frozenset({"webdriver"})) is None


def test_reads_headless_chrome_out_of_the_hints():
    assert rule_of(headers=HINTS | {"sec-ch-ua": '"HeadlessChrome";v="141"'}) == BotRule.HEADLESS


def test_a_page_loaded_ahead_is_not_read():
    assert rule_of(headers=HINTS | {"sec-purpose": "prefetch;prerender"}) == BotRule.PREFETCH


@pytest.mark.parametrize(
    ("agent", "hints"),
    [
        (CHROME.replace("141", "120"), HINTS),
        (CHROME, HINTS | {"sec-ch-ua-platform": '"Linux"'}),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", HINTS),
    ],
    ids=["version", "system", "browser"],
)
def test_a_false_name_is_a_bot_with_another_sign_and_a_person_without(agent, hints):
    assert rule_of(agent, hints) is None  # people switch their agent
    assert rule_of(agent, hints, Signs(hosting=True, with_headers=True)) == BotRule.CLIENT_HINTS
    silent = {name: value for name, value in hints.items() if name != "accept-language"}
    assert rule_of(agent, silent, Signs(with_headers=True)) == BotRule.CLIENT_HINTS


@pytest.mark.parametrize(
    ("agent", "headers", "width", "rule"),
    [
        (CHROME, {"accept-language": "fr"}, 1920, None),
        (OLD_CHROME, {"accept-language": "fr"}, 1920, None),
        (CHROME, {}, 1920, None),
        (OLD_CHROME, {}, 1920, BotRule.HOSTING_SIGNS),
        (LINUX_CHROME, {}, None, BotRule.HOSTING_SIGNS),
        (LINUX_CHROME, {"accept-language": "en"}, 800, BotRule.HOSTING_SIGNS),
    ],
    ids=["nothing", "old browser", "no language", "old, no language", "server's system, no language", "headless width"],
)
def test_a_hosting_network_counts_with_two_other_signs(agent, headers, width, rule):
    assert rule_of(agent, headers, Signs(hosting=True, with_headers=True, screen_width=width)) == rule
    assert rule_of(agent, headers, Signs(hosting=False, with_headers=True, screen_width=width)) is None


def test_a_line_of_a_log_has_no_language_to_miss():
    assert rule_of(OLD_CHROME, {}, Signs(hosting=True, with_headers=False)) is None


@pytest.mark.parametrize(
    ("ip", "name", "kind"),
    [
        ("66.249.66.1", "Google", BotKind.SEARCH_ENGINE),
        ("2001:4860:4801:10::1", "Google", BotKind.SEARCH_ENGINE),
        ("13.66.139.7", "Bing", BotKind.SEARCH_ENGINE),
    ],
    ids=["v4", "v6", "bing"],
)
def test_knows_the_crawlers_that_publish_their_addresses(ip, name, kind):
    bot = detect_bot(CHROME, HINTS, Signs(ip=ip))
    assert bot is not None
    assert (bot.name, bot.kind, bot.rule) == (name, kind, BotRule.CRAWLER_NETWORK)
    assert rule_of(signs=Signs(ip=ip), off=frozenset({"crawler_network"})) is None


@pytest.mark.parametrize("ip", ["66.249.63.255", "0.0.0.0", "255.255.255.255", "::", "no address", "81.255.1.1"])
def test_other_addresses_are_nobodys_crawlers(ip):
    assert crawler_at(ip) is None
