"""Makes query strings ASCII: other bytes that a client sends are percent-encoded before anything reads them.

Flask decodes a query string as UTF-8 and fails at an invalid byte, even on the error page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

Environ = dict[str, Any]
WSGIApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


def with_plain_query(app: WSGIApp) -> WSGIApp:
    def call(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        query = environ.get("QUERY_STRING", "")
        if not (query.isascii() and query.isprintable()):
            environ["QUERY_STRING"] = "".join(map(_encoded, query))
        return app(environ, start_response)

    return call


def _encoded(char: str) -> str:
    """Percent-encodes a character of a WSGI text, which stands for one byte (PEP 3333)."""
    if char.isascii() and char.isprintable():
        return char
    return quote(char, safe="", encoding="latin-1" if char <= "\xff" else "utf-8", errors="replace")
