"""How wide visitors' screens are, in a few sizes: where layouts of pages change."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, case, literal_column

from tracker.store.schema import events

# From so many CSS pixels on, the narrowest first.
SIZES = {"under_480": 0, "480": 480, "768": 768, "1024": 1024, "1440": 1440, "1920": 1920}


def screen_size() -> ColumnElement[Any]:
    """Returns the SQL for the size of a row's screen; null where the browser did not say.

    The values stand in the text, as in `tracker.stats.companies.tiers`.
    """
    width = events.c.screen_width
    widest_first = sorted(SIZES.items(), key=lambda one: -one[1])
    return case(*((width >= literal_column(str(least)), literal_column(f"'{name}'")) for name, least in widest_first))
