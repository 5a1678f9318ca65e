"""Agents: browser, system and device kind against device-detector's and uap-core's labels, by source.

Both have their own names, so a name of theirs is translated to ours before the comparison. A name that we show under
another one counts as right: Chrome's web view is Chrome.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple

import yaml

from tests.eval.bots import family_of_source
from tests.eval.measure import SHARED, Measure, timed
from tracker.enrichment.agent import Agent, parse_agent

_FOLDER = SHARED / "ua"
_BROWSERS = {
    "Chrome Mobile": "Chrome", "Chrome Webview": "Chrome", "Chrome Mobile iOS": "Chrome", "Chrome Mobile WebView": "Chrome",
    "HeadlessChrome": "Chrome", "Mobile Safari": "Safari", "Mobile Safari UI/WKWebView": "Safari",
    "Firefox Mobile": "Firefox", "Firefox Mobile iOS": "Firefox", "Firefox iOS": "Firefox", "Microsoft Edge": "Edge", "Edge Mobile": "Edge",
    "Samsung Browser": "Samsung Internet", "IE": "Internet Explorer", "IE Mobile": "Internet Explorer", "Mobile Silk": "Amazon Silk",
    "Amazon Silk": "Amazon Silk", "Opera Mobile": "Opera", "Opera Next": "Opera", "Opera Touch": "Opera", "Opera Devices": "Opera",
    "Opera Tablet": "Opera", "Opera GX": "Opera", "Yandex Browser Lite": "Yandex Browser", "UC Browser Turbo": "UC Browser",
    "UC Browser Mini": "UC Browser", "UC Browser HD": "UC Browser", "Android": "Android Browser", "QQ Browser Mobile": "QQ Browser",
    "QQ Browser Mini": "QQ Browser", "QQ Browser Lite": "QQ Browser", "Huawei Browser Mobile": "Huawei Browser", "DuckDuckGo Privacy Browser": "DuckDuckGo",
    "DuckDuckGo Mobile": "DuckDuckGo", "BlackBerry WebKit": "BlackBerry Browser", "Puffin Web Browser": "Puffin", "Edge Chromium": "Edge",
    "Openwave Mobile Browser": "Openwave", "Hawk Quick Browser": "Hawk", "Sogou Mobile Browser": "Sogou", "360 Phone Browser": "360", "Whale": "Naver Whale",
    "Whale Browser": "Naver Whale", "Google": "Google app", "HeyTapBrowser": "HeyTap", "wOSBrowser": "webOS", "UP.Browser": "Openwave", "Epiphany": "GNOME Web",
    "Ecosia Android": "Ecosia", "Ecosia iOS": "Ecosia", "MiuiBrowser": "Mi Browser", "YandexSearch": "Yandex Browser", "Baidu Explorer": "Baidu Browser",
    "Yandex Searchplugin": "Yandex Browser", "AVG": "AVG Secure Browser", "Avira": "Avira Secure Browser", "Norton": "Norton Private Browser", "Coc Coc": "Cốc Cốc",
}  # fmt: skip
_SYSTEMS = {
    "GNU/Linux": "Linux", "Mac": "macOS", "Mac OS X": "macOS", "Mac OS": "macOS", "Chrome OS": "ChromeOS", "Android TV": "Android",
    "Google TV": "Android", "Fire OS": "Android", "Wear OS": "Android", "CyanogenMod": "Android", "MocorDroid": "Android", "Windows RT": "Windows",
    "YunOS": "Android", "Lineage OS": "Android", "Smartisan OS": "Android", "Meta Horizon": "Android", "PICO OS": "Android", "ClearOS Mobile": "Android",
    "BlackBerry Tablet OS": "BlackBerry OS", "WatchOS": "watchOS", "ATV OS X": "tvOS", "Whale OS": "Linux", "Opera TV": "Linux", "VIDAA": "Linux",
    "Ubuntu": "Linux", "Debian": "Linux", "Fedora": "Linux", "Arch Linux": "Linux", "CentOS": "Linux", "Gentoo": "Linux", "Ordissimo": "Linux",
    "Red Hat": "Linux", "SUSE": "Linux", "Mandriva": "Linux", "Mageia": "Linux", "Slackware": "Linux", "Mint": "Linux", "Kubuntu": "Linux",
    "BrightSignOS": "Linux", "Symbian OS": "Symbian", "Symbian^3": "Symbian", "Symbian OS Series 60": "Symbian", "Symbian OS Series 40": "Symbian",
    "Samsung": "Linux", "LG": "Linux", "Sony": "Linux", "Panasonic": "Linux", "Philips": "Linux", "Toshiba": "Linux", "GoogleTV": "Android", "Brew MP": "Brew",
    "palmOS": "Palm OS", "Nintendo Mobile": "Nintendo", "PlayStation Portable": "PlayStation", "MTK / Nucleus": "Java ME", "Mocor OS": "Java ME",
    "iPadOS": "iOS", "tvOS": "iOS", "WebTV": "Linux", "KreaTV": "Linux", "TiVo OS": "Linux", "Orsay": "Linux", "Chromecast": "Android", "Windows Mobile": "Windows CE", "Chromium OS": "ChromeOS",
}  # fmt: skip
_DEVICES = {
    "smartphone": {"mobile"}, "phablet": {"mobile", "tablet"}, "feature phone": {"mobile"}, "tablet": {"tablet"}, "tv": {"tv"}, "desktop": {"desktop"},
    "console": {"console"}, "car browser": {"other"}, "wearable": {"other"}, "camera": {"other", "mobile"}, "smart display": {"other", "tv", "tablet"},
    "peripheral": {"other", "tv"}, "portable media player": {"mobile", "other"},
}  # fmt: skip


class Labelled(NamedTuple):
    """An agent with the labels of its origin. A part without a label is None."""

    agent: str
    headers: dict[str, str]
    source: str
    browser: str | None
    system: str | None
    device: str | None


def measures() -> Iterable[Measure]:
    cases = [*_device_detector(), *_uap_core("test_ua", "browser"), *_uap_core("test_os", "system")]
    parse_agent("Mozilla/5.0 (X11; Linux x86_64)", {})
    answers, microseconds = timed(lambda case: parse_agent(case.agent, case.headers), cases)
    pairs = list(zip(cases, answers, strict=True))
    for source in sorted({case.source for case in cases}):
        yield _accuracy(source, [pair for pair in pairs if pair[0].source == source], microseconds)
    yield _accuracy("all", pairs, microseconds)


def _accuracy(data: str, pairs: list[tuple[Labelled, Agent]], microseconds: float) -> Measure:
    figures: dict[str, float] = {}
    mistakes: list[str] = []
    for part, judge in (("browser", _browser_right), ("system", _system_right), ("device", _device_right)):
        judged = [(case, answer, judge(case, answer)) for case, answer in pairs if getattr(case, part) is not None]
        if judged:
            figures[part] = sum(right for _, _, right in judged) / len(judged)
            mistakes += [
                f"{part} {getattr(case, part)}, not {_answered(answer, part)}: {case.agent}"
                for case, answer, right in judged
                if not right
            ]
    return Measure("agent", data, len(pairs), figures, microseconds, mistakes)


def _answered(answer: Agent, part: str) -> str | None:
    return {"browser": answer.browser, "system": answer.os, "device": answer.device}[part]


def _plain(name: str | None, names: dict[str, str]) -> str:
    return names.get(name or "", name or "").lower().replace(" browser", "").replace(" ", "")


def _browser_right(case: Labelled, answer: Agent) -> bool:
    return _plain(case.browser, _BROWSERS) == _plain(answer.browser, _BROWSERS)


def _system_right(case: Labelled, answer: Agent) -> bool:
    return _plain(case.system, _SYSTEMS) == _plain(answer.os, _SYSTEMS)


def _device_right(case: Labelled, answer: Agent) -> bool:
    return answer.device in _DEVICES.get(case.device or "", {answer.device})


def _device_detector() -> Iterator[Labelled]:
    for path in sorted((_FOLDER / "device-detector").glob("*.yml.gz")):
        source = f"device-detector:{path.name.removesuffix('.yml.gz')}"
        if source != "device-detector:bots":
            yield from map(
                partial(_of_device_detector, family_of_source(source)),
                yaml.load(gzip.decompress(path.read_bytes()), _Loader),
            )


def _of_device_detector(source: str, case: dict[str, Any]) -> Labelled:
    client, system, device = case.get("client") or {}, case.get("os") or {}, case.get("device") or {}
    headers = {
        str(name).lower().removeprefix("http-"): str(value) for name, value in (case.get("headers") or {}).items()
    }
    browser = client.get("name") if client.get("type") == "browser" else None
    return Labelled(
        str(case["user_agent"]), headers, source, browser, system.get("name") or None, device.get("type") or None
    )


def _uap_core(file: str, part: str) -> Iterator[Labelled]:
    content = yaml.load(gzip.decompress((_FOLDER / "uap-core" / f"{file}.yaml.gz").read_bytes()), _Loader)
    for case in content["test_cases"]:
        label = Labelled(str(case["user_agent_string"]), {}, f"uap-core:{file}", None, None, None)
        if case["family"] != "Other":
            yield label._replace(**{part: case["family"]})


_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
