from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.enrichment.agent import parse_agent, without_builds
from tracker.enrichment.bots import detect_bot

WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)
MAC_CHROME = WINDOWS.replace("Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7")
MAC_SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15"
ANDROID = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36"
)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
WEB_VIEW = "Mozilla/5.0 (Linux; Android 14; SM-S918B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/141.0.0.0 Mobile Safari/537.36"


def hints(platform, version="", brands='"Chromium";v="141", "Google Chrome";v="141"', mobile="?0", model=""):
    return {
        "sec-ch-ua": brands,
        "sec-ch-ua-platform": f'"{platform}"',
        "sec-ch-ua-platform-version": f'"{version}"',
        "sec-ch-ua-mobile": mobile,
        "sec-ch-ua-model": f'"{model}"',
    }


AGENTS = {
    "chrome on windows": (WINDOWS, ("desktop", "Chrome", "141", "Windows", "10")),
    "edge": (f"{WINDOWS} Edg/141.0.3537.71", ("desktop", "Edge", "141", "Windows", "10")),
    "opera": (f"{WINDOWS} OPR/122.0.0.0", ("desktop", "Opera", "122", "Windows", "10")),
    "yandex": (f"{WINDOWS.replace(' Safari', ' YaBrowser/25.8.0.0 Safari')}", ("desktop", "Yandex Browser", "25.8", "Windows", "10")),
    "safari on a mac says a frozen system": (MAC_SAFARI, ("desktop", "Safari", "18.1", "macOS", None)),
    "an old mac's system is its own": (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_13_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.1 Safari/605.1.15",
        ("desktop", "Safari", "13.1", "macOS", "10.13"),
    ),
    "firefox on linux": (
        "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
        ("desktop", "Firefox", "145", "Linux", None),
    ),
    "a chromebook": (
        WINDOWS.replace("Windows NT 10.0; Win64; x64", "X11; CrOS x86_64 14541.0.0"),
        ("desktop", "Chrome", "141", "ChromeOS", None),
    ),
    "an iphone": (f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1", ("mobile", "Safari", "17.5", "iOS", "17.5")),
    "chrome on an iphone": (f"{IPHONE} CriOS/141.0.7390.41 Mobile/15E148 Safari/604.1", ("mobile", "Chrome", "141", "iOS", "17.5")),
    "an android of a frozen version": (ANDROID, ("mobile", "Chrome", "141", "Android", None)),
    "samsung internet": (
        "Mozilla/5.0 (Linux; Android 13; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
        ("mobile", "Samsung Internet", "28", "Android", "13"),
    ),
    "an android tablet": (
        "Mozilla/5.0 (Linux; Android 12; SM-X200) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
        ("tablet", "Chrome", "120", "Android", "12"),
    ),
    "an ipad of old": (
        "Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1.2 Mobile/15E148 Safari/604.1",
        ("tablet", "Safari", "12.1", "iOS", "12.5"),
    ),
    "a television": (
        "Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/2.2 Chrome/63.0.3239.84 TV Safari/537.36",
        ("tv", "Samsung Internet", "2.2", "Tizen", "6"),
    ),
    "a television of the broadcasters' standard": (
        "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/79.0.3945.79 Safari/537.36 HbbTV/1.5.1 (+DRM; LGE; 55UP; WEBOS6.0;)",
        ("tv", "Chrome", "79", "webOS", None),
    ),
    "a console": (
        "Mozilla/5.0 (PlayStation; PlayStation 5/2.26) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15",
        ("console", "Safari", "13", "PlayStation", None),
    ),
    "a watch": ("Mozilla/5.0 (Linux; Android 11; SM-R890) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/90.0 Mobile Safari/537.36", ("other", "Chrome", "90", "Android", "11")),
    "a button phone": ("Mozilla/5.0 (Mobile; Nokia_2720_Flip; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5.2.2", ("mobile", "Firefox", "48", "KaiOS", "2.5")),
    "a browser that ua-parser takes for its engine's": (f"{WINDOWS} Sidekick/122.0", ("desktop", "Sidekick", "122", "Windows", "10")),
    "a browser under one of two words": (f"{WINDOWS} BIDUBrowser/8.7", ("desktop", "Baidu Browser", "8.7", "Windows", "10")),
    "a browser of firefox's make": (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:60.0) Gecko/20100101 Firefox/60.0 Cliqz/1.37.0",
        ("desktop", "Cliqz", "1.37", "Windows", "10"),
    ),
    "ecosia, which says firefox on an iphone": (
        f"{IPHONE} FxiOS/10.1.0 Mobile/15E148 Safari/605.1.15 (Ecosia ios@10.1.0.1865)",
        ("mobile", "Ecosia", "10.1", "iOS", "17.5"),
    ),
    "a phone named like a bot": (ANDROID.replace("; K)", "; Nova Spider)"), ("mobile", "Chrome", "141", "Android", "10")),
    "nothing": ("", (None, None, None, None, None)),
}  # fmt: skip


