"""Saved views: a filter with a name, an order and columns. List, email, exports and commands share them by their key.

*New*, *back*, *rising*, *cooling*, *to contact*, *customers* and *possible* are ready made. A saved view with the key of one of these takes its place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid
from tracker.db.workflow_models import SavedView
from tracker.enrichment.organisation.legal_forms import name_key
from tracker.leads.workflow.named_rows import found_or_made, moment_of, put_row_back, removed
from tracker.sites.trash import Removed, Thing
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Comparison, Filter, FilterError
from tracker.stats.filters.json import read_stored, write_stored
from tracker.stats.messages import message

LONGEST_NAME = 60
MOST_VIEWS = 50


@dataclass(frozen=True)
class View:
    """`number` is that of a saved one, `saved` when it was; the name of a ready-made one is to be translated.

    No columns means the usual ones.
    """

    key: str
    name: str
    filters: tuple[Filter, ...]
    sort: str = "score"
    columns: tuple[str, ...] = ()
    number: int | None = None
    saved: str = ""


def _ready(key: str, name: str, dimension: Dimension, value: str) -> View:
    return View(key, name, (Comparison(dimension, "is", (value,)),))


READY_MADE = (
    _ready("new", message("New here"), Dimension.COMPANY_STANDING, "new"),
    _ready("back", message("Back"), Dimension.COMPANY_STANDING, "back"),
    _ready("rising", message("Rising"), Dimension.COMPANY_STANDING, "rising"),
    _ready("cooling", message("Cooling"), Dimension.COMPANY_STANDING, "cooling"),
    _ready("to-contact", message("To contact"), Dimension.COMPANY_STATUS, "to_contact"),
    _ready("customers", message("Customers"), Dimension.COMPANY_KIND, "customer"),
    _ready("possible", message("Possible"), Dimension.IDENTIFICATION, "possible"),
)


def all_views(database: AppDatabase, site_id: int) -> list[View]:
    """The ready-made views and those of the site, by name. One whose filters this program cannot read is left out."""
    with database.transaction() as session:
        rows = session.scalars(select(SavedView).where(SavedView.site_id == site_id)).all()
    saved = [view for row in sorted(rows, key=lambda row: row.name.casefold()) if (view := _view(row)) is not None]
    own = {one.key for one in saved}
    return [*(one for one in READY_MADE if one.key not in own), *saved]


def find_view(database: AppDatabase, site_id: int, key: str) -> View | None:
    return next((one for one in all_views(database, site_id) if one.key == key), None)


def save_view(
    database: AppDatabase,
    site_id: int,
    name: str,
    filters: tuple[Filter, ...],
    *,
    sort: str,
    columns: Sequence[str],
    by: str,
    now: datetime,
) -> View:
    """Keeps a view under its name; one with the same key is replaced. Raises Invalid."""
    plain = " ".join(name.split())
    key = re.sub(r"[^a-z0-9]+", "-", " ".join(name_key(word) for word in plain.split())).strip("-")
    if not key or len(plain) > LONGEST_NAME:
        raise Invalid("Give the view a name of at most %(most)s characters.", most=str(LONGEST_NAME))
    with database.transaction() as session:
        made = SavedView(site_id=site_id, key=key)
        found = found_or_made(session, made, SavedView.key == key, most=MOST_VIEWS, full=_full())
        found.name, found.filters, found.sort = plain, write_stored(filters), sort
        found.columns, found.made_by, found.made_at = " ".join(columns), by, now
        session.flush()
        return View(key, plain, filters, sort, tuple(columns), found.id, moment_of(now))


def remove_view(
    database: AppDatabase, site_id: int, number: int, *, by: str | None, now: datetime, seen: str | None = None
) -> Removed | None:
    """Throws a saved view away; None if it is not the site's or was removed already.

    Raises ChangedMeanwhileError where it was saved again since it was `seen` (its `saved`).
    """
    made_at = lambda one: one.made_at  # noqa: E731 - it would be as long as what it says
    return removed(database, SavedView, site_id, number, seen, made_at, thing=Thing.VIEW, by=by, now=now)


def put_view_back(session: Session, _site_id: int, kept: Mapping[str, Any], _now: datetime) -> None:
    """Puts back a view that was thrown away. Raises Invalid."""
    put_row_back(session, SavedView, kept, "key", most=MOST_VIEWS, full=_full())


def _full() -> Invalid:
    return Invalid("A site has at most %(most)s views; remove one first.", most=str(MOST_VIEWS))


def _view(row: SavedView) -> View | None:
    try:
        columns = tuple(row.columns.split())
        return View(row.key, row.name, read_stored(row.filters), row.sort, columns, row.id, moment_of(row.made_at))
    except FilterError:
        return None
