"""One request of an access log, and what all formats share: timestamps, escapes, host names, the client's IP.

Pure. It knows no format and no site.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import quote_from_bytes

import msgspec

from tracker.collector.client_ip import plain_ip
from tracker.enrichment.remembered import remembered

Network = IPv4Network | IPv6Network

# There were no web pages before the first year. A log of a year after the last one has a wrong clock.
_FIRST_YEAR, _LAST_YEAR = 1995, 2199
_ZONE = r"(?: ?(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d))?"
_CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:[.,]\d{1,9})?" + _ZONE
CLF_TIME = re.compile(r"(?P<day>\d{1,2})/(?P<month>[A-Za-z]{3,9})/(?P<year>\d{4}):" + _CLOCK)
ISO_TIME = re.compile(r"(?P<year>\d{4})[-/](?P<month>\d\d)[-/](?P<day>\d\d)[T ]" + _CLOCK)
_EPOCH_TIME = re.compile(r"\d{9,10}(?:\.\d{1,9})?|\d{13}|\d{16}")  # s, ms, µs
_MONTHS = {
    name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)
}
_ESCAPE = re.compile(rb'\\(?:x([0-9a-fA-F]{2})|(["\\]))')

# Not the standard library's `is_private`, which contains the networks for documentation as well.
_INNER = tuple(
    map(
        ip_network,
        "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 127.0.0.0/8 169.254.0.0/16 100.64.0.0/10 ::1 fc00::/7 fe80::/10".split(),
    )
)
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?")


class LogLine(msgspec.Struct, gc=False):
    """A request in a log. `at` is aware UTC; `size` is in bytes, -1 when unknown; `agent` is empty when there is none.

    `client` is an IP in its shortest form, or the host name that stands in its place. `host` is the requested host in
    lower case without port; None when the line does not have it.
    """

    at: datetime
    client: str
    method: str
    target: str
    status: int
    size: int = -1
    referrer: str | None = None
    agent: str = ""
    host: str | None = None


@remembered(4096)
def parse_time(text: str) -> datetime | None:
    """Parses a timestamp of a log (CLF, ISO 8601, seconds or smaller units since 1970) to UTC; None for other text.

    A timestamp without a time zone is taken as UTC.
    """
    match = CLF_TIME.fullmatch(text) or ISO_TIME.fullmatch(text)
    if match is None:
        return _of_epoch(text) if _EPOCH_TIME.fullmatch(text) else None
    month = match["month"]
    number = int(month) if month.isdigit() else _MONTHS.get(month[:3].lower(), 0)
    year = int(match["year"])
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    second = min(int(match["second"]), 59)  # a leap second
    try:
        zone = _zone(match["zone"])
        clock = (int(match["hour"]), int(match["minute"]), second)
        return datetime(year, number, int(match["day"]), *clock, tzinfo=zone).astimezone(UTC)
    except ValueError:
        return None


def _zone(text: str | None) -> timezone:
    if text is None or not text[-1].isdigit():
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _of_epoch(text: str) -> datetime | None:
    whole, _, fraction = text.partition(".")
    moment = datetime.fromtimestamp(int(whole[:10]), UTC)
    moment = moment.replace(microsecond=int((fraction + "000000")[:6])) if fraction else moment
    return moment if _FIRST_YEAR <= moment.year <= _LAST_YEAR else None


def host_name(text: str) -> str | None:
    """Returns the host of `host` or `host:port` in lower case; None when the text is not a host."""
    if text.isdigit():
        return None
    host = text.lower()
    if ":" in host and not host.startswith("["):
        host, _, port = host.rpartition(":")
        if not port.isdigit():
            return None
    return host.rstrip(".") if _HOST.fullmatch(host) else plain_ip(text)


def _bytes_of(text: str) -> bytes:
    raw = text.encode("utf-8", "surrogateescape")
    return _ESCAPE.sub(lambda found: found[2] or bytes((int(found[1], 16),)), raw) if b"\\" in raw else raw


def unescape(text: str) -> str:
    r"""Decodes what the server escaped as \xhh or \". Bytes that are not UTF-8 become U+FFFD."""
    return text if text.isascii() and "\\" not in text else _bytes_of(text).decode("utf-8", "replace")


def unescape_target(text: str) -> str:
    r"""Decodes as `unescape` does. Bytes that are not UTF-8 become %hh, as browsers send them."""
    if text.isascii() and "\\" not in text:
        return text
    raw = _bytes_of(text)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return quote_from_bytes(raw, safe=bytes(range(0x21, 0x7F)))


class ClientFinder:
    """Finds the client of a request: the last forwarded IP that is not in a private network or a trusted proxy."""

    def __init__(self, trusted_proxies: Sequence[Network] = ()) -> None:
        self._inner = (*_INNER, *trusted_proxies)
        self.is_inner = lru_cache(maxsize=4096)(self._look_up)

    def of(self, hops: Sequence[str]) -> str | None:
        """Returns the client of a forwarded list, whose nearest hop is the last. Ports are cut off. None without any IP."""
        client = None
        for hop in reversed(hops):
            ip = plain_ip(hop.strip(' "'))
            if ip is None:
                continue
            client = ip
            if not self.is_inner(ip):
                break
        return client

    def behind(self, peer: str | None, forwarded: str) -> str | None:
        """Returns the client when a line has the peer and a forwarded list: the peer, unless it is a proxy."""
        if peer is not None and not self.is_inner(peer):
            return peer
        return self.of([*forwarded.split(","), peer or "-"])

    def _look_up(self, ip: str) -> bool:
        parsed = ip_address(ip)
        return any(parsed in network for network in self._inner)