@pytest.mark.parametrize(("agent", "expected"), AGENTS.values(), ids=AGENTS)
def test_reads_an_agent(agent, expected):
    assert tuple(parse_agent(agent, {})) == expected


HINTED = {
    "windows 11": (WINDOWS, hints("Windows", "15.0.0"), ("desktop", "Chrome", "141", "Windows", "11")),
    "windows 10": (WINDOWS, hints("Windows", "10.0.0"), ("desktop", "Chrome", "141", "Windows", "10")),
    "windows 8.1": (WINDOWS, hints("Windows", "0.3.0"), ("desktop", "Chrome", "141", "Windows", "8.1")),
    "macos": (MAC_CHROME, hints("macOS", "15.5.0"), ("desktop", "Chrome", "141", "macOS", "15.5")),
    "android's version": (ANDROID, hints("Android", "15.0.0", mobile="?1", model="Pixel 8"), ("mobile", "Chrome", "141", "Android", "15")),
    "an android tablet by its model": (
        ANDROID.replace(" Mobile", ""),
        hints("Android", "14.0.0", model="SM-X710"),
        ("tablet", "Chrome", "141", "Android", "14"),
    ),
    "a television by its model": (
        ANDROID.replace(" Mobile", ""),
        hints("Android", "12.0.0", model="BRAVIA 4K VH2"),
        ("tv", "Chrome", "141", "Android", "12"),
    ),
    "brave": (WINDOWS, hints("Windows", "15.0.0", '"Brave";v="141", "Chromium";v="141"'), ("desktop", "Brave", "141", "Windows", "11")),
    "a browser that nobody listed": (
        WINDOWS,
        hints("Windows", "15.0.0", '"Not;A=Brand";v="8", "Chromium";v="141", "Qorvax Browser";v="3.2"'),
        ("desktop", "Qorvax Browser", "3.2", "Windows", "11"),
    ),
    "the made-up brand is none": (
        WINDOWS,
        hints("Windows", "15.0.0", '" Not A;Brand";v="99", "Chromium";v="141"'),
        ("desktop", "Chrome", "141", "Windows", "11"),
    ),
    "the full version is cut": (
        WINDOWS,
        hints("Windows", "15.0.0") | {"sec-ch-ua-full-version-list": '"Vivaldi";v="7.6.3797.58", "Chromium";v="141.0.7390.55"'},
        ("desktop", "Vivaldi", "7.6", "Windows", "11"),
    ),
    "an app that android names": (WEB_VIEW, {"x-requested-with": "com.linkedin.android"}, ("mobile", "LinkedIn", None, "Android", "14")),
}  # fmt: skip


@pytest.mark.parametrize(("agent", "headers", "expected"), HINTED.values(), ids=HINTED)
def test_client_hints_correct_what_the_agent_says(agent, headers, expected):
    assert tuple(parse_agent(agent, headers)) == expected


