"""Web server access logs in the combined format, as hits: the log's own times, addresses, agents and referrers.

Pure: from a line to a hit, or to the reason why the line is no page view. Source of the format: Apache's
mod_log_config ("combined") and nginx's ngx_http_log_module; a leading virtual host and trailing fields are let pass.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_address
from posixpath import splitext
from urllib.parse import urlsplit

from tracker.hit import Hit, WireEvent


class SkipReason(StrEnum):
    """Why a line of a log is no pageview."""

    MALFORMED = "malformed"
    METHOD = "method"
    ERROR = "error"
    REDIRECT = "redirect"
    NO_PAGE = "no_page"
    ASSET = "asset"


_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_LINE = re.compile(
    r"^(?:\S+ )?(?P<ip>[0-9a-fA-F.:]+(?:%\w+)?) \S+ (?P<user>.*?) \[(?P<time>[^\]]{20,32})\] "
    + _QUOTED.replace("(", "(?P<request>", 1)
    + r" (?P<status>\d{3}) (?:\d+|-)(?: "
    + _QUOTED.replace("(", "(?P<referrer>", 1)
    + " "
    + _QUOTED.replace("(", "(?P<agent>", 1)
    + r")?(?: .*)?$"
)
_TIME = re.compile(r"^(\d{2})/(\w{3})/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$")
_MONTHS = {
    name: number for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), start=1)
}
_ESCAPE = re.compile(r'\\(x[0-9a-fA-F]{2}|["\\])')

# A page is what has no extension or one of these; everything else that a page loads is an asset.
_PAGE_EXTENSIONS = frozenset(
    {"", ".html", ".htm", ".xhtml", ".shtml", ".php", ".asp", ".aspx", ".jsp", ".do", ".cfm", ".pl", ".cgi", ".md"}
)
# Files that machines ask for, whatever they are named.
_MACHINE_PATHS = re.compile(
    r"^/(?:robots\.txt|favicon[^/]*|apple-touch-icon[^/]*|ads\.txt|\.well-known/.*|sitemap[^/]*|wp-json/.*|xmlrpc\.php|wp-login\.php|wp-cron\.php|wp-admin/.*|wp-content/.*|wp-includes/.*)$"
    r"|(?:^|/)(?:feed|rss|atom)(?:/|$|\.)",
    re.IGNORECASE,
)
_FEED_QUERY = re.compile(r"(?:^|&)(?:feed|flav)=(?:rss|atom)", re.IGNORECASE)


def parse_line(line: str, *, site: str) -> Hit | SkipReason:
    """The hit that a line of a combined log makes for `site`, or why it makes none."""
    match = _LINE.match(line)
    if match is None:
        return SkipReason.MALFORMED
    received_at = _parse_time(match["time"])
    address = _parse_address(match["ip"])
    method, _, rest = match["request"].partition(" ")
    target = rest.rpartition(" HTTP/")[0] or rest
    if received_at is None or address is None or not target:
        return SkipReason.MALFORMED
    skip = _why_no_page(method, target, int(match["status"]))
    if skip is not None:
        return skip
    referrer = _unescape(match["referrer"] or "-")
    agent = _unescape(match["agent"] or "-")
    path = target if target.startswith("/") else urlsplit(target)._replace(scheme="", netloc="").geturl() or "/"
    return Hit(
        received_at=received_at,
        ip=address,
        user_agent="" if agent == "-" else agent[:1024],
        event=WireEvent(
            name="pageview",
            url=f"https://{site}{_unescape(path)}"[:4096],
            domain=site,
            referrer=None if referrer in ("-", "") else referrer[:2048],
        ),
    )


def _why_no_page(method: str, target: str, status: int) -> SkipReason | None:
    if method != "GET":
        return SkipReason.METHOD
    if status >= 400:
        return SkipReason.ERROR
    if 300 <= status < 400 and status != 304:  # 304 is a page read again from the browser's cache
        return SkipReason.REDIRECT
    if status not in (200, 203, 206, 304):
        return SkipReason.NO_PAGE
    path, _, query = target.partition("?")
    if _MACHINE_PATHS.search(path) or _FEED_QUERY.search(query):
        return SkipReason.NO_PAGE
    if splitext(path)[1].lower() not in _PAGE_EXTENSIONS and not path.endswith("/"):
        return _extension_kind(splitext(path)[1].lower())
    return None


def _extension_kind(extension: str) -> SkipReason | None:
    """An asset by its extension; a dot in a page's own name ("/blog/version-1.2") is none."""
    name = extension[1:]
    if not name.isalnum() or not any(letter.isalpha() for letter in name) or len(name) > 6:
        return None
    return SkipReason.ASSET


@lru_cache(maxsize=4096)
def _parse_time(text: str) -> datetime | None:
    match = _TIME.match(text)
    if match is None or match[2] not in _MONTHS:
        return None
    day, _, year, hour, minute, second, sign, zone_hours, zone_minutes = match.groups()
    offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
    try:
        zone = timezone(-offset if sign == "-" else offset)
        local = datetime(
            int(year), _MONTHS[match[2]], int(day), int(hour), int(minute), min(int(second), 59), tzinfo=zone
        )
    except ValueError:
        return None
    return local.astimezone(UTC)


@lru_cache(maxsize=4096)
def _parse_address(text: str) -> str | None:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


def _unescape(text: str) -> str:
    r"""What Apache escaped as \xhh or \" is put back; bytes that are no UTF-8 become U+FFFD."""
    if "\\" not in text:
        return text
    raw = _ESCAPE.sub(lambda match: chr(int(match[1][1:], 16)) if match[1][0] == "x" else match[1], text)
    try:
        return raw.encode("latin-1").decode("utf-8", "replace")
    except UnicodeEncodeError:
        return raw
