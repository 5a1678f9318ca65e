from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.enrichment.bots import BotKind, BotRule, detect_bot
from tracker.hit import UNREADABLE_AGENT

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15"

KNOWN = {
    "google": (
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Google",
        BotKind.SEARCH_ENGINE,
    ),
    "bing": (
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36",
        "Bing",
        BotKind.SEARCH_ENGINE,
    ),
    "openai's crawler": (
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
        "GPTBot (OpenAI)",
        BotKind.AI_CRAWLER,
    ),
    "chatgpt for a person": (
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; ChatGPT-User/1.0; +https://openai.com/bot",
        "ChatGPT",
        BotKind.AI_ASSISTANT,
    ),
    "claude for a person": (
        "Mozilla/5.0 (compatible; Claude-User/1.0; +Claude-User@anthropic.com)",
        "Claude",
        BotKind.AI_ASSISTANT,
    ),
    "linkedin's preview": (
        "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
        "LinkedIn",
        BotKind.PREVIEW,
    ),
    "whatsapp's preview": ("WhatsApp/2.23.20.0", "WhatsApp", BotKind.PREVIEW),
    "seo": ("Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", "Ahrefs", BotKind.SEO),
    "monitor": (
        "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
        "UptimeRobot",
        BotKind.MONITORING,
    ),
    "feed reader's fetcher": (
        "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 12 subscribers)",
        "Feedly",
        BotKind.FEED,
    ),
    "scanner": ("Mozilla/5.0 zgrab/0.x", "zgrab", BotKind.SCANNER),
    "curl": ("curl/8.5.0", "curl", BotKind.LIBRARY),
    "requests": ("python-requests/2.32.3", "Python Requests", BotKind.LIBRARY),
    "okhttp": ("okhttp/4.12.0", "OkHttp", BotKind.LIBRARY),
    "headless chrome": (CHROME.replace("Chrome/", "HeadlessChrome/"), "Headless Chrome", BotKind.HEADLESS),
}


@pytest.mark.parametrize(("agent", "name", "kind"), KNOWN.values(), ids=KNOWN)
def test_names_a_known_bot_and_says_what_it_is_for(agent, name, kind):
    bot = detect_bot(agent, {})
    assert bot is not None
    assert (bot.name, bot.kind) == (name, kind)


# Bots that no list has: their names are made up.
UNLISTED = {
    "a website's address": ("Mozilla/5.0 (Qorvax; +https://qorvax.example/about)", "Qorvax", BotRule.CONTACT),
    "a mailbox": ("Mozilla/5.0 (Qorvax; ops@qorvax.example)", "Qorvax", BotRule.CONTACT),
    "a bot's word at the end of a name": ("Mozilla/5.0 (compatible; QorvaxBot/1.0)", "QorvaxBot", BotRule.NAMES_ITSELF),
    "a word of its trade": (f"{CHROME} QorvaxUptimeCheck/3.4.5", "QorvaxUptimeCheck", BotRule.NAMES_ITSELF),
    "a program": ("Qorvax/2.1", "Qorvax", BotRule.PROGRAM),
    "a sentence": ("Hello, Qorvax", "Hello", BotRule.PROGRAM),
    "an app's own downloads": ("Qorvax/12 CFNetwork/1494.0.7 Darwin/23.4.0", "Qorvax", BotRule.PROGRAM),
    "Mozilla without a system": ("Mozilla/5.0 (Qorvax)", "Qorvax", BotRule.PROGRAM),
    "compatible in an engine of today": (
        CHROME.replace("like Gecko)", "like Gecko; compatible; Qorvax/1.0)"),
        "Qorvax",
        BotRule.ODD_BROWSER,
    ),
    "a guest in the engine's comment": (
        CHROME.replace("like Gecko)", "like Gecko, Qorvax)"),
        "Qorvax",
        BotRule.ODD_BROWSER,
    ),
    "code": ("Mozilla/5.0 (Windows NT 10.0) ${jndi:ldap://x}", "Code in place of an agent", BotRule.ODD_BROWSER),
    "a template nobody filled in": (
        FIREFOX.replace("145.0)", "geckoversion)").replace("rv:145.0", "rv:geckoversion"),
        None,
        BotRule.ODD_BROWSER,
    ),
    "a word stuck to a whole desktop browser": (f"{CHROME}/qX9", None, BotRule.ODD_BROWSER),
    "a program on a desktop's system": ("Qorvax/2.27.0 (Linux x86_64)", "Qorvax", BotRule.PROGRAM),
    "words that name a system": ("OpenBSD qorvaxd", None, BotRule.PROGRAM),
    "a name and a version": ("Opera/9", None, BotRule.PROGRAM),
    "a desktop without an engine": ("Mozilla/5.0 (X11; Linux x86_64)", None, BotRule.PROGRAM),
    "a quotation in a program's text": ("b'Mozilla/5.0 (X11; Linux x86_64) Gecko'", None, BotRule.ODD_BROWSER),
    "an agent as it stands in an address": (CHROME.replace(" ", "+"), None, BotRule.ODD_BROWSER),
    "another encoding": ("Mozilla%2F5.0%20(Windows%20NT%2010.0)%20Gecko", None, BotRule.ODD_BROWSER),
    "a name typed wrongly": (CHROME.replace("Mozilla", "Mozlila"), None, BotRule.ODD_BROWSER),
    "a template's braces": (FIREFOX.replace("rv:145.0", "rv:{version}"), None, BotRule.ODD_BROWSER),
    "code in a program's place": ("../../etc/qorvax", "Code in place of an agent", BotRule.ODD_BROWSER),
    "nothing": ("", "Empty user agent", BotRule.NO_AGENT),
    "signs only": (" -;- ", "Empty user agent", BotRule.NO_AGENT),
}