IN_APP = {
    "facebook": (f"{IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/470.0;FBDV/iPhone15,2]", "Facebook"),
    "facebook on android": (f"{WEB_VIEW} [FB_IAB/FB4A;FBAV/470.0;]", "Facebook"),
    "messenger": (f"{IPHONE} Mobile/15E148 [FBAN/MessengerForiOS;FBAV/470.0]", "Messenger"),
    "messenger on android": (f"{WEB_VIEW} [FB_IAB/Orca-Android;FBAV/470.0;]", "Messenger"),
    "instagram": (f"{IPHONE} Mobile/15E148 Instagram 340.0.0.22.108 (iPhone15,2; iOS 17_5; fr_FR)", "Instagram"),
    "threads": (f"{IPHONE} Mobile/15E148 Barcelona 340.0.0.22.108 (iPhone15,2)", "Threads"),
    "linkedin": (f"{IPHONE} Mobile/15E148 [LinkedInApp]/9.30.1", "LinkedIn"),
    "tiktok": (f"{IPHONE} Mobile/15E148 musical_ly_35.3.0 JsSdk/2.0 NetType/WIFI", "TikTok"),
    "tiktok on android": (f"{WEB_VIEW} trill_350300 BytedanceWebview/d8a21c6", "TikTok"),
    "snapchat": (f"{IPHONE} Mobile/15E148 Snapchat/12.90.0.45 (like Safari/8618.2.12)", "Snapchat"),
    "pinterest": (f"{IPHONE} Mobile/15E148 [Pinterest/iOS]", "Pinterest"),
    "x": (f"{IPHONE} Mobile/15E148 Twitter for iPhone/10.50", "X"),
    "x on android": (f"{WEB_VIEW} TwitterAndroid", "X"),
    "whatsapp": (f"{IPHONE} Mobile/15E148 WhatsApp/2.24.10", "WhatsApp"),
}


@pytest.mark.parametrize(("agent", "name"), IN_APP.values(), ids=IN_APP)
def test_names_the_app_that_shows_the_page(agent, name):
    answer = parse_agent(agent, {})
    assert (answer.browser, answer.device) == (name, "mobile")


@pytest.mark.parametrize(
    ("agent", "width", "expected"),
    [
        (MAC_SAFARI, 820, ("tablet", "iPadOS")),
        (MAC_SAFARI, 1512, ("desktop", "macOS")),
        (MAC_SAFARI, None, ("desktop", "macOS")),
        (MAC_CHROME, 820, ("desktop", "macOS")),
        (MAC_SAFARI.replace("Version/18.1", "CriOS/141.0 Mobile/15E148"), None, ("tablet", "iPadOS")),
        (IPHONE.replace("iPhone; CPU iPhone OS", "iPad; CPU OS") + " Version/17.5 Mobile/15E148 Safari/604.1", 820, ("tablet", "iPadOS")),
    ],
    ids=["an ipad's width", "a mac's width", "no width", "chrome says mac on macs only", "chrome for ios", "an ipad says so"],
)  # fmt: skip
def test_tells_an_ipad_that_says_it_is_a_mac(agent, width, expected):
    answer = parse_agent(agent, {}, width)
    assert (answer.device, answer.os) == expected


@given(
    st.text(max_size=200),
    st.dictionaries(
        st.sampled_from(["sec-ch-ua", "sec-ch-ua-platform", "sec-ch-ua-platform-version", "sec-ch-ua-mobile"]),
        st.text(max_size=60),
    ),
)
def test_any_agent_and_hints_have_an_answer(agent, headers):
    assert parse_agent(agent, headers).device in ("desktop", "mobile", "tablet", "tv", "console", "other", None)


CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{} Safari/537.36{}"


@pytest.mark.parametrize(
    ("agent", "plain"),
    [
        pytest.param(CHROME.format("141.0.7390.55", ""), CHROME.format("141.0.0.0", ""), id="chrome"),
        pytest.param(
            CHROME.format("141.0.7390.55", " Edg/141.0.3537.57"),
            CHROME.format("141.0.0.0", " Edg/141.0.0.0"),
            id="edge",
        ),
        pytest.param(
            CHROME.format("141.0.7390.55", "") + " Foo/1.2.3",
            CHROME.format("141.0.7390.55", "") + " Foo/1.2.3",
            id="more",
        ),
        pytest.param("curl/8.5.0", "curl/8.5.0", id="no-browser"),
        pytest.param(
            "Mozilla/5.0 (compatible; Acme/1.2.3.4) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99.0.4844.84 Safari/537.36",
            "Mozilla/5.0 (compatible; Acme/1.2.3.4) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99.0.0.0 Safari/537.36",
            id="a-bots-name-stays",
        ),
    ],
)
def test_an_agent_is_looked_up_without_the_builds_of_its_browser(agent: str, plain: str) -> None:
    assert without_builds(agent) == plain
    assert parse_agent(agent, {}) == parse_agent(plain, {})
    assert detect_bot(agent, {}) == detect_bot(plain, {})


