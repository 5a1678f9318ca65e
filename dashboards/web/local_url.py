"""The URLs of this dashboard's pages: where a form may redirect its user, never to another host, and of the page that is shown."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException


class Page(NamedTuple):
    """A page that is read with GET: its endpoint and its path."""

    endpoint: str
    path: str


def page_shown() -> Page:
    """Returns the page that a request shows: links to it and to its other periods are made of this, and not of the request.

    A form that is refused shows the page that it is on. That is the nearest path above its own that is read with GET.
    """
    if request.method == "GET" and request.endpoint:
        return Page(request.endpoint, request.path)
    adapter, path = current_app.create_url_adapter(request), request.path
    while adapter is not None and len(path) > 1:
        try:
            endpoint, _ = adapter.match(path, method="GET")
            return Page(str(endpoint), path)
        except HTTPException:
            path = path.rpartition("/")[0]
    return Page("sites.index", "/")


def url_shown() -> str:
    """Returns the URL of the page that a request shows, with its query."""
    query = request.query_string.decode(errors="replace")
    return f"{page_shown().path}?{query}" if query else page_shown().path


def local_url(url: str | None, otherwise: str = "/") -> str:
    """Returns the URL if it is a path of this host, else `otherwise`.

    Browsers read two slashes, or a slash and a backslash, as another host. They drop tabs and line ends from a URL.
    """
    if not url or not url.startswith("/") or any(char < " " or char == "\\" for char in url):
        return otherwise
    parts = urlsplit(url)
    return otherwise if url.startswith("//") or parts.scheme or parts.netloc else url
