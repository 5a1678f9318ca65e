"""How people's agents are built, for programs and odd agents that neither bear a bot's word nor stand on a list.

A browser says `Mozilla/5.0 (system) engine products`; old phones, televisions and apps say which device they are.
What says neither is a program. Source of the browsers' form: RFC 9110, 10.1.5, and the Compatibility Standard
(https://compat.spec.whatwg.org/#ua-string-section).
"""

from __future__ import annotations

import re
from functools import lru_cache

from tracker.enrichment.agent import parse_agent
from tracker.enrichment.bots.verdict import BotKind
from tracker.enrichment.first_match import FirstMatch, Found, Pattern

_SYSTEM = (
    r"Windows|\bWin(?:9[58]|NT|1[01]|16|32|64)|Macintosh|Mac OS|Mac_PowerPC|\bPPC\b|X11|Linux|Android|\bAdr \d|iPhone|iPh\d|iPad|iPod|\biOS\b|CrOS"
    r"|BeOS|Haiku|OS/2|Amiga|MorphOS|AROS|SunOS|BSD|\bAIX\b|IRIX|HP-UX|OpenVMS|RISC OS|Fuchsia|Plan 9|QNX|MeeGo|Maemo|SerenityOS|Ubuntu|HarmonyOS|OpenHarmony"
    r"|MIDP|CLDC|UP\.?Browser|UP\.Link|\bWAP|NetFront|Obigo|Teleca|Openwave|MAUI|Dolfin|UCWEB|UCBrowser|Opera|OneBrowser|QQBrowser|J2ME"
    r"|BlackBerry|\bBB10|PlayBook|\bRIM\b|Nokia|Ericsson|SAMSUNG|\bLGE?[-/ ;]|^MOT-|^SEC-|Symbian|Series ?[346]0|KDDI|DoCoMo|J-PHONE|Vodafone|SoftBank|Palm|webOS|Web0S"
    r"|BREW|\bREX\b|Profile/|KaiOS|\bBada|Tizen|Micromax|Mobile|Phone|Tablet|Dalvik|watchOS|Watch OS|tvOS|Apple ?TV|Apple-i|FBAN|FBAV|FB_IAB"
    r"|HbbTV|Roku|TV\b|SmartTV|Viera|CE-HTML|CrKey|Maple|Espial|NetCast|PlayStation|\bPS[2-5]\b|Nintendo|Xbox|Dreamcast|SEGA|Kindle|Kobo|Nook|PocketBook|Silk"
    r"|Tesla|QtCarBrowser|Oculus|Sonos|Emacs-?w3|\bMRE\b|Dorado|\bQt\b.*Nokia|Xiino|AvantGo|Lynx|ELinks|^Links|w3m|NCSA|Konqueror|jig browser|Mosaic|NetPositive|Dillo|NetSurf|IBrowse|Contiki|ABrowse|Cyberdog|WebTV"
    r"|MobilePhone|Telefunken|LOEWE|Sagemcom|Sagem|Alcatel|Philips|Panasonic|Toshiba|Sharp|Siemens|^SIE-|Sanyo|Pantech|Huawei|ZTE|Karbonn|Lenovo|Motorola|HTC"
)
_COMMON_SYSTEMS = ("Android", "Windows NT", "iPhone", "Macintosh", "iPad", "Linux")
# Apple's CFNetwork is an app's own library and shows no page; Safari itself uses it for what it loads in the back.
_SAFARI_LIBRARY = re.compile(r"(?:Mobile)?Safari|com\.apple\.WebKit")

