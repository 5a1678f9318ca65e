"""Browser, system and device of a user agent, by `user-agents` over ua-parser's database, corrected by client hints.

Pure and cached by agent and hints; a browser sends the same ones with every hit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import ua_parser
from user_agents import parsers

_CACHED = 32_768
_HINTS = (
    "sec-ch-ua",
    "sec-ch-ua-full-version-list",
    "sec-ch-ua-platform",
    "sec-ch-ua-platform-version",
    "sec-ch-ua-mobile",
    "sec-ch-ua-model",
)


class Agent(NamedTuple):
    """What reads the page. `device` is one of desktop, mobile, tablet, tv, console, other; empty is None."""

    device: str | None
    browser: str | None
    browser_version: str | None
    os: str | None
    os_version: str | None


_TV = re.compile(
    r"smart-?tv|smarttv|googletv|android tv|appletv|apple tv|hbbtv|netcast|web0s|webos\.tv|tizen.*tv|viera|bravia|roku|aft[a-z]+ build|crkey|\btv\b",
    re.IGNORECASE,
)
_CONSOLE = re.compile(r"playstation|nintendo|xbox", re.IGNORECASE)
_OTHER = re.compile(r"watch|oculus|quest|tesla|qtcarbrowser|kindle|kobo", re.IGNORECASE)
_TABLET = re.compile(r"ipad|tablet|(?:android(?!.*mobile))", re.IGNORECASE)
_MOBILE = re.compile(r"mobile|iphone|ipod|windows phone|blackberry|opera mini", re.IGNORECASE)

# Names as people know them, where ua-parser's family is another.
_BROWSERS = {
    "Mobile Safari": "Safari",
    "Mobile Safari UI/WKWebView": "Safari",
    "Chrome Mobile": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Chrome Mobile WebView": "Chrome",
    "HeadlessChrome": "Chrome",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "Edge Mobile": "Edge",
    "IE": "Internet Explorer",
    "IE Mobile": "Internet Explorer",
    "Opera Mobile": "Opera",
    "Opera Touch": "Opera",
    "Samsung Internet": "Samsung Internet",
    "DuckDuckGo Mobile": "DuckDuckGo",
    "Brave Mobile": "Brave",
    "QQ Browser Mobile": "QQ Browser",
}
_SYSTEMS = {"Mac OS X": "macOS", "Mac OS": "macOS", "Chrome OS": "ChromeOS"}
# The brands of Sec-CH-UA that name a browser, the special before the general.
_BRANDS = (
    ("Microsoft Edge", "Edge"),
    ("Opera", "Opera"),
    ("Brave", "Brave"),
    ("Vivaldi", "Vivaldi"),
    ("YaBrowser", "Yandex Browser"),
    ("Samsung Internet", "Samsung Internet"),
    ("DuckDuckGo", "DuckDuckGo"),
    ("Google Chrome", "Chrome"),
)
_IN_APP = (
    (re.compile(r"\[?FB(?:AN|AV|_IAB)"), "Facebook"),
    (re.compile(r"MessengerForiOS|Orca-Android"), "Messenger"),
    (re.compile(r"Instagram "), "Instagram"),
    (re.compile(r"LinkedInApp"), "LinkedIn"),
    (re.compile(r"musical_ly|BytedanceWebview|TikTok", re.IGNORECASE), "TikTok"),
    (re.compile(r"Snapchat"), "Snapchat"),
    (re.compile(r"Pinterest/"), "Pinterest"),
    (re.compile(r"Twitter for|TwitterAndroid"), "X"),
    (re.compile(r"WhatsApp/"), "WhatsApp"),
)


def parse_agent(user_agent: str, headers: Mapping[str, str]) -> Agent:
    """What a user agent and the client hints in `headers` (lower-case names) say. Never raises."""
    return _parse(user_agent, tuple(headers.get(name, "") for name in _HINTS) if headers else ("",) * len(_HINTS))


@lru_cache(maxsize=_CACHED)
def _parse(user_agent: str, hints: tuple[str, ...]) -> Agent:
    if not user_agent and not any(hints):
        return Agent(None, None, None, None, None)
    found = ua_parser.parse(user_agent).with_defaults()
    browser = parsers.parse_browser(
        found.user_agent.family, found.user_agent.major, found.user_agent.minor, found.user_agent.patch
    )
    system = parsers.parse_operating_system(
        found.os.family, found.os.major, found.os.minor, found.os.patch, found.os.patch_minor
    )
    brands, full_versions, platform, platform_version, mobile, _ = hints
    name, version = _browser(
        user_agent, _known(browser.family), browser.version_string or None, full_versions or brands
    )
    os, os_version = _system(_known(system.family), system.version_string or None, platform, platform_version)
    return Agent(_device(user_agent, os, mobile), name, version, os, os_version)


def _known(family: str) -> str | None:
    return None if family in ("Other", "") else family


def _browser(agent: str, family: str | None, version: str | None, brands: str) -> tuple[str | None, str | None]:
    for pattern, name in _IN_APP:
        if pattern.search(agent):
            return name, None
    for brand, name in _BRANDS:
        match = re.search(re.escape(f'"{brand}"') + r';\s*v="([\d.]+)"', brands)
        if match:
            return name, _short(match[1])
    return (_BROWSERS.get(family, family) if family else None), _short(version)


def _system(
    family: str | None, version: str | None, platform: str, platform_version: str
) -> tuple[str | None, str | None]:
    """The system, from the hints where the agent is frozen: Windows 11 says `Windows NT 10.0`, macOS 10.15.7.

    Source of the Windows table: Microsoft, "Detect Windows 11 using User-Agent Client Hints".
    """
    platform, number = platform.strip('"'), platform_version.strip('"')
    if platform == "Windows" and number:
        major = int(number.split(".")[0]) if number.split(".")[0].isdigit() else 0
        return "Windows", "11" if major >= 13 else "10" if major else version
    if platform in ("macOS", "Android", "Chrome OS") and number:
        return _SYSTEMS.get(platform, platform), _short(number)
    if family is None:
        return None, None
    return _SYSTEMS.get(family, family), _short(version)


def _short(version: str | None) -> str | None:
    """At most two parts of a version: the rest changes weekly and tells a publisher nothing."""
    if not version:
        return None
    parts = version.split(".")
    return parts[0] if len(parts) == 1 or parts[1] == "0" else ".".join(parts[:2])


def _device(agent: str, os: str | None, mobile: str) -> str:
    if _CONSOLE.search(agent):
        return "console"
    if _TV.search(agent):
        return "tv"
    if _OTHER.search(agent):
        return "other"
    if _TABLET.search(agent):
        return "tablet"
    if mobile == "?1" or _MOBILE.search(agent):
        return "mobile"
    if os in ("Windows", "macOS", "Linux", "Ubuntu", "Fedora", "Debian", "ChromeOS", "FreeBSD", "OpenBSD", "Solaris"):
        return "desktop"
    return "other" if os is None else "mobile" if os in ("Android", "iOS") else "desktop"
