"""The browser's name as people know it: the app whose web view it is, the brand of its hints, ua-parser's family."""

from __future__ import annotations

import re
from functools import lru_cache

from tracker.enrichment.agent.hints import Hints
from tracker.enrichment.agent.versions import short_version
from tracker.enrichment.text.pattern_set import FirstMatch, Pattern

# Apps that show pages themselves, by the words of their web views; Messenger also writes Facebook's.
_IN_APP = (
    ("Messenger", r"FBAN/Messenger|FB_IAB/(?:Orca|MESSENGER)|Orca-Android"),
    ("Instagram", r"Instagram[ /]\d"),
    ("Threads", r"Barcelona \d"),
    ("Facebook", r"\bFB(?:AN|AV|_IAB)\b"),
    ("LinkedIn", r"LinkedInApp|LinkedIn/\d"),
    ("TikTok", r"musical_ly|Bytedance\w*Webview|trill_\d|TikTok \d|BytedanceWebview"),
    ("Snapchat", r"Snapchat[/ ]?\d"),
    ("Pinterest", r"\[Pinterest/|Pinterest/(?:iOS|Android)|Pinterest for"),
    ("X", r"Twitter for|TwitterAndroid"),
    ("WhatsApp", r"\bWhatsApp/"),
    ("Telegram", r"Telegram-Android"),
    ("WeChat", r"MicroMessenger/"),
    ("LINE", r"\bLine/\d"),
    ("Google app", r"\bGSA/"),
    ("KakaoTalk", r"KAKAOTALK"),
    ("Reddit", r"\bReddit/"),
    ("Slack", r"\bSlack(?:_SSB)?/"),
    ("Microsoft Teams", r"\bTeams/"),
    ("Discord", r"\b[Dd]iscord(?:-Android)?/\d"),
    ("Notion", r"\bNotion/\d"),
    ("Viber", r"\bViber/\d"),
    ("Tumblr", r"\bTumblr/\d"),
    ("Quora", r"\bQuora[ /]\d"),
    ("Feedly", r"\bFeedly/\d"),
    ("Reeder", r"\bReeder/\d"),
    ("Inoreader", r"\bInoreader/\d"),
    ("SmartNews", r"\bSmartNews[ /]\d"),
    ("Flipboard", r"\bFlipboard/\d"),
    ("Evernote", r"\bEvernote iOS/"),
    ("Zalo", r"\bZalo \w+/"),
    ("DingTalk", r"DingTalk/"),
    ("Alipay", r"AlipayClient/"),
    ("Toutiao", r"\bNewsArticle/"),
    ("Naver", r"\bNAVER\(inapp"),
    ("Bing", r"\bBingSapphire/"),
)
_PACKAGES = {
    "com.facebook.katana": "Facebook", "com.facebook.lite": "Facebook", "com.facebook.orca": "Messenger", "com.instagram.android": "Instagram",
    "com.instagram.barcelona": "Threads", "com.linkedin.android": "LinkedIn", "com.zhiliaoapp.musically": "TikTok", "com.ss.android.ugc.trill": "TikTok",
    "com.snapchat.android": "Snapchat", "com.pinterest": "Pinterest", "com.twitter.android": "X", "com.whatsapp": "WhatsApp", "com.whatsapp.w4b": "WhatsApp",
    "org.telegram.messenger": "Telegram", "com.reddit.frontpage": "Reddit", "com.tencent.mm": "WeChat", "jp.naver.line.android": "LINE",
    "com.slack": "Slack", "com.microsoft.teams": "Microsoft Teams", "com.google.android.googlequicksearchbox": "Google app",
    "com.google.android.gm": "Gmail", "com.microsoft.office.outlook": "Outlook", "com.discord": "Discord", "com.duckduckgo.mobile.android": "DuckDuckGo",
}  # fmt: skip

