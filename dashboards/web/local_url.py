"""Where a form may redirect its user: to a page of this dashboard, never to another host."""

from __future__ import annotations

from urllib.parse import urlsplit


def local_url(url: str | None, otherwise: str = "/") -> str:
    """Returns the URL if it is a path of this host, else `otherwise`.

    Browsers read two slashes, or a slash and a backslash, as another host. They drop tabs and line ends from a URL.
    """
    if not url or not url.startswith("/") or any(char < " " or char == "\\" for char in url):
        return otherwise
    parts = urlsplit(url)
    return otherwise if url.startswith("//") or parts.scheme or parts.netloc else url
