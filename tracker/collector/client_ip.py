"""The client's IP address: the peer's, or what trusted proxies say in the one header that is believed.

Anyone can write any header. So only one header is read, which the operator names, and only when the peer is a trusted
proxy. It is read from the right, as far as every proxy is trusted. When a trusted proxy's entry cannot be parsed, the
client's IP address is unknown: it is not the proxy's, and it is not the next entry. Sources: RFC 7239 (its syntax, and
section 8.1), and Mozilla's page on X-Forwarded-For.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

UNKNOWN = ""
DEFAULT_HEADER = "X-Forwarded-For"

# The key in the WSGI environment under which the client's IP address is kept. No header can set it.
CLIENT_IP = "webleads.client_ip"

_MOST_HOPS = 64
# What is remembered is no longer than this; IP addresses with brackets, zone and port are shorter.
_LONGEST_KEPT = 100
_LONGEST_ELEMENT = 500
_WITH_BRACKETS = re.compile(r"\[([^][]*)\](?::\S*)?")
# A piece between commas that stand in no quotes. It is looked for from the right: a quote that a client leaves open
# then spoils what it said itself, and nothing that a proxy added behind it.
_ELEMENT = re.compile(r'(?:[^,"]|"[^"]*")+')
_PAIR = re.compile(r'\s*([!#$%&\'*+.^`|~\w-]+)\s*=\s*("[^"]*"|[^;"]*?)\s*(?:;|$)')


class ClientIp:
    """Finds the client's IP address of a WSGI call, whose headers' names had no underscores (tracker.server.front).

    `header` is the name of the one that is believed, in lower case, and `key` WSGI's for it.
    """

    def __init__(self, trusted_proxies: Sequence[IPv4Network | IPv6Network], header: str = DEFAULT_HEADER) -> None:
        self._trusted = tuple(trusted_proxies)
        self.header = header.lower()
        self.key = f"HTTP_{header.upper().replace('-', '_')}"
        self._hops_of = _hops_of_forwarded if self.header == "forwarded" else _hops_of_list
        self._is_trusted = lru_cache(maxsize=4096)(self._look_up)
        self._of_short = lru_cache(maxsize=16_384)(self._from_the_right)

    def of(self, environ: dict[str, Any]) -> str:
        """The IP address as text in its shortest form, or UNKNOWN. It is found once and kept with the call."""
        known: str | None = environ.get(CLIENT_IP)
        if known is None:
            known = environ[CLIENT_IP] = self.said(environ.get("REMOTE_ADDR", ""), environ.get(self.key))
        return known

    def said(self, peer: str, header: str | None) -> str:
        """The client's IP address, from the peer's and the believed header. An absent header leaves the peer's."""
        if header is None or not self._trusted or not self._is_trusted(peer):
            return plain_ip(peer) or UNKNOWN
        return self._of_short(header) if len(header) <= _LONGEST_KEPT else self._from_the_right(header)

    def _from_the_right(self, header: str) -> str:
        client = UNKNOWN
        for number, hop in enumerate(self._hops_of(header)):
            client = plain_ip(hop) or UNKNOWN if number < _MOST_HOPS else UNKNOWN
            if not client or not self._is_trusted(client):
                break
        return client

    def _look_up(self, ip: str) -> bool:
        plain = plain_ip(ip)
        return plain is not None and any(ip_address(plain) in network for network in self._trusted)


def plain_ip(text: str) -> str | None:
    """An IP address without quotes, brackets, port or zone; an IPv4 address in IPv6 form becomes IPv4.

    None for other text.
    """
    return _plain(text) if len(text) <= _LONGEST_KEPT else None


@lru_cache(maxsize=16_384)
def _plain(text: str) -> str | None:
    text = text.strip().strip('"')
    if bracketed := _WITH_BRACKETS.fullmatch(text):
        text = bracketed[1]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        ip: IPv4Address | IPv6Address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
    return str(mapped or ip)


@lru_cache(maxsize=16_384)
def subscriber_of(ip: str) -> str:
    """Whom a limit is for: the IP address, and for IPv6 its /64, which one subscriber has as a whole (RFC 6177).

    What is not an IP address, such as the name of a socket, stands for itself.
    """
    try:
        return str(IPv6Address(int(IPv6Address(ip)) >> 64 << 64)) if ":" in ip else ip
    except ValueError:
        return ip


def _hops_of_list(header: str) -> Iterator[str]:
    """What stands between commas, the last first; empty elements are none (RFC 9110, section 5.6.1)."""
    return (hop for hop in reversed(header.rsplit(",", 2 * _MOST_HOPS)) if hop.strip())


def _hops_of_forwarded(header: str) -> Iterator[str]:
    """The `for` of each element, the last first; empty where an element has none, or more than one."""
    for found in _ELEMENT.finditer(header[::-1]):
        element = found[0][::-1].strip()
        if element:
            pairs = _PAIR.findall(element) if len(element) <= _LONGEST_ELEMENT else ()
            nodes = [value for name, value in pairs if name.lower() == "for"]
            yield nodes[0] if len(nodes) == 1 else ""
