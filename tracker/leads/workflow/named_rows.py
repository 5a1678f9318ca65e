"""Rows that the people of a site keep by name, its lists and its views: one is found or made, as far as there is room, or removed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid
from tracker.db.seen_version import ChangedMeanwhileError
from tracker.db.workflow_models import CompanyList, SavedView
from tracker.sites.trash import Removed, Thing, as_row, throw_away, values_of

Named = TypeVar("Named", CompanyList, SavedView)


def found_or_made(session: Session, row: Named, same: ColumnElement[bool], *, most: int, full: Invalid) -> Named:
    """Returns the row of the site that is the same, else this one, added. Raises `full` for one too many."""
    kind = type(row)
    found = session.scalar(select(kind).where(kind.site_id == row.site_id, same))
    if found is not None:
        return found
    if (session.scalar(select(func.count()).select_from(kind).where(kind.site_id == row.site_id)) or 0) >= most:
        raise full
    session.add(row)
    return row


def removed(
    database: AppDatabase,
    kind: type[Named],
    site_id: int,
    number: int,
    seen: str | None,
    kept_at: Callable[[Named], datetime],
    *,
    thing: Thing,
    by: str | None,
    now: datetime,
    and_keep: Callable[[Session, Named], Mapping[str, Any]] = lambda _session, _row: {},
) -> Removed | None:
    """Throws a row away, with what else is to `and_keep`; None if it is not the site's or was removed already.

    `seen` is when it was kept as whoever removes it has it before them (`moment_of`), None for whenever. Raises
    ChangedMeanwhileError where somebody else has kept it since.
    """
    with database.transaction() as session:
        found = session.get(kind, number)
        if found is None or found.site_id != site_id:
            return None
        if seen is not None and seen != moment_of(kept_at(found)):
            raise ChangedMeanwhileError(found.name)
        kept = {"row": values_of(found), **and_keep(session, found)}
        session.delete(found)
        return throw_away(session, site_id, thing, found.name, kept, by=by, now=now)


def put_row_back(
    session: Session, kind: type[Named], kept: Mapping[str, Any], key: str, *, most: int, full: Invalid
) -> Named:
    """Adds a row that was thrown away. Raises Invalid where another one has its `key` by now, or for one too many."""
    row: Named = as_row(kind, kept["row"])
    found = found_or_made(session, row, getattr(kind, key) == getattr(row, key), most=most, full=full)
    if found is not row:
        raise Invalid("There is another “%(name)s” by now. Rename or remove it first.", name=found.name)
    session.flush()
    return row


def moment_of(kept_at: datetime) -> str:
    """When a row was kept, as a form sends it back."""
    return kept_at.isoformat()