@pytest.mark.parametrize(("agent", "name", "rule"), UNLISTED.values(), ids=UNLISTED)
def test_tells_a_bot_that_no_list_knows_by_its_kind(agent, name, rule):
    bot = detect_bot(agent, {})
    assert bot is not None
    assert bot.rule == rule
    assert name is None or bot.name == name


PEOPLE = {
    "chrome": CHROME,
    "firefox": FIREFOX,
    "safari": SAFARI,
    "edge": f"{CHROME} Edg/141.0.0.0",
    "iphone": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
    "android": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
    "a phone named like a bot": "Mozilla/5.0 (Linux; Android 9; CUBOT X19 Build/PPR1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/110.0 Mobile Safari/537.36",
    "a phone named like a scanner": "Mozilla/5.0 (Linux; Android 8.0.0; Nikto 5) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/86.0 Mobile Safari/537.36",
    "facebook's web view": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/470.0;FBDV/iPhone15,2;FBSN/iOS]",
    "linkedin's web view": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [LinkedInApp]/9.30",
    "a button phone": "Nokia2323c-2/2.0 (08.20) Profile/MIDP-2.1 Configuration/CLDC-1.1",
    "opera mini": "Opera/9.80 (J2ME/MIDP; Opera Mini/4.5.33868/34.861; U; fr) Presto/2.8.119 Version/11.10",
    "kaios": "Mozilla/5.0 (Mobile; Nokia_2720_Flip; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5.2.2",
    "a television": "Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/2.2 Chrome/76.0 TV Safari/537.36",
    "hbbtv": "HbbTV/1.4.1 (+DRM;Panasonic;SmartTV2019mid;0.753;4a01-0003 0040-0000;SmartTV2019;)",
    "a console": "Mozilla/5.0 (PlayStation; PlayStation 5/2.26) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15",
    "an e-reader": "Mozilla/5.0 (X11; U; Linux armv7l like Android; en-us) AppleWebKit/531.2+ (KHTML, like Gecko) Version/5.0 Safari/533.2+ Kindle/3.0+",
    "a car": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36 Tesla/2024.8.9",
    "internet explorer": "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)",
    "an email program": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Thunderbird/128.4.0",
    "yandex's app": "Mozilla/5.0 (Linux; Android 9; SM-A405FM; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/77.0 Mobile Safari/537.36 YandexSearch/9.00",
    "seamonkey": f"{FIREFOX} SeaMonkey/2.53.18",
    "a chromecast": f"{CHROME.replace('Windows NT 10.0; Win64; x64', 'X11; Linux aarch64')} CrKey/1.54.250320",
    "an old comment": "Mozilla/5.0 (Windows; U; Windows NT 6.1; en-US) AppleWebKit/533.19.4 (KHTML, like Gecko) Version/5.0.3 Safari/533.19.4",
    "an old engine's comment": "Mozilla/5.0 (Macintosh; U; PPC Mac OS X; en-US) AppleWebKit/125.4 (KHTML, like Gecko, Safari) OmniWeb/v563.51",
    "a small browser": "Mozilla/4.0 (compatible; Dillo 3.0)",
    "a text browser": "Lynx/2.8.9rel.1 libwww-FM/2.14 SSL-MM/1.4.1 OpenSSL/1.1.1d",
    "a browser of china": f"{CHROME} LBBROWSER",
    "a browser with an early version": f"{FIREFOX} Cliqz/1.37.0",
    "a games client": CHROME.replace("x64)", "x64; Valve Steam GameOverlay/default/1769025840)"),
    "a carrier that is a domain": "Mozilla/5.0 (iPhone; CPU iPhone OS 8_2 like Mac OS X) AppleWebKit/600.1.4 (KHTML, like Gecko) Mobile/12D508 [FBAN/FBIOS;FBAV/9.0;FBCR/Telekom.de;FBLC/de_DE]",
    "a carrier with a bot in it": "Mozilla/5.0 (iPhone; CPU iPhone OS 11_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15G77 [FBAN/FBIOS;FBCR/OrangeBotswana;FBID/phone]",
    "whatsapp's web view": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 WhatsApp/2.24.13",
    "a feed reader's web view": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Feedly/102",
    "slack on a desktop": CHROME.replace("Chrome/141.0.0.0", "Slack/4.38.127 Chrome/124.0.6367.243 Electron/30.1.2"),
    "a button phone's java": "LG-KU990i/V10e Browser/Obigo-Q05A/3.6 MMS/LG-MMS-V1.0/1.2 Java/ASVM/1.1 Profile/MIDP-2.0 Configuration/CLDC-1.1",
    "a number that ends like a list's name": "Opera/9.80 (MAUI Runtime; Opera Mini/4.4.39008/37.9178; U; en) Presto/2.12.423 Version/12.16",
    "a phone named like a program": "Mozilla/5.0 (Linux; Android 11; Curl X1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36",
    "what others put into internet explorer": "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 5.1; Embedded Web Browser from: http://bsalsa.com/; .NET CLR 1.1.4322)",
    "what unwanted programs add on real machines": f"{CHROME} Herring/90.1.1640.8",
}  # fmt: skip


