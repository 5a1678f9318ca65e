"""The URLs of pages, with a selection and without. A page has a hundred of them, and the next one has the same: they are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, cast
from urllib.parse import urlencode

from flask import Flask, current_app, has_request_context, request, url_for

from dashboards.web.site.selection import Selection

# The characters that stay in a query as Werkzeug writes it (https://url.spec.whatwg.org/#percent-encoded-bytes).
_SAFE = "!$'()*,/:;?@"
_EXTENSION = "webleads urls"
# An overview has some hundred; a longest one is 8 KB.
_KEPT = 2048
_Write = Callable[[str, str, tuple[tuple[str, str], ...]], str]


def register(app: Flask) -> None:
    """Gives templates `selection_url` and a `url_for` that keeps what Flask's writes."""
    app.extensions[_EXTENSION] = lru_cache(_KEPT)(_written)
    app.add_template_global(selection_url, "selection_url")
    app.add_template_global(lambda endpoint, **arguments: page_url(endpoint, arguments), "url_for")


def selection_url(selection: Selection, endpoint: str = "overview.show", /, **changes: Any) -> str:
    """The URL of a page with this selection and some of its arguments changed."""
    return page_url(endpoint, selection.arguments(**changes))


def page_url(endpoint: str, arguments: Mapping[str, Any]) -> str:
    """The URL of a page of this dashboard, as `url_for` writes it."""
    is_plain = has_request_context() and "." in endpoint and not endpoint.startswith(".")
    if not is_plain or any(name.startswith("_") for name in arguments):
        return url_for(endpoint, **arguments)
    write = cast(_Write, current_app.extensions[_EXTENSION])
    return write(request.script_root, endpoint, tuple(_pairs(arguments)))


def _written(_root: str, endpoint: str, pairs: tuple[tuple[str, str], ...]) -> str:
    """The URL below where the dashboard is mounted, which `url_for` knows by itself."""
    rules = current_app.url_map._rules_by_endpoint.get(endpoint, ())  # noqa: SLF001 - iter_rules sorts all of them first
    in_path = set().union(*(rule.arguments for rule in rules))
    of_path: dict[str, Any] = {name: value for name, value in pairs if name in in_path}
    path = url_for(endpoint, **of_path)
    query = urlencode([(name, value) for name, value in pairs if name not in in_path], safe=_SAFE)
    return f"{path}?{query}" if query else path


def _pairs(arguments: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in arguments.items():
        for one in value if isinstance(value, list | tuple | set) else (value,):
            if one is not None:
                yield name, str(one)