# `compatible;` was Internet Explorer's and its imitators' word; in an agent with a modern engine it introduces a bot, as
# does whatever else stands in the engine's comment. The rest is code, a template that nobody filled in, or a quotation.
_ODD = (
    r"^[^(]*\(compatible;|(?:^|\) )Mozilla/[\d.]+ \(compatible;",
    r"like Gecko[;,]|\(KHTML[;)]|Gecko[;,] ?compatible",
    r"rv:[a-z]|Firefox/[a-z]|Chrome/[a-z]|\bversion\}|\(platform;",
    r"^(?:[\"'<;|(-]|User-?Agent\b)|^Mozilla/5\.0 Mozilla|^Mozilla(?:/[\d.]*)?$",
)
_CODE = r"\$\{|<\s*/?(?:script|img|svg|iframe|\?php|a )|\{\{|\(\) ?\{|' ?(?:or|and|union) |;\s*(?:wget|curl|sleep) |\.\./|\bjndi\b|%[sd]\b|\bunion\s+select\b|\|\|"
_GENUINE = re.compile(
    r"compatible; ?(?:MSIE|Konqueror|Trident|Windows|NetPositive|iCab|Lotus|OmniWeb|WebTV|Google Earth|IBrowse|Polaris|Linux|ANTGalio|Opera|America Online|AOL)"
    r"|PlayStation",
    re.IGNORECASE,
)

# A desktop Chrome, Safari or Firefox to the letter, and what may follow: a bare word or a program's early version.
_DESKTOP = re.compile(
    r"Mozilla/5\.0 \(((?:[^()]*; ?)?(?:Windows NT|Macintosh|X11)[^()]*)\) "
    r"(?:AppleWebKit/[\d.]+ \(KHTML, like Gecko\) (?:Chrome|Version)/[\d.]+ Safari/[\d.]+|Gecko/20100101 Firefox/[\d.]+)"
    r"(?:;? ([A-Za-z][\w.-]+)(?:/v?[012](?:\.\d+){0,2})?)?"
)
_SYSTEM_PART = re.compile(
    r"Windows NT [\d.]+|Win64|x64|WOW64|ARM64|arm_?64|Macintosh|Intel Mac OS X [\d_.]*|X11|Wayland|[UNI]|[\w/ +.-]*(?:Linux|BSD|SunOS|CrOS|Ubuntu|Fedora|Debian|Haiku)\b.*"
    r"|i\d86.*|x86_64.*|aarch64|rv:[\w.]*|[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?|Touch|Tablet PC.*|.*(?:TV|HTC|Quest|PICO|Viera|Model|Lumia|Xbox|like ).*|",
    re.IGNORECASE,
)
_FOLLOWS = frozenset(
    "crkey smart-tv midori mobile ubuntu fedora debian chromium edge webview tesla light vr electron".split()
)


@lru_cache(maxsize=1)
def _system() -> FirstMatch:
    return FirstMatch([Pattern(_SYSTEM, "", BotKind.UNKNOWN)])


@lru_cache(maxsize=1)
def odd_forms() -> FirstMatch:
    """Finds what no browser writes; `find_odd` says whether it is meant."""
    code = Pattern(_CODE, "Code in place of an agent", BotKind.SCANNER)
    return FirstMatch([code, *(Pattern(one, "", BotKind.UNKNOWN) for one in _ODD)])


def is_program(agent: str) -> bool:
    """Whether an agent names neither a browser's system nor a device that people hold."""
    if "CFNetwork/" in agent:
        return _SAFARI_LIBRARY.match(agent) is None
    return not any(system in agent for system in _COMMON_SYSTEMS) and _system().find(agent) is None


def _is_known_browser(agent: str) -> bool:
    """Whether the agent is of a browser with a name of its own, such as SeaMonkey, and not only of its engine's."""
    return parse_agent(agent, {}).browser not in (None, "Chrome", "Safari", "Firefox")


def find_odd(agent: str, *, forms: bool = True) -> Found | None:
    """What an agent is that claims to be a browser in a form that no browser has; None for any other agent.

    Without `forms`, for an agent of which it is known that `odd_forms` finds nothing.
    """
    found = odd_forms().find(agent) if forms else None
    if found is not None and _GENUINE.search(agent) is None:
        return found
    desktop = _DESKTOP.fullmatch(agent)
    if desktop is None:
        return None
    follows = desktop[2] is not None and desktop[2].lower() not in _FOLLOWS and not _is_known_browser(agent)
    if follows or any(_SYSTEM_PART.fullmatch(part.strip()) is None for part in desktop[1].split(";")):
        return Found("", BotKind.UNKNOWN)
    return None
