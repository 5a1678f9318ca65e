"""Forward-confirmed reverse DNS (RFC 8499 § 7): the name of an IP address counts only if it points back to the IP address.

Whoever runs the reverse zone of an IP address may write any name there. Only the owner of the name's own zone decides
which IP addresses it points to. So both must agree.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, NamedTuple

import dns.exception
import dns.rdatatype
import dns.resolver

from tracker.settings import NameServer

_TRY_SECONDS = 1.0
_LIFETIME_SECONDS = 2.0
_MOST_NAMES = 3


class Unanswered(RuntimeError):
    """The resolver did not answer in time, or with an error; the message says which."""


class ReverseName(NamedTuple):
    """The names of an IP address. `host` is the confirmed one or None; `claims` are names that do not point back."""

    host: str | None
    claims: tuple[str, ...] = ()


class Lookup:
    """Asks the given resolver, else the system's. Raises Unanswered when the system has none."""

    def __init__(self, server: NameServer | None = None) -> None:
        try:
            self._resolver = dns.resolver.Resolver(configure=server is None)
        except dns.resolver.NoResolverConfiguration as problem:
            raise Unanswered("the system names no resolver; set WEBLEADS_NAME_SERVER") from problem
        if server is not None:
            self._resolver.nameservers = [server.host]
            self._resolver.port = server.port
        self._resolver.timeout = _TRY_SECONDS
        self._resolver.lifetime = _LIFETIME_SECONDS
        self._resolver.cache = None

    @property
    def server(self) -> str:
        """The resolver's IP address and port."""
        return ", ".join(str(one) for one in self._resolver.nameservers)

    def confirmed_name(self, ip: str) -> ReverseName:
        """Looks up the names of an IP address. Raises Unanswered; ValueError for text that is not an IP address."""
        wanted = ip_address(ip)
        claims = self._names(wanted)
        for host in claims[:_MOST_NAMES]:
            if wanted in self.ips(host, wanted.version):
                return ReverseName(host)
        return ReverseName(None, claims)

    def ips(self, host: str, version: int) -> set[IPv4Address | IPv6Address]:
        """Returns the IPv4 and IPv6 addresses that a name points to. Raises Unanswered."""
        kind = dns.rdatatype.A if version == 4 else dns.rdatatype.AAAA
        return {ip_address(record.address) for record in self._ask(host, kind)}

    def texts(self, name: str) -> list[str]:
        """Returns the texts (TXT) of a name, the parts of each joined. Raises Unanswered."""
        records = self._ask(name, dns.rdatatype.TXT)
        return [b"".join(record.strings).decode("utf-8", "replace") for record in records]

    def _names(self, ip: IPv4Address | IPv6Address) -> tuple[str, ...]:
        records = self._ask(ip.reverse_pointer, dns.rdatatype.PTR)
        names = (record.target.to_text(omit_final_dot=True).lower() for record in records)
        return tuple(sorted({name for name in names if name.isascii() and name.isprintable() and len(name) <= 253}))

    def _ask(self, name: str, kind: dns.rdatatype.RdataType) -> list[Any]:
        try:
            return list(self._resolver.resolve(f"{name}.", kind, search=False))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.resolver.YXDOMAIN):
            return []
        except dns.exception.Timeout:
            raise Unanswered(f"{self.server} did not answer within {_LIFETIME_SECONDS:.0f} seconds") from None
        except (dns.exception.DNSException, OSError, UnicodeError) as problem:
            raise Unanswered(f"{self.server} answered with an error ({type(problem).__name__})") from problem
