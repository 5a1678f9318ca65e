"""What visitors searched for on the site: a parameter of the page's URL that is kept, or a property of the event.

By default the path keeps `s`, WordPress's (`tracker.enrichment.page.query`); a site can keep others.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_plus

from sqlalchemy import ColumnElement, func, literal

from tracker.store.functions import json_text, split_part
from tracker.store.schema import events

# The parameters that searches have on most sites, and the property that Plausible's plugin for WordPress sends.
PARAMETERS = ("s", "q", "query", "search", "recherche", "keyword")
PROPERTY = "search_query"


def searched_for() -> ColumnElement[Any]:
    """Returns the SQL for the text, as it stands in the path; null where an event is no search."""
    query = literal("&").concat(split_part(events.c.path, "?", 2))
    found = (func.nullif(split_part(split_part(query, f"&{name}=", 2), "&", 1), "") for name in PARAMETERS)
    return func.coalesce(*found, json_text(events.c.props, PROPERTY))


def as_typed(value: str) -> str:
    """Returns what somebody typed, of a text as it stands in the path."""
    return unquote_plus(value)
