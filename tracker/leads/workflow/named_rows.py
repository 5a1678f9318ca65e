"""Rows that the people of a site keep by name, its lists and its views: one is found or made, as far as there is room, or removed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid
from tracker.db.seen_version import ChangedMeanwhileError
from tracker.db.workflow_models import CompanyList, SavedView

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
) -> str | None:
    """Removes a row. Returns its name; None if it is not the site's or was removed already.

    `seen` is when it was kept as whoever removes it has it before them (`moment_of`), None for whenever. Raises
    ChangedMeanwhileError where somebody else has kept it since.
    """
    with database.transaction() as session:
        found = session.get(kind, number)
        if found is None or found.site_id != site_id:
            return None
        if seen is not None and seen != moment_of(kept_at(found)):
            raise ChangedMeanwhileError(found.name)
        session.delete(found)
        return found.name


def moment_of(kept_at: datetime) -> str:
    """When a row was kept, as a form sends it back."""
    return kept_at.isoformat()