APPLE = "Mozilla/5.0 ({}) AppleWebKit/605.1.15 (KHTML, like Gecko) {}"
IOS_18_6, IOS_18_7 = (f"iPhone; CPU iPhone OS {version} like Mac OS X" for version in ("18_6", "18_7"))
SAFARI_26 = "Version/26.2 Mobile/15E148 Safari/604.1"
FIREFOX_ON_ANDROID = "Mozilla/5.0 (Android {0}; Mobile; rv:{1}.0) Gecko/{1}.0 Firefox/{1}.0"
STOPPED = {
    "safari says it": (APPLE.format(IOS_18_7, SAFARI_26), "iOS", "26.2"),
    "safari says it of the first one": (APPLE.format(IOS_18_6, SAFARI_26.replace("26.2", "26.0")), "iOS", "26"),
    "and of one to come": (APPLE.format(IOS_18_7, SAFARI_26.replace("26.2", "27.1")), "iOS", "27.1"),
    "an ipad's safari": (APPLE.format("iPad; CPU OS 18_6 like Mac OS X", SAFARI_26), "iPadOS", "26.2"),
    "an ipod's": (APPLE.format("iPod touch; CPU iPhone OS 15_8 like Mac OS X", "Version/15.6.5 Mobile/15E148 Safari/604.1"), "iOS", "15.8"),
    "a true 18.6": (APPLE.format("iPhone; CPU iPhone OS 18_6_2 like Mac OS X", SAFARI_26.replace("26.2", "18.6")), "iOS", "18.6"),
    "a true 18.7": (APPLE.format(IOS_18_7, SAFARI_26.replace("26.2", "18.7")), "iOS", "18.7"),
    "duckduckgo has safari's": (APPLE.format(IOS_18_7, f"{SAFARI_26.replace(' Safari', ' DuckDuckGo/26 Safari')}"), "iOS", "26.2"),
    "chrome does not say": (APPLE.format(IOS_18_7, "CriOS/143.0.7499.92 Mobile/15E148 Safari/604.1"), "iOS", None),
    "firefox does not say": (APPLE.format(IOS_18_7, "FxiOS/145.0 Mobile/15E148 Safari/605.1.15"), "iOS", None),
    "a chrome of before": (APPLE.format(IOS_18_6, "CriOS/138.0.7204.156 Mobile/15E148 Safari/604.1"), "iOS", "18.6"),
    "a web view does not say": (APPLE.format(IOS_18_7, "Mobile/15E148 [LinkedInApp]/9.31"), "iOS", None),
    "facebook says it": (APPLE.format(IOS_18_7, "Mobile/15E148 [FBAN/FBIOS;FBAV/540.0;FBDV/iPhone17,1;FBSN/iOS;FBSV/26.1]"), "iOS", "26.1"),
    "instagram says it": (APPLE.format(IOS_18_7, "Mobile/15E148 Instagram 410.0 (iPhone17,1; iOS 26_1; fr_FR)"), "iOS", "26.1"),
    "an older web view": (APPLE.format("iPhone; CPU iPhone OS 17_5 like Mac OS X", "Mobile/15E148"), "iOS", "17.5"),
    "safari on a mac": (MAC_SAFARI.replace("18.1", "26.1"), "macOS", None),
    "firefox on a mac": ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0", "macOS", None),
    "chrome on android": (ANDROID, "Android", None),
    "a marked chrome on android": (ANDROID.replace("; K)", "; K; acme)"), "Android", None),
    "firefox on android 10 or another": (FIREFOX_ON_ANDROID.format("10", 145), "Android", None),
    "firefox on android 15": (FIREFOX_ON_ANDROID.format("15", 145), "Android", "15"),
    "an old firefox on android 10": (FIREFOX_ON_ANDROID.format("10", 115), "Android", "10"),
    "a chromebook": (WINDOWS.replace("Windows NT 10.0; Win64; x64", "X11; CrOS x86_64 14541.0.0"), "ChromeOS", None),
}  # fmt: skip


@pytest.mark.parametrize(("agent", "system", "version"), STOPPED.values(), ids=STOPPED)
def test_where_an_agent_stopped_its_browser_says_the_systems_version_or_nothing_does(agent, system, version):
    answer = parse_agent(agent, {})
    assert (answer.os, answer.os_version) == (system, version)


def test_an_ipad_that_says_it_is_a_mac_has_safaris_version():
    assert parse_agent(MAC_SAFARI.replace("18.1", "26.1"), {}, 820).os_version == "26.1"
