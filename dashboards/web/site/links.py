"""The URLs of pages with a selection. A page links to itself a hundred times: each path is built once for a request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from flask import current_app, g, url_for

from dashboards.web.site.selection import Selection

# The characters that stay in a query as Werkzeug writes it (https://url.spec.whatwg.org/#percent-encoded-bytes).
_SAFE = "!$'()*,/:;?@"


def selection_url(selection: Selection, endpoint: str = "overview.show", /, **changes: Any) -> str:
    """The URL of a page with this selection and some of its arguments changed."""
    return page_url(endpoint, selection.arguments(**changes))


def page_url(endpoint: str, arguments: Mapping[str, Any]) -> str:
    """The URL of a page of this dashboard, as `url_for` writes it."""
    rules = current_app.url_map._rules_by_endpoint.get(endpoint, ())  # noqa: SLF001 - iter_rules sorts all of them first
    if len(rules) != 1 or any(name.startswith("_") for name in arguments):
        return url_for(endpoint, **arguments)
    in_path = rules[0].arguments
    path = {name: value for name, value in arguments.items() if name in in_path}
    known: dict[tuple[Any, ...], str] = g.setdefault("page_paths", {})
    key = (endpoint, *path.items())
    if key not in known:
        known[key] = url_for(endpoint, **path)
    query = urlencode(list(_pairs(arguments, path)), safe=_SAFE)
    return f"{known[key]}?{query}" if query else known[key]


def _pairs(arguments: Mapping[str, Any], path: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in arguments.items():
        if name not in path and value is not None:
            for one in value if isinstance(value, list | tuple | set) else (value,):
                if one is not None:
                    yield name, one
