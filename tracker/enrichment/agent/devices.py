"""The kind of device: desktop, mobile, tablet, tv, console or other, by the words of each kind."""

from __future__ import annotations

import re
from functools import lru_cache

from tracker.enrichment.agent.hints import Hints
from tracker.enrichment.text.pattern_set import FirstMatch, Pattern

_CONSOLE = r"playstation|\bPS[2-5]\b|nintendo|\bxbox\b|dreamcast|segasaturn|\bOUYA\b|ARCHOS GAMEPAD|NVIDIA Shield Portable|Steam ?Deck|\bRetroid|AYN Odin"
_TV = (
    r"smart-?tv|googletv|android ?tv|andr[0o]id tv|apple ?tv|\btvOS\b|hbbtv|netcast|web0s|webos\.?tv|NETTV|NETRANGE|CE-HTML|\bVIDAA|tizen.*\btv\b|\bviera|bravia|\broku|(?-i:\bAFT[A-Z][A-Z0-9]*\b)|crkey|chromecast"
    r"|\bTV\b|(?-i:[A-Z][a-z]+TV[ _;)])|\bTV(?:box|[-_ ]\w)|\bATV\b|\bOMI/|\bSRAF\b|\bTbrowser|LaTivu|WhaleTV|Opera TV|\bEspial|\bDTV\b|\bIPTV|\bOTT\b|\bSTB\b|set-?top|tv ?box|\bMi ?Box|\bBOX\b|_box[;) ]|\b(?:MXQ|MX9|T95|X9[268]|H96|A95X|HK1|MECOOL|Formuler|MAG ?\d{3}|Nexbox|Beelink|Rikomagic|Minix|Zidoo|Dune HD|Shield Android|Tanix|Ugoos|Vontar|Transpeed)\w*"
    r"|(?-i:[;/_ -](?:[A-Z]{1,5}[-_ ]?)?(?:24|28|32|39|4[0-9]|50|55|58|65|75|85)L?E?[A-Z]{2,5}-?\d\w*)|\bLED-?\d\d|\bShell\b|POLAR|GTKing"
    r"|_(?:F|U)HD\b|\b(?:4K|UHD) |Fire ?TV|Stick\b|Kylo|Maple|Philips.*NetTV|AQUOS ?TV|KreaTV|DIRECTFB|Large Screen|AppleTV|LG Browser|Hisense.*TV|BrightSign|FamilyHub TV"
)
_OTHER = r"watch\b|Watch\d|watchOS|Wear ?OS|\bSM-[RL]\d{3}|GT-V\d|\bLEO-|Oculus|\bQuest(?: [23]| Pro)?\)|\bPico [4N]|PicoBrowser|\bVR\b|Tesla/|QtCarBrowser|CarPad|Car ?(?:play|stereo)|\bHeadunit|Kindle/|PocketBook|\bKobo|Family ?Hub|\bPOS\b|SMARTPOS|Sonos|Echo Show|\bAEO\w+ Build|Nest Hub"
_TABLET = (
    r"\biPad|tablet|PlayBook|TouchPad|\bKF[A-Z]{2,}|Kindle Fire|\bSilk/|\bXoom\b|Nexus (?:7|9|10)\b|\bSM-[TPX]\d{3}|\bGT-(?:P|N[58])\d|Galaxy Tab|\b\w*(?:Media|Mate|Idea|Think|Yoga|Honor ?|Redmi ?|Mi|MI|Oppo|OnePlus|Magic) ?Pad\b"
    r"|\bTab\b|\b[A-Za-z]+ ?Tab ?[\dA-Z]{0,3}\b|\bPad\b|\b\w+Pad\b|Iconia|\bTF\d{3}|\bSlate\b|\bTB-?\w?\d{3}|\bYT3?-|Lenovo A(?:7|10|35|55)\d*-|\bBAH\d?-|\bAGS\d?-|\bMRX-|\bSCM-|\bT1[ -]|\bPMP\d|\bPMT\d|\bMID\d|Excite|Transformer|\bNookColor|\bBNTV|\bBNRV|NOOK|\bBNT\bPRS-T"
)
_MOBILE_SYSTEM = (
    r"iphone|iPh\d|ipod|windows phone|blackberry|\bBB10|\bRIM |opera m(?:ini|obi)|MIDP|CLDC|UP\.?Browser|UP\.Link|symbian|nokia|series ?[3460]+|\bBREW|kaios|docomo|kddi|j-phone|softbank|vodafone|MAUI|sonyericsson|^samsung-|^LGE?[-/]|^MOT-|^SIE-"
    r"|windows ce|iemobile|palm(?:[^e]|$)|webos/|\bbada|meego|maemo|\bMRE\b|Mobile|Phone|UCWEB|UCBrowser|J2ME|Obigo|Teleca|NetFront|Dolfin|WAP|Micromax|\[?FBAN|FBAV|Xiino|Blazer|Dorado"
)

