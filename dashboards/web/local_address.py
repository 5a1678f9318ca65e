"""Where a form may send its user afterwards: a page of this dashboard, never another host."""

from __future__ import annotations

from urllib.parse import urlsplit


def local_address(address: str | None, otherwise: str = "/") -> str:
    """The address when it is a path of this host, else `otherwise`.

    Browsers read two slashes, or a slash and a backslash, as another host, and drop tabs and line ends from an address.
    """
    if not address or not address.startswith("/") or any(char < " " or char == "\\" for char in address):
        return otherwise
    parts = urlsplit(address)
    return otherwise if address.startswith("//") or parts.scheme or parts.netloc else address
