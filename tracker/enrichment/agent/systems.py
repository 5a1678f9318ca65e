"""The system's name and version, from the hints where the agent is frozen."""

from __future__ import annotations

import re

from tracker.enrichment.agent.frozen import apple_mobile_version, is_frozen
from tracker.enrichment.agent.hints import Hints
from tracker.enrichment.agent.versions import major, short_version

_NAMES = {
    "Mac OS X": "macOS", "Mac OS": "macOS", "Chrome OS": "ChromeOS", "Chromium OS": "ChromeOS", "Web0S": "webOS", "ATV OS X": "tvOS", "WatchOS": "watchOS",
    "GoogleTV": "Google TV", "Symbian OS": "Symbian", "Symbian^3": "Symbian", "Symbian^3 Anna": "Symbian", "Symbian^3 Belle": "Symbian",
    "Nokia Series 40": "Nokia Series 40", "Brew MP": "Brew", "BlackBerry Tablet OS": "BlackBerry OS", "Samsung": "Linux", "LG": "Linux", "Sony": "Linux",
    "Toshiba": "Linux", "Panasonic": "Linux", "FireHbbTV": "Linux", "HbbTV": "Linux", "Philips": "Linux", "Chromecast": "Chromecast", "Windows Mobile": "Windows Mobile",
}  # fmt: skip

# Systems that ua-parser does not name or takes for another. The special before the general.
_SYSTEMS = (
    ("KaiOS", r"KaiOS/([\d.]+)"), ("Android", r"Andr0id ?([\d.]*)|\bAdr ([\d.]+)"), ("watchOS", r"watchOS[/ ,]([\d.]+)|Watch OS,([\d.]+)|^Watch\d+,\d+/([\d.]+)"), ("Roku OS", r"\bRoku"),
    ("PlayStation", r"PlayStation"), ("Nintendo", r"Nintendo"), ("Windows Mobile", r"Windows CE|Windows Mobile"), ("macOS", r"\(Power%20Macintosh\)|\bMac OS(?: X)?[ /]?(1[\d.]+)|\bos=Mac|Darwin/[\d.]+ \((?:i386|x86_64|arm64)\)"),
    ("Palm OS", r"PalmOS|PalmSource|Palmscape|Blazer/"), ("Bada", r"\bbada/([\d.]+)"), ("Symbian", r"Symbian|Series ?60|\bNokia[\w-]+/"), ("iOS", r"\biPh\d|\bov\([\d_]+\)"), ("MRE", r"\bMRE\b"),
    ("Windows", r"\bwin10\b|\bWin(?:98|95|NT)"), ("Haiku", r"Haiku|BeOS"), ("AmigaOS", r"Amiga"), ("MorphOS", r"MorphOS"), ("OS/2", r"OS/2"), ("Brew", r"\bBREW\b"),
    ("Linux", r"\bX11\b|Linux"), ("Java ME", r"MIDP|CLDC|UP\.Browser|UP\.Link|J2ME|WAP"),
)  # fmt: skip
_SYSTEM_PATTERNS = tuple((name, re.compile(words, re.IGNORECASE)) for name, words in _SYSTEMS)
_TAKEN_FOR_ANOTHER = (
    "Andr0id",
    "Windows CE",
    "PalmSource",
    "Nintendo",
    "Playstation",
    "Power%20Macintosh",
    "windows CE",
)


def name_system(agent: str, family: str, version: str, hints: Hints) -> tuple[str | None, str | None]:
    """The system and its version; no version where the agent only has a frozen one and no hint says more.

    Source of Windows' versions: Microsoft, "Detect Windows 11 and CPU architecture using User-Agent Client Hints".
    """
    hinted = _by_hints(hints, version)
    if hinted is not None:
        return hinted
    if family in ("Other", "") or any(word in agent for word in _TAKEN_FOR_ANOTHER):
        for name, pattern in _SYSTEM_PATTERNS:
            match = pattern.search(agent)
            if match is not None:
                return name, short_version(next((group for group in match.groups() if group), None))
        if family in ("Other", ""):
            return None, None
    name = _NAMES.get(family, family)
    if name == "iOS" and "iPad" in agent and major(version) >= 13:
        name = "iPadOS"
    if name in ("iOS", "iPadOS"):
        return name, apple_mobile_version(agent, version)
    return name, None if name == "Linux" or is_frozen(agent, name) else short_version(version)


def _by_hints(hints: Hints, version: str) -> tuple[str, str | None] | None:
    number = hints.platform_version
    if hints.platform == "Windows" and number:
        return "Windows", _windows_version(number, version)
    if hints.platform in ("Android", "Chrome OS", "Chromium OS", "macOS", "Mac OS X", "Tizen"):
        name = _NAMES.get(hints.platform, hints.platform)
        return (name, short_version(number)) if number else None
    return None


def _windows_version(number: str, version: str) -> str | None:
    if number.startswith("0."):
        return {"0.1": "7", "0.2": "8", "0.3": "8.1"}.get(".".join(number.split(".")[:2]), version or None)
    return "11" if major(number) >= 13 else "10" if major(number) else version or None
