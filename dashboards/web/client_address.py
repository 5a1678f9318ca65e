"""The address that a request comes from, behind the proxies that the settings trust and no others."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address

from flask import Request

from tracker.settings import Network


def client_address(request: Request, trusted: Sequence[Network]) -> str:
    """The rightmost address of the chain that is not a trusted proxy; what is left of it is anybody's claim."""
    chain = [*request.headers.get("X-Forwarded-For", "").split(","), request.remote_addr or ""]
    address = ""
    for claimed in reversed(chain):
        try:
            parsed = ip_address(claimed.strip())
        except ValueError:
            break
        parsed = getattr(parsed, "ipv4_mapped", None) or parsed
        address = str(parsed)
        if not any(parsed in network for network in trusted):
            break
    return address
