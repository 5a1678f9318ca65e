"""Which IP addresses a message may go to: those of the public internet, and the networks that a setting allows.

A webhook's URL is typed by somebody, so that it must not reach what only this server can reach: itself, its network, the
metadata service of its cloud.

Sources: the IANA special-purpose registries of IPv4 and IPv6 (Python's own table differs by its version); RFC 4291 (mapped),
RFC 3056 (6to4), RFC 6052 (NAT64).
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from tracker.settings.values import Network

# Of IPv4, what is not of the public internet; of IPv6 the only part that is, and what is not of it.
_PRIVATE = tuple(
    ip_network(one)
    for one in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"),
        *("192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
        *("224.0.0.0/4", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "3fff::/20"),
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = IPv6Network("::/96")

Ip = IPv4Address | IPv6Address


class NotAllowed(OSError):
    """The host is of a private or reserved network, or has no IP address."""


def addresses_of(host: str, port: int, allowed: Sequence[Network]) -> list[str]:
    """Looks a host up once and returns its IP addresses, all of which may be reached. Raises NotAllowed, OSError.

    The connection goes to one of these, so that a second answer of the name server changes nothing. A host that is written
    as a number or in another form than usual is an address by then.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(where[0]).partition("%")[0] for *_, where in found))
    for one in addresses:
        if not is_allowed(ip_address(one), allowed):
            raise NotAllowed(f"{host} is at {one}, which is a private or reserved IP address")
    if not addresses:
        raise NotAllowed(f"{host} has no IP address")
    return addresses


def is_allowed(ip: Ip, allowed: Sequence[Network]) -> bool:
    """Whether a message may go to an IP address; one that stands for another is judged by that one."""
    if any(ip in network for network in allowed):
        return True
    if isinstance(ip, IPv4Address):
        return _is_public(ip)
    instead = _instead(ip)
    if instead is not None:
        return is_allowed(instead, allowed)
    within = ip.sixtofour
    return _is_public(ip) and (within is None or is_allowed(within, allowed))


def _instead(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that is reached by an IPv6 address which is only another form of it."""
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    is_compatible = ip in _COMPATIBLE and int(ip) > 1
    return IPv4Address(int(ip) & 0xFFFFFFFF) if is_compatible or any(ip in one for one in _NAT64) else None


def _is_public(ip: Ip) -> bool:
    if isinstance(ip, IPv6Address) and ip not in _GLOBAL_UNICAST:
        return False
    return not any(ip in network for network in _PRIVATE)
