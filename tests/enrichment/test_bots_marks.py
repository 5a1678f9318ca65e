"""Browsers that somebody has marked are people's; bots beside a whole browser are told by a word of their own."""

from __future__ import annotations

from itertools import product

import pytest

from tracker.enrichment.bots import detect_bot

# Where `{}` stands a browser leaves room for others: in the system's comment and behind it.
CHROME_10 = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64{}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)
BROWSERS = {
    "chrome": CHROME_10,
    "edge": f"{CHROME_10} Edg/141.0.0.0",
    "old chrome": "Mozilla/5.0 (Windows NT 6.1; WOW64{}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/49.0.2623.112 Safari/537.36",
    "chromebook": "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0{}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "firefox": "Mozilla/5.0 (Windows NT 10.0; rv:128.0{}) Gecko/20100101 Firefox/128.0",
    "firefox on linux": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0{}) Gecko/20100101 Firefox/128.0",
    "old firefox": "Mozilla/5.0 (Windows; U; Windows NT 5.1; fr; rv:1.9.2.13{}) Gecko/20101203 Firefox/3.6.13",
    "safari": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7{}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15",
    "internet explorer 8": "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; WOW64; Trident/4.0{}; SLCC2; .NET CLR 2.0.50727)",
    "internet explorer 9": "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0{})",
    "internet explorer 11": "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0{}; rv:11.0) like Gecko",
    "android": "Mozilla/5.0 (Linux; Android 10; K{}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
    "android's web view": "Mozilla/5.0 (Linux; Android 13; SM-A536B Build/TP1A.220624.014; wv{}) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/141.0.0.0 Mobile Safari/537.36",
    "iphone": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X{}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "iphone's web view": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X{}) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
}
MARKS = {
    "an IT department": "dsi-qorvax|IT-Dept|Managed by IT|GroupeQORVAX|Poste Windows 10|Conseil Regional|intranet-qorvax|STANDARD_IMAGE_2019|SOE 7.1|Win10-LTSC|Qorvax (AutoProxy-Europe)|Regional Desktop Build 80.1",
    "a campus": "campus-sud|Univ-Qorvax|OPAC|bibliotheque-poste12|Public Library PC|NYU|Research Institute|Kiosk|SiteKiosk 9.7|borne-accueil",
    "a desktop from afar": "VDI|Horizon-Client|CitrixReceiver/22.1|RDS-FARM-02|WVD/1.2",
    "a firm's program": "SAPGUI/7.60|SAP NetWeaver Business Client 6.5|Odoo-App/16|QorvaxERP/4.0|officeKit|QorvaxDesktop/2.1",
    "a toolbar": "GTB7.5|FunWebProducts|AskTbORJ/5.15.9.29495|AskTB5.6|SIMBAR={2B12A3F4-1111-2222-3333-9F1C22D07AB1}|Alexa Toolbar|Ant.com Toolbar 2.0.1|PeoplePal 7.0|Hotbar 10.2|Finder Toolbar 2|Download Manager|Findsearch (Storm)|XUID=9f1c22d07ab14e6f9a60b7d2c1e5f803; XTB=1220",
    "Microsoft's own": "InfoPath.3|MS-RTC LM 8|.NET CLR 3.5.30729|.NET4.0E|Tablet PC 2.0|Media Center PC 6.0|OfficeLiveConnector.1.4|Zune 4.7|MAAU|SV1|chromeframe/24.0.1312.57",
    "an engineer's": "FireDebug/0.7.4|CLIENT40_AAP7733FFAA0011|frameplugin/31.0.1650.63|yie8|BTRS124540|SRS_IT_E8790777B6765C5731A391",
    "a security program": "Kaspersky/21.3|Kaspersky Internet Security|Symantec Endpoint Security|McAfee Agent 5.7|ZscalerClient/3.9|AvastSecure|BitdefenderSafepay",
    "a small browser": "OsmiumBrowser/2.1|Qorvax/0.3|QorvaxNavigator|Qorvax Browser 3",
    "a name like a bot's": "Abbott|Talbot|Bothell|Bosch-Robotics|ABB Robotics|Botanic|Le Bot|Cabinet Audit|CERT-FR|Intelligence Dept|Agent de mairie|Atlas Feed|Tracker Software|Archives Nationales|Scan",
}  # fmt: skip