# Names as people know them, where ua-parser's family is another.
_NAMES = {
    "Mobile Safari": "Safari", "Mobile Safari UI/WKWebView": "Safari", "Chrome Mobile": "Chrome", "Chrome Mobile iOS": "Chrome",
    "Chrome Mobile WebView": "Chrome", "HeadlessChrome": "Chrome", "Firefox Mobile": "Firefox", "Firefox iOS": "Firefox", "Firefox (Shiretoko)": "Firefox",
    "Firefox (Minefield)": "Firefox", "Firefox (Namoroka)": "Firefox", "Edge Mobile": "Edge", "IE": "Internet Explorer", "IE Mobile": "Internet Explorer",
    "IE Large Screen": "Internet Explorer", "Opera Mobile": "Opera", "Opera Touch": "Opera", "Opera Tablet": "Opera", "Opera GX": "Opera GX",
    "DuckDuckGo Mobile": "DuckDuckGo", "Brave Mobile": "Brave", "QQ Browser Mobile": "QQ Browser", "QQ Browser Mini": "QQ Browser",
    "Android": "Android Browser", "YandexSearch": "Yandex Browser", "Epiphany": "GNOME Web", "MiuiBrowser": "Mi Browser", "VivoBrowser": "vivo Browser",
    "Ecosia Android": "Ecosia", "Ecosia iOS": "Ecosia", "UP.Browser": "Openwave Browser", "BlackBerry WebKit": "BlackBerry Browser", "Baidu Explorer": "Baidu Browser",
    "Baidu Box App": "Baidu", "AdBlock Browser": "Adblock Browser", "Konqueror": "Konqueror", "HeyTap Browser": "HeyTap Browser",
    "Nokia Services (WAP) Browser": "Nokia Browser", "Nokia OSS Browser": "Nokia Browser", "Espial": "Espial TV Browser", "Puffin": "Puffin",
    "Iron": "SRWare Iron", "webOS Browser": "webOS Browser", "Whale": "Naver Whale", "CFNetwork": "Safari", "AVG": "AVG Secure Browser", "CCleaner": "CCleaner Browser", "Norton": "Norton Private Browser",
    "Avira": "Avira Secure Browser", "Coc Coc": "Cốc Cốc", "Avant": "Avant Browser",
}  # fmt: skip
# The brands of Sec-CH-UA that name a browser; every browser made from Chromium also names Chromium.
_BRANDS = {
    "Microsoft Edge": "Edge", "Microsoft Edge WebView2": "Edge", "Opera": "Opera", "Opera GX": "Opera GX", "OperaMobile": "Opera", "Opera Mobile": "Opera",
    "Brave": "Brave", "Vivaldi": "Vivaldi", "YaBrowser": "Yandex Browser", "Yandex": "Yandex Browser", "Samsung Internet": "Samsung Internet",
    "DuckDuckGo": "DuckDuckGo", "Google Chrome": "Chrome", "Android WebView": "Chrome", "Whale": "Naver Whale", "Avast Secure Browser": "Avast Secure Browser",
    "AVG Secure Browser": "AVG Secure Browser", "CCleaner Browser": "CCleaner Browser", "Avira Secure Browser": "Avira Secure Browser", "Ecosia": "Ecosia",
    "Norton Private Browser": "Norton Private Browser", "HuaweiBrowser": "Huawei Browser", "Mi Browser": "Mi Browser", "Oculus Browser": "Meta Quest Browser",
    "Arc": "Arc", "Comet": "Comet", "ChatGPT Atlas": "ChatGPT Atlas", "Island": "Island", "Sidekick": "Sidekick", "Wavebox": "Wavebox", "Coc Coc": "Cốc Cốc", "Silk": "Amazon Silk",
}  # fmt: skip
_PLAIN_BRANDS = frozenset({"Google Chrome", "Android WebView"})
_ENGINE_BRANDS = frozenset({"Chromium", "HeadlessChrome"})

