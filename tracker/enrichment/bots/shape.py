"""The form of browsers' user agents, to detect programs that have no bot's word and are on no list.

A browser says `Mozilla/5.0 (system) engine products`; old phones, televisions and apps say which device they are.
Anything else is a program. Source of the browsers' form: RFC 9110, 10.1.5, and the Compatibility Standard
(https://compat.spec.whatwg.org/#ua-string-section).
"""

from __future__ import annotations

import re
from functools import lru_cache

from tracker.enrichment.bots.verdict import BotKind, NamelessBot
from tracker.enrichment.text.pattern_set import FirstMatch, Pattern, PatternMatch

_SYSTEM = (
    r"Windows|\bWin(?:9[58]|NT|1[01]|16|32|64)|Macintosh|Mac OS|Mac_PowerPC|\bPPC\b|X11|Linux|Android|\bAdr \d|iPhone|iPh\d|iPad|iPod|\biOS\b|CrOS"
    r"|BeOS|Haiku|OS/2|Amiga|MorphOS|AROS|SunOS|BSD|\bAIX\b|IRIX|HP-UX|OpenVMS|RISC OS|Fuchsia|Plan 9|QNX|MeeGo|Maemo|SerenityOS|Ubuntu|HarmonyOS|OpenHarmony"
    r"|MIDP|CLDC|UP\.?Browser|UP\.Link|\bWAP|NetFront|Obigo|Teleca|Openwave|MAUI|Dolfin|UCWEB|UCBrowser|Opera|OneBrowser|QQBrowser|J2ME"
    r"|BlackBerry|\bBB10|PlayBook|\bRIM\b|Nokia|Ericsson|SAMSUNG|\bLGE?[-/ ;]|^MOT-|^SEC-|Symbian|Series ?[346]0|KDDI|DoCoMo|portalmmm|J-PHONE|Vodafone|SoftBank|Palm|webOS|Web0S"
    r"|BREW|\bREX\b|Profile/|KaiOS|\bBada|Tizen|Micromax|Mobile|Phone|Tablet|Dalvik|watchOS|Watch OS|tvOS|Apple ?TV|Apple-i|FBAN|FBAV|FB_IAB"
    r"|HbbTV|Roku|TV\b|SmartTV|Viera|CE-HTML|CrKey|Maple|Espial|NetCast|PlayStation|\bPS[2-5]\b|Nintendo|Xbox|Dreamcast|SEGA|Kindle|Kobo|Nook|PocketBook|Silk"
    r"|Tesla|QtCarBrowser|Oculus|Sonos|Emacs-?w3|\bMRE\b|Dorado|\bQt\b.*Nokia|Xiino|AvantGo|Lynx|ELinks|^Links|w3m|NCSA|Konqueror|jig browser|Mosaic|NetPositive|Dillo|NetSurf|IBrowse|Contiki|ABrowse|Cyberdog|WebTV"
    r"|MobilePhone|Telefunken|LOEWE|Sagemcom|Sagem|Alcatel|Philips|Panasonic|Toshiba|Sharp|Siemens|^SIE-|Sanyo|Pantech|Huawei|ZTE|Karbonn|Lenovo|Motorola|HTC"
)
_COMMON_SYSTEMS = ("Android", "Windows NT", "iPhone", "Macintosh", "iPad", "Linux")
_COMMON_DESKTOPS = ("Windows NT", "Macintosh", "X11")
# Apple's CFNetwork is an app's own library and shows no page; Safari itself uses it for what it loads in the back.
_SAFARI_LIBRARY = re.compile(r"(?:Mobile)?Safari|com\.apple\.WebKit")

# On a desktop every browser begins with one of these. What begins otherwise and is of no phone or television is a program.
_BEGINS_AS_BROWSER = re.compile(
    r"mozilla|opera|Lynx|E?Links\b|w3m|Dillo|NetSurf|[AI]\w*Browse|iCab|OmniWeb|HotJava|NCSA|Mosaic|(?:URL/)?Emacs|Amaya|Contiki|Cyberdog"
    r"|Uzbl|edbrowse|retawq|Galeon|Konqueror|NetPositive|Voyager|AmigaVoyager|ICE Browser|HbbTV|TV Bro",
    re.IGNORECASE,
)
# Words, or a name and a version: an old phone's name has a digit in it.
_PRODUCT_ALONE = re.compile(r"[^\d/]*|(?!Lynx|E?Links|w3m|Dillo|NetSurf|IBrowse)[A-Za-z._-]+/v?\d[\w.]*")
_DESKTOPS = r"Windows|\bWin(?:9[58]|NT|32|64)|Macintosh|Mac ?OS|macOS|\bPPC\b|X11|\blinux\b|-linux-|\bBSD|SunOS|\bUbuntu|\bFedora|\bDebian|Darwin"
_DEVICES = (
    r"Android|\bAdr \d|iPhone|iPad|iPod|\biOS\b|\bWAP|MIDP|CLDC|Brows|AppleWebKit|Gecko|UCWEB|Mobile|Phone|Tablet|Dalvik|TV|Viera|BrightSign|Sonos|Roku|PlayStation|Nintendo|Xbox"
    r"|BlackBerry|Nokia|Ericsson|SAMSUNG|Symbian|Series ?[346]0|Kindle|Kobo|Tizen|webOS|Web0S|HarmonyOS|Profile/|NetCast|Kodi|UPnP|Watch|Postbox"
)
_ENGINE = r"AppleWebKit|Gecko|KHTML|MSIE|Trident|Opera|Presto|Goanna|Servo|LibWeb|NetSurf|Dillo|Nintendo|PlayStation|Viera|Brows|Ladybird|Firefox|CE-HTML|HbbTV|TV\b|Tablet|Mobile|Android|iCab"

