"""The client's address: the peer's, or what trusted proxies say it is, counted from the right.

Anyone can write an X-Forwarded-For header, so it is read only when the peer is a trusted proxy, and only as far to
the left as every proxy on the way is trusted. Source: RFC 7239, section 8.1, and Mozilla's page on X-Forwarded-For.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
_FORWARDED_FOR = re.compile(r'for=(?:"([^"]*)"|([^;,\s]*))', re.IGNORECASE)


class ClientAddress:
    """Finds the client's address of a request."""

    def __init__(self, trusted_proxies: Sequence[IPv4Network | IPv6Network]) -> None:
        self._trusted = tuple(trusted_proxies)
        self._is_trusted = lru_cache(maxsize=4096)(self._look_up)

    def of(self, peer: str, x_forwarded_for: str | None, forwarded: str | None = None) -> str:
        """The address as text in its shortest form; the peer's when nobody trusted says more."""
        if self._trusted and (x_forwarded_for or forwarded) and self._is_trusted(peer):
            hops = x_forwarded_for.split(",") if x_forwarded_for else _hops(forwarded or "")
            return self._from_the_right(hops, peer)
        return plain_address(peer) or peer

    def _from_the_right(self, hops: list[str], peer: str) -> str:
        client = plain_address(peer) or peer
        for hop in reversed(hops):
            address = plain_address(hop.strip())
            if address is None:
                break
            client = address
            if not self._is_trusted(address):
                break
        return client

    def _look_up(self, address: str) -> bool:
        plain = plain_address(address)
        return plain is not None and any(ip_address(plain) in network for network in self._trusted)


@lru_cache(maxsize=16_384)
def plain_address(text: str) -> str | None:
    """An address without brackets, port or zone; IPv4 also where it stands in IPv6. None when it is no address."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def _hops(forwarded: str) -> list[str]:
    return [quoted or bare for quoted, bare in _FORWARDED_FOR.findall(forwarded)]