# In this order, since a television may say that it is a tablet, and a tablet that it is mobile.
_KINDS = (
    ("console", _CONSOLE),
    ("other", _OTHER),
    ("tv", _TV),
    ("tablet", f"(?-i:{_TABLET})|tablet"),
    ("mobile", _MOBILE_SYSTEM),
)


@lru_cache(maxsize=1)
def _kinds() -> FirstMatch:
    return FirstMatch(Pattern(words, kind) for kind, words in _KINDS)


_BROWSER = re.compile(r"(?:Safari|Chrome|Firefox|Opera|OPR)/")
_DESKTOP_SYSTEMS = frozenset(
    "Windows macOS Linux Ubuntu Fedora Debian ChromeOS FreeBSD OpenBSD NetBSD Solaris Haiku AmigaOS MorphOS OS/2 SUSE Mandriva Gentoo Slackware".split()
)
# The widths of iPads' screens in CSS pixels, which do not turn with the device; hardly any Mac has one of them.
_IPAD_WIDTHS = frozenset({744, 768, 810, 820, 834, 1024, 1032})
_IPAD_BROWSER = re.compile(r"\((?:Macintosh|MacIntel).*(?:CriOS|FxiOS|EdgiOS|OPiOS|DuckDuckGo/\d+.*Mobile| Mobile/)")


def is_ipad_as_mac(agent: str, screen_width: float | None) -> bool:
    """Whether a user agent that names a Mac is an iPad's: since iPadOS 13, iPads send a Mac's user agent."""
    if "Macintosh" not in agent:
        return False
    if _IPAD_BROWSER.search(agent):
        return True
    return screen_width in _IPAD_WIDTHS and "Safari/" in agent and "Chrome/" not in agent and "Firefox/" not in agent


def device_kind(agent: str, system: str | None, hints: Hints) -> str:
    """The kind of device that an agent and its hints describe; a model that the hints name is read like the agent."""
    text = f"{agent} {hints.model};" if hints.model else agent
    found = _kinds().find(text)
    kind = found.name if found is not None else None
    if system in ("Windows", "macOS", "ChromeOS"):
        if kind == "console" or (kind == "tv" and ("SMART-TV" in text or "Large Screen" in text)):
            return kind
        return "mobile" if "Lumia" in text or hints.mobile else "desktop"
    if kind is not None and kind != "mobile":
        return kind
    if system == "Android" or "Android" in agent:
        return _android_kind(text, hints)
    if kind is not None or hints.mobile:
        return "mobile"
    desktop = system is not None and (system in _DESKTOP_SYSTEMS or "Linux" in system)
    return "desktop" if desktop else "other" if system is None else "mobile"


def _android_kind(text: str, hints: Hints) -> str:
    """The kind of an Android device. Browsers write `Mobile` on phones only; some old ones never write it."""
    if hints.mobile or "Mobile" in text or "mobile" in text or _BROWSER.search(text) is None:
        return "mobile"
    return "mobile" if "UCBrowser" in text or "Opera M" in text else "tablet"
