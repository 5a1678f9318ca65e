"""Names a bot that is on no list by its own user agent: `Acme Fetch` for `Acme Fetch/1.2 (+https://acme.example)`."""

from __future__ import annotations

import re

_LONGEST = 60

_BROWSER_WORDS = re.compile(
    r"^(?:Mozilla|AppleWebKit|KHTML|like|Gecko|Chrome|Chromium|Safari|Firefox|Version|Mobile|Windows|Win64|x64|X11|Linux|U|Macintosh|Intel|iPhone|iPad"
    r"|CPU|Android|compatible|rv|en|MSIE|Trident|wv|Build|Opera|Presto|Edg|Edge|NT|WOW64|Ubuntu|Mac OS X|\.NET CLR|Unknown|x86_64|i[3-6]86|amd64|aarch64|arm(?:v\d\w*|64)|PPC|WOW64|U;|[a-z]{2}[-_][A-Z]{2}$|\S+ Build$|http|https|www)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z][\w.!&'-]*(?: [A-Z][\w.!&'-]*)*")
_BOT_WORD = re.compile(
    r"bot|crawl|spider|fetch|monitor|scan|check|preview|reader|feed|agent|scrap|archiv", re.IGNORECASE
)
_HOST = re.compile(r"https?://(?:www\.)?([\w.-]+)|[\w.+-]+@([\w-]+(?:\.[\w-]+)+)", re.IGNORECASE)


def name_of(agent: str) -> str:
    """A bot's name as it writes it itself, at most 60 characters; the host of its website when it has no name."""
    names = [word for part in re.split(r"[;()\[\]/,]|\s\+|https?:\S*|[\w.+-]+@\S+", agent) for word in _names_in(part)]
    naming_a_bot = [name for name in names if _BOT_WORD.search(name)]
    if naming_a_bot or names:
        return (naming_a_bot or names)[0][:_LONGEST]
    host = _HOST.search(agent)
    return (host[1] or host[2] if host else " ".join(agent.split()))[:_LONGEST]


def _names_in(part: str) -> list[str]:
    words = (word.strip(" .-'!") for word in _WORD.findall(part))
    return [word for word in words if len(word) > 1 and not _BROWSER_WORDS.match(word)]