# Products that ua-parser takes for the engine's browser. The special before the general.
_PRODUCTS = (
    ("Yandex Browser", r"Ya(?:Search)?Browser[/ ]([\d.]+)"), ("UC Browser", r"UC ?Browser/?([\d.]*)|\bUC AppleWebKit|UCWEB/?([\d.]+)"), ("TV Bro", r"^TV Bro/([\d.]+)"),
    ("Meizu Browser", r"MZBrowser/([\d.]+)"), ("Quark", r"\bQuark/([\d.]+)"), ("CM Browser", r"ACHEETAHI/([\d.]+)"), ("360 Browser", r"\b360 ?(?:Aphone )?[Bb]rowser"),
    ("Sogou Browser", r"SogouMobileBrowser/([\d.]+)"), ("Oppo Browser", r"OppoBrowser/([\d.]+)"), ("Mi Browser", r"MiuiBrowser/([\d.]+)"),
    ("Baidu Browser", r"b(?:d|aidu)browser\w*/([\d.]+)"), ("T-Browser", r"Tbrowser/([\d.]+)"), ("Hawk Browser", r"Hawk/QuickBrowser/([\d.]+)"),
    ("LieBaoFast", r"LieBaoFast/([\d.]+)"), ("LG Browser", r"LG Browser/([\d.]+)"), ("PocketBook Browser", r"PocketBook/([\d.]+)"),
    ("Seraphic Sraf", r"\bSRAF\b/?([\d.]*)"), ("MAUI WAP Browser", r"MAUI"), ("Maxthon", r"Maxthon"), ("Odd Browser", r"\bOdd/([\d.]+)"),
    ("Nintendo Browser", r"NintendoBrowser/([\d.]+)"), ("Openwave Browser", r"UP\.Browser/?([\d.]*)"), ("Quick Search TV", r"Quick Search TV/([\d.]+)"), ("Odin", r"\bOdin/([\d.]+)"), ("QQ Browser", r"MQQBrowser/?([\d.]*)"),
    ("360 Browser", r"\bQIHU\b|\b360SE\b"), ("Liebao", r"\bLBBROWSER"), ("2345 Browser", r"2345Explorer/([\d.]+)"), ("TheWorld Browser", r"\bThe ?World\b ?([\d.]*)"),
    ("Baidu Browser", r"BIDUBrowser/([\d.]+)"), ("WebPositive", r"WebPositive/([\d.]+)"), ("Cliqz", r"\bCliqz/([\d.]+)"), ("Orion", r"\bOrion/([\d.]+)"), ("Arc", r"\bArc/([\d.]+)"),
    ("Sidekick", r"\bSidekick/([\d.]+)"), ("Kinza", r"\bKinza/([\d.]+)"), ("Cyberfox", r"Cyberfox/([\d.]+)"), ("TenFourFox", r"TenFourFox/?([\d.]*)"), ("Midori", r"\bmidori/([\d.]+)"),
    ("Iridium", r"\bIridium/([\d.]+)"), ("NetSurf", r"NetSurf/([\d.]+)"), ("Dillo", r"\bDillo[ /]([\d.]+)"), ("w3m", r"\bw3m/([\d.]+)"), ("IBrowse", r"\bIBrowse[ /]([\d.]+)"), ("Odyssey Web Browser", r"\bOdyssey Web Browser"),
    ("Ladybird", r"\bLadybird/([\d.]+)"), ("Firefox Focus", r"\bFocus/([\d.]+)"), ("Mercury", r"\bMercury/([\d.]+)"), ("Dolphin", r"\bDolphin/([\d.]+)"), ("Ecosia", r"\(Ecosia \w+@([\d.]+)"),
    ("Kiwi", r"\) Kiwi Chrome/"), ("Soul Browser", r"\bSoul/([\d.]+)"), ("mCent Browser", r"\bmCent/([\d.]+)"), ("Nokia Browser", r"NokiaBrowser/([\d.]+)"),
)  # fmt: skip
# Several entries may name one browser; its version is taken from any of them.
_PRODUCT_VERSIONS = {
    name: re.compile("|".join(words for other, words in _PRODUCTS if other == name), re.IGNORECASE)
    for name, _ in _PRODUCTS
}
_PLAIN_FAMILIES = frozenset(
    {
        "Chrome",
        "Chrome Mobile",
        "Chrome Mobile WebView",
        "Android",
        "Safari",
        "Mobile Safari",
        "Other",
        "HbbTV",
        "Opera",
        "WebKit Nightly",
        "MiuiBrowser",
        "Firefox",
        "Firefox iOS",
        "IE",
    }
)
# ua-parser takes phones of the models Robot and Spider for bots.
_BOTS_WORD = re.compile(r"bot\b|crawler|spider", re.IGNORECASE)
_CHROME_ON_ANDROID = re.compile(r"\(Linux;.* Android .* Chrome/([\d.]+)")
# On televisions ua-parser names the broadcasters' standard; the browser stands before it.
_TV_BROWSERS = (
    ("Opera", re.compile(r"OPR/([\d.]+)|Opera")),
    ("Chrome", re.compile(r"Chr[o0]me/([\d.]+)")),
    ("Safari", re.compile(r"Safari/")),
)


