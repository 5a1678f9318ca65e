"""URLs as hostile clients send them: split in linear time, with a host that is safe to store.

Pure. URLs are cleaned and repaired as the WHATWG URL standard says (https://url.spec.whatwg.org/#url-parsing), which
browsers follow. For a text that is not a URL the answer is None; no text raises an exception.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address, ip_network

import msgspec

from tracker.sites.domain_name import plain_host

# Longer URLs are cut: the rest is not part of a page that a person reads.
MAX_ADDRESS = 8192

_APP = re.compile(r"([a-z][a-z0-9+.-]*):(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.IGNORECASE | re.DOTALL)
# Schemes of URLs that are not pages: scripts, what a page holds in itself, ways to write to somebody, a browser's own
# places.
_NO_PAGES = frozenset(
    "javascript data blob about mailto tel sms view-source ftp ws wss urn cid mid filesystem chrome edge brave".split()
)
_ADDRESS = re.compile(r"(https?):[/\\]{2,}([^/\\?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.IGNORECASE | re.DOTALL)
_NEARBY = (".localhost", ".local", ".test", ".invalid", ".internal", ".lan", ".home.arpa")
_DEVELOPMENT = (".localhost", ".test", ".invalid", ".local")
# This machine, private networks (RFC 1918, RFC 4193) and link-local IP addresses.
_NEAR = tuple(
    map(
        ip_network,
        "0.0.0.0/32 127.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 169.254.0.0/16"
        " ::/128 ::1/128 fc00::/7 fe80::/10".split(),
    )
)
# Control characters, line and paragraph separators, and halves of surrogate pairs: nothing of this is stored.
UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class SplitUrl(msgspec.Struct, frozen=True, gc=False):
    """The parts of an http(s) URL; `host` is lower case, ASCII and without port, `path` may be empty."""

    scheme: str
    host: str
    path: str
    query: str
    fragment: str


def split_url(text: str) -> SplitUrl | None:
    """The parts of an http or https URL; None for anything else. User names, passwords and ports are dropped."""
    text = _repaired(text)
    match = _ADDRESS.match(text)
    if match is None:
        return None
    scheme, authority, path, query, fragment = match.groups("")
    host = plain_host(authority)
    if host is None:
        return None
    return SplitUrl(scheme.lower(), host, path.replace("\\", "/") if "\\" in path else path, query, fragment)


def split_app_url(text: str) -> SplitUrl | None:
    """The parts of a page's URL in an application, such as `capacitor://localhost/a`, or in a file.

    `host` is empty where there is no valid one. None for http and https, and for URLs that are not pages.
    """
    match = _APP.match(_repaired(text))
    if match is None:
        return None
    scheme, authority, path, query, fragment = match.groups("")
    scheme = scheme.lower()
    if scheme in {"http", "https"} or scheme in _NO_PAGES or not (authority or path.startswith("/")):
        return None
    return SplitUrl(scheme, plain_host(authority) or "", path, query, fragment)


def _repaired(text: str) -> str:
    text = text[:MAX_ADDRESS].strip()
    return text if text.isprintable() else UNSAFE.sub("", text)


@lru_cache(maxsize=4096)
def is_development_host(host: str) -> bool:
    """Whether a host is for development: this machine, a private network, or a reserved ending.

    The endings are of RFC 2606 and RFC 6762; `.example` is for documentation and demonstrations.
    """
    if f".{host}".endswith(_DEVELOPMENT):
        return True
    if not (host[-1:].isdigit() or ":" in host):
        return False
    try:
        ip = ip_address(host)
    except ValueError:
        return False
    plain = getattr(ip, "ipv4_mapped", None) or ip
    return any(plain in network for network in _NEAR)


def is_private_host(host: str) -> bool:
    """Whether a host is in a private network: localhost, a private or link-local IP address, or a .local name."""
    if host == "localhost" or host.endswith(_NEARBY):
        return True
    if not (host[-1].isdigit() or ":" in host):
        return False
    try:
        return not ip_address(host).is_global
    except ValueError:
        return False
