"""The system versions at which browsers froze their user agent, and where the true version still appears.

An unknown version is better than a false one. Sources: WebKit's and Chromium's frozen agents
(https://www.chromium.org/updates/ua-reduction/), Mozilla's bugs 1679929 (macOS) and 1865766 (Android).
"""

from __future__ import annotations

import re

from tracker.enrichment.agent.versions import major, short_version

# Chrome, Safari and Firefox say macOS 10.15 for every later one, Chrome Android 10 for every Android and one ChromeOS.
_FROZEN_MAC = re.compile(r"Mac OS X 10[._]15")
_FROZEN_ANDROID = re.compile(r"Android 10; K[);]")
_FROZEN_CHROME_OS = "CrOS x86_64 14541.0.0"
_FROZEN_SINCE = {"Chrome": 90, "Firefox": 87, "Version": 14, "CriOS": 90, "FxiOS": 87, "EdgiOS": 90}
# Firefox says Android 10 for every older one, and for a while said it for every newer one too.
_FIREFOX_ON_ANDROID = re.compile(r"Android 10(?:\.0)?; .*Firefox/(\d{1,4})")
_FIREFOX_SINCE = 122

# Apple stopped at iOS 18.6 and 18.7. Safari's own version is its system's; apps of Facebook and others write the system's.
_APPLE_STOPPED = re.compile(r" OS 18_[67] like")
_SAFARI = re.compile(r"\bVersion/(\d{1,3}(?:\.\d{1,3})?)")
_SAID_BY_APP = re.compile(
    r"\bFBSV/(\d{1,3}(?:\.\d{1,3})?)|[;,(] ?(?:iOS|iPadOS) (\d{1,3}(?:[._]\d{1,3})?)|\bios/(\d{1,3}\.\d{1,3})"
)
# The first browsers and apps that ran where the agent says 18.6 and the system is newer.
_OTHERS_ON_APPLE = re.compile(r"\b(?:CriOS|EdgiOS)/(?:1[4-9]|[2-9]\d)\d\b|\bFxiOS/(?:14[3-9]|1[5-9]\d|[2-9]\d\d)\b")
_ANY_OTHER_ON_APPLE = re.compile(r"\b(?:CriOS|EdgiOS|FxiOS|OPiOS|OPT)/")


def is_frozen(agent: str, system: str) -> bool:
    """Whether the version of Android, macOS or ChromeOS in a user agent is the one at which its browser froze it."""
    if system == "Android":
        firefox = _FIREFOX_ON_ANDROID.search(agent)
        return _FROZEN_ANDROID.search(agent) is not None or (firefox is not None and int(firefox[1]) >= _FIREFOX_SINCE)
    if system == "ChromeOS":
        return _FROZEN_CHROME_OS in agent
    if system != "macOS" or _FROZEN_MAC.search(agent) is None:
        return False
    found = re.findall(r"\b(Chrome|Firefox|Version|CriOS|FxiOS|EdgiOS)/(\d{1,4})", agent)
    return any(int(number) >= _FROZEN_SINCE[product] for product, number in found)


def apple_mobile_version(agent: str, version: str) -> str | None:
    """The version of iOS or iPadOS: Safari's own where it is newer than what the agent says, or what an app says."""
    safari = _SAFARI.search(agent)
    if safari is not None and major(safari[1]) > major(version) >= 18:
        return short_version(safari[1])
    if _APPLE_STOPPED.search(agent) is None:
        return short_version(version)
    said = _SAID_BY_APP.search(agent)
    if said is not None:
        return short_version(next(filter(None, said.groups())).replace("_", "."))
    if safari is not None or (_ANY_OTHER_ON_APPLE.search(agent) and not _OTHERS_ON_APPLE.search(agent)):
        return short_version(version)
    return None


def ipad_version(agent: str) -> str | None:
    """The version of an iPad that sends a Mac's user agent: Safari's own version, where the browser is Safari."""
    safari = _SAFARI.search(agent)
    return short_version(safari[1]) if safari is not None and major(safari[1]) >= 13 else None