@pytest.mark.parametrize("agent", PEOPLE.values(), ids=PEOPLE)
def test_takes_no_person_for_a_bot(agent):
    assert detect_bot(agent, {"accept-language": "fr"}) is None


def test_a_rule_that_a_site_switched_off_gives_no_verdict_and_leaves_the_others():
    agent = "Mozilla/5.0 (compatible; QorvaxBot/1.0; +https://qorvax.example)"
    rules = [BotRule.NAMES_ITSELF, BotRule.CONTACT, BotRule.LISTS, BotRule.ODD_BROWSER, BotRule.PROGRAM]
    seen = []
    off: set[str] = set()
    while (bot := detect_bot(agent, {}, disabled_rules=frozenset(off))) is not None:
        seen.append(bot.rule)
        off.add(bot.rule)
    assert seen[:2] == [BotRule.NAMES_ITSELF, BotRule.CONTACT]
    assert set(seen) <= set(rules)
    assert len(seen) == len(set(seen))


@given(st.text(max_size=300))
def test_any_text_is_a_person_or_a_bot_with_a_name(agent):
    bot = detect_bot(agent, {})
    assert bot is None or 0 < len(bot.name) <= 60


def test_an_agent_that_could_not_be_read_is_no_sign_and_other_signs_count():
    assert detect_bot(UNREADABLE_AGENT, {}) is None
    said = detect_bot(UNREADABLE_AGENT, {"sec-purpose": "prefetch"})
    assert said is not None
    assert said.rule == BotRule.PREFETCH