@lru_cache(maxsize=1)
def _shown_by() -> FirstMatch:
    """All patterns in one pass, apps before products."""
    apps = [Pattern(f"(?-i:{words})", name, "app") for name, words in _IN_APP]
    return FirstMatch([*apps, *(Pattern(words, name, "product") for name, words in _PRODUCTS)])


def name_browser(agent: str, family: str, version: str, hints: Hints) -> tuple[str | None, str | None]:
    """The browser and its version, by the app, the hints, the agent's products and ua-parser's family, in this order."""
    app = _PACKAGES.get(hints.app) if hints.app else None
    shown_by = _shown_by().find(agent) if app is None else None
    if shown_by is not None and shown_by.kind == "app":
        app = shown_by.name
    if app is not None:
        return app, None
    branded = _by_brand(hints.brands)
    if branded is not None and (branded[0] != "Chrome" or _NAMES.get(family, family) == "Chrome"):
        return branded
    if shown_by is not None and family in _PLAIN_FAMILIES:
        match = _PRODUCT_VERSIONS[shown_by.name].search(agent)
        return shown_by.name, short_version(next(filter(None, match.groups()), None) if match else None)
    if family == "HbbTV":
        return _on_television(agent)
    named_by_maker = _BOTS_WORD.search(family) is not None and family in agent.partition(")")[0]
    chrome = _CHROME_ON_ANDROID.search(agent) if named_by_maker else None
    if chrome is not None:
        return "Chrome", short_version(chrome[1])
    return (None, None) if family in ("Other", "") else (_NAMES.get(family, family), short_version(version))


def _by_brand(brands: tuple[tuple[str, str], ...]) -> tuple[str, str | None] | None:
    """The browser that the brands name: the brand that is not Chromium, by our name for it or else its own."""
    own = [one for one in brands if one[0] not in _ENGINE_BRANDS and not _is_made_up(one[0])]
    if not own:
        return None
    brand, version = next((one for one in own if one[0] not in _PLAIN_BRANDS), own[0])
    return _BRANDS.get(brand, brand.strip()[:40]), short_version(version)


def _is_made_up(brand: str) -> bool:
    """Whether a brand is the invented one (GREASE) that browsers add to the list, such as `Not;A=Brand`."""
    letters = "".join(filter(str.isalpha, brand)).lower()
    return letters in ("", "notabrand", "notbrand", "anotherbrand", "notanybrand")


def _on_television(agent: str) -> tuple[str, str | None]:
    for name, pattern in _TV_BROWSERS:
        match = pattern.search(agent)
        if match is not None:
            return name, short_version(match[1] if match.groups() else None)
    return "HbbTV", None