# `compatible;` was Internet Explorer's and its imitators' word; in an agent with a modern engine it introduces a bot, as
# does whatever else stands in the engine's comment, save old Safari's own name. The rest is code, a template that nobody
# filled in, a quotation, an agent as it stands in an address or a program's text, or one that somebody typed wrongly.
_ODD = (
    r"^[^(]*\(compatible;|(?:^|\) )Mozilla/[\d.]+ \(compatible;|(?:(?:Safari|Firefox|Edg|OPR|Mobile)/[\w.]+|Gecko);? ?\(compatible;",
    r"like Gecko(?:;|, ?(?:[^S ]|S[^a]))|\(KHTML[;)]|Gecko[;,] ?compatible",
    r"rv:[a-z]|Firefox/[a-z]|Chrome/[a-z]|\bversion\}|\(platform;|[/:]\{\w+\}|\((?:Windows NT|Macintosh|X11)[^()]*\).*Safari/[\d.]+/\w|\(Unknown; Linux (?:x86_64|i686)",
    r"^(?:[\"'<;|(-]|\[['\"]|\{\"|b['\"]|User-?Agent\b)|^Mozilla/5\.0 Mozilla|^Mozilla(?:/[\d.]*)?$|Mozilla(?:%2F|\\/)|^Mozilla/[\d.]+\+\(",
    r"(?:Firefox|Safari)/[\d.]+.* [A-Z][a-z]+/1[4-9]\d{11}$",
    r"^Moz(?:l\w*|il(?:[^l/]\w*|l[^a/]\w*|la[^/ ]\w*))/\d",
)
_CODE = r"\$\{|<\s*/?(?:script|img|svg|iframe|\?php|a )|\{\{|\(\) ?\{|['\"] ?(?:or|and|union) |;\s*(?:wget|curl|sleep) |\.\./|\bjndi\b|%[sd]\b|\bunion\s+select\b|\|\|"
_GENUINE = re.compile(
    r"compatible; ?(?:U; ?)?(?:MSIE|Konqueror|Trident|Windows|NetPositive|WebPositive|iCab|Lotus|OmniWeb|WebTV|Google Earth|IBrowse|Voyager|Polaris|Linux|ANTGalio|Opera|America Online|AOL|Dillo|NetSurf|E?Links|Netgem)"
    r"|PlayStation|^MozillaDeveloperPreview",
    re.IGNORECASE,
)

# Internet Explorer's word before a whole browser of today: a mark of somebody's (`compatible; Ville; Windows NT 10.0`),
# where a bot would give its version.
_MARKED = re.compile(
    r"Mozilla/5\.0 \(compatible; ?[^/()@]*; ?(?:Windows NT|Macintosh|X11)[^()]*\) (?:Gecko/[\d.]+ Firefox/\d|AppleWebKit/[\d.]+ \(KHTML, like Gecko\) .*(?:Chrome|Version)/\d.*Safari/\d)"
)


@lru_cache(maxsize=1)
def _system() -> FirstMatch:
    return FirstMatch([Pattern(_SYSTEM, "", BotKind.UNKNOWN)])


@lru_cache(maxsize=1)
def _desktops() -> FirstMatch:
    return FirstMatch([Pattern(_DESKTOPS, "", BotKind.UNKNOWN)])


@lru_cache(maxsize=1)
def _devices() -> FirstMatch:
    return FirstMatch([Pattern(_DEVICES, "", BotKind.UNKNOWN)])


@lru_cache(maxsize=1)
def _engine() -> FirstMatch:
    return FirstMatch([Pattern(_ENGINE, "", BotKind.UNKNOWN)])


@lru_cache(maxsize=1)
def odd_forms() -> FirstMatch:
    """Finds what no browser writes; `find_odd` makes the decision."""
    code = Pattern(_CODE, NamelessBot.CODE.value, BotKind.SCANNER)
    return FirstMatch([code, *(Pattern(one, "", BotKind.UNKNOWN) for one in _ODD)])


def is_program(agent: str) -> bool:
    """Whether an agent names neither a browser's system nor a device that people hold, or a system but no browser."""
    if "CFNetwork/" in agent:
        return _SAFARI_LIBRARY.match(agent) is None
    if not any(system in agent for system in _COMMON_SYSTEMS) and _system().find(agent) is None:
        return True
    if _PRODUCT_ALONE.fullmatch(agent) and _devices().find(agent) is None:
        return True
    if _BEGINS_AS_BROWSER.match(agent) is None:
        return _desktops().find(agent) is not None and _devices().find(agent) is None
    return (
        agent.startswith("Mozilla/5")
        and any(system in agent for system in _COMMON_DESKTOPS)
        and _engine().find(agent) is None
    )


def find_odd(plain: str) -> PatternMatch | None:
    """What an agent is that claims to be a browser in a form that no browser has; None for any other agent.

    `plain` is the agent without people's words, or empty when it is known that `odd_forms` finds nothing in it.
    """
    found = odd_forms().find(plain) if plain else None
    if found is None or _GENUINE.search(plain) is not None:
        return None
    return None if found.kind == BotKind.UNKNOWN and _MARKED.match(plain) is not None else found