def agents_with(mark: str) -> list[str]:
    inside = [browser.format(f"; {mark}") for browser in BROWSERS.values()]
    return inside + [f"{browser.format('')} {mark}" for browser in BROWSERS.values()]


@pytest.mark.parametrize("marks", MARKS.values(), ids=MARKS)
def test_a_mark_beside_a_whole_browser_is_no_sign_of_a_bot(marks):
    taken = [
        (bot.rule, agent)
        for mark in marks.split("|")
        for agent in agents_with(mark)
        if (bot := detect_bot(agent, {"accept-language": "fr"})) is not None
    ]
    assert taken == []


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (compatible; PosteDeTravailVille; Windows NT 10.0; WOW64; rv:115.0) Gecko/20100101 Firefox/115.0",
        CHROME_10.format("") + "; campus-nord",
        CHROME_10.format("; ; CLIENT40_AAP7733FFAA0011"),
        CHROME_10.replace("Chrome/", "Qorvax/0.3 Chrome/").format(""),
        CHROME_10.replace(" Safari/", " Qorvax/1.0 Safari/").format(""),
        CHROME_10.format("; qorvax.com"),
        "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 5.1; SV1; User-agent: Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1) ; .NET CLR 2.0.50727)",
    ],
    ids=[
        "compatible",
        "semicolon",
        "empty part",
        "before chrome",
        "before safari",
        "a firm's domain",
        "a shell's own name",
    ],
)
def test_a_mark_may_stand_in_any_place(agent):
    assert detect_bot(agent, {}) is None


# A bot's word in the name, a contact, or a form that only bots have.
BOTS = {
    "a bot's word": "Qorvaxbot|Qorvax-Bot/1.0|QorvaxCrawler|qorvax spider|QorvaxScraper/2|QorvaxFetcher|qorvax-robots/2.0|QorvaxBot (2.1)",
    "a word of its trade in a name": "QorvaxMonitor|QorvaxAgent|Qorvax-agent|QorvaxChecker/2.0|QorvaxInspector/500.1|QorvaxSynthetics|QorvaxPreview/1.0b|QorvaxUptime/3|Uptime/1.0|QorvaxProxy/1.2|QorvaxScan/3.0|qorvax_partner_monitoring|QorvaxScreenshot|LinkCheck by Qorvax",
    "an http library": "python-requests/2.32|Apache-HttpClient/4.5|libwww-perl/6.4|Go-http-client/1.1|okhttp/4.12.0",
    "a driver": "HeadlessQorvax|Puppeteer|Playwright/1.40.0|Selenium|QorvaxPrerender",
    "a contact": "(+https://qorvax.example/about)|http://qorvax.example|(Qorvax; ops@qorvax.example)|www.qorvax.example|(compatible; Qorvax/1.0; +https://qorvax.example)",
    "compatible behind the browser": "(compatible; Qorvax/1.0)|(compatible; Qorvax)",
}  # fmt: skip
MODERN = ("chrome", "old chrome", "firefox", "safari", "android", "iphone")


@pytest.mark.parametrize("names", BOTS.values(), ids=BOTS)
def test_a_bots_own_word_beside_a_whole_browser_is(names):
    agents = [
        f"{BROWSERS[browser].format('')}{space}{name}"
        for browser, space, name in product(MODERN, (" ", "; "), names.split("|"))
    ]
    assert [agent for agent in agents if detect_bot(agent, {}) is None] == []


@pytest.mark.parametrize("name", ["QorvaxBot/1.0", "qorvax-spider", "QorvaxCrawler/2", "QorvaxMonitor/1"])
def test_a_bots_own_word_in_the_systems_comment_is(name):
    assert all(detect_bot(browser.format(f"; {name}"), {}) is not None for browser in BROWSERS.values())
