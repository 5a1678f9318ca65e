"""Web addresses as hostile clients send them: split in linear time, with a host that is safe to store.

Pure. What the WHATWG URL standard strips or repairs is stripped or repaired as browsers do it
(https://url.spec.whatwg.org/#url-parsing); an address that is none is None, never an exception.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address

import msgspec

# Longer addresses are cut: whatever follows is no part of a page that a person reads.
MAX_ADDRESS = 8192
_MAX_HOST = 253

_ADDRESS = re.compile(r"(https?):[/\\]{2,}([^/\\?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.IGNORECASE | re.DOTALL)
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?")
_NEARBY = (".localhost", ".local", ".test", ".invalid", ".internal", ".lan", ".home.arpa")
# Control characters, line and paragraph separators, and halves of surrogate pairs: nothing of this is stored.
UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class WebAddress(msgspec.Struct, frozen=True, gc=False):
    """The parts of an http(s) address; `host` is lower case, ASCII and without port, `path` may be empty."""

    scheme: str
    host: str
    path: str
    query: str
    fragment: str


def split_address(text: str) -> WebAddress | None:
    """The parts of an http or https address; None for anything else. User names, passwords and ports are dropped."""
    text = text[:MAX_ADDRESS].strip()
    if not text.isprintable():
        text = UNSAFE.sub("", text)
    match = _ADDRESS.match(text)
    if match is None:
        return None
    scheme, authority, path, query, fragment = match.groups("")
    host = plain_host(authority)
    if host is None:
        return None
    return WebAddress(scheme.lower(), host, path.replace("\\", "/") if "\\" in path else path, query, fragment)


@lru_cache(maxsize=16_384)
def plain_host(authority: str) -> str | None:
    """The host of `user:password@host:port`, lower case and in Punycode; None when it cannot be one."""
    if len(authority) <= _MAX_HOST and _is_host(authority):
        return authority
    host = authority.rpartition("@")[2].lower()
    if host.startswith("["):
        inside, bracket, _ = host[1:].partition("]")
        return inside if bracket and _is_address(inside) else None
    host = host.partition(":")[0].rstrip(".")
    if len(host) > _MAX_HOST:
        return None
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii").rstrip(".")
        except UnicodeError:
            return None
    return host if _is_host(host) else None


def _is_host(text: str) -> bool:
    return _HOST.fullmatch(text) is not None and ".." not in text


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def is_private_host(host: str) -> bool:
    """Whether a host can only be a machine nearby: localhost, a private or link-local address, a .local name."""
    if host == "localhost" or host.endswith(_NEARBY):
        return True
    if not (host[-1].isdigit() or ":" in host):
        return False
    try:
        return not ip_address(host).is_global
    except ValueError:
        return False
