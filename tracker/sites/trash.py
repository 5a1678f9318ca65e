"""What a site's people removed lately: each thing with who removed it and when, so that it can be brought back.

Owns how a removed thing is kept. What a thing consists of, and how it is put back, is known where it is removed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import delete, inspect, select
from sqlalchemy.orm import Session

from tracker.db.engine import AppDatabase
from tracker.db.models import Base
from tracker.db.workflow_models import Trash

KEPT = timedelta(days=30)
MOST_KEPT = 50  # of a site
_MOMENT = "moment"


class Thing(StrEnum):
    """What can be brought back."""

    KIND_RULE = "kind_rule"
    FIT_RULE = "fit_rule"
    VIEW = "view"
    LIST = "list"
    ALERT = "alert"
    GOAL = "goal"
    FUNNEL = "funnel"


class Removed(NamedTuple):
    """A thing that was removed: its number in the trash, its name, who removed it (None: the operator) and when."""

    number: int
    thing: Thing
    name: str
    removed_by: str | None
    removed_at: datetime


# Puts back what was kept of a thing of a site; it is there again from a moment on. Raises Invalid where something else has its place by now.
PutBack = Callable[[Session, int, Mapping[str, Any], datetime], None]


def throw_away(
    session: Session, site_id: int, thing: Thing, name: str, kept: Mapping[str, Any], *, by: str | None, now: datetime
) -> Removed:
    """Keeps what a thing consists of, within the transaction that removes it. What is too old or too much goes for good."""
    own = Trash.site_id == site_id
    newest = select(Trash.id).where(own).order_by(Trash.id.desc()).limit(MOST_KEPT - 1)
    numbers = list(session.scalars(newest))
    session.execute(delete(Trash).where(own, (Trash.id.not_in(numbers)) | (Trash.removed_at < now - KEPT)))
    made = Trash(
        site_id=site_id, thing=thing.value, name=name, kept=json.dumps(kept, ensure_ascii=False, default=_text)
    )
    made.removed_by, made.removed_at = by, now
    session.add(made)
    session.flush()
    return _removed(made)


def trash_of(database: AppDatabase, site_id: int, *, now: datetime) -> list[Removed]:
    """What can be brought back, the last removed first."""
    own = (Trash.site_id == site_id, Trash.removed_at >= now - KEPT)
    with database.transaction() as session:
        return [_removed(one) for one in session.scalars(select(Trash).where(*own).order_by(Trash.id.desc()))]


def empty_trash(database: AppDatabase, *, now: datetime) -> None:
    """Deletes for good what can no longer be brought back, of all sites."""
    with database.transaction() as session:
        session.execute(delete(Trash).where(Trash.removed_at < now - KEPT))


def bring_back(
    database: AppDatabase, site_id: int, number: int, put_back: Mapping[Thing, PutBack], *, now: datetime
) -> Removed | None:
    """Brings a thing back, and returns it; None for one that is there again already. Raises Invalid where it has no room."""
    with database.transaction() as session:
        found = session.get(Trash, number)
        if found is None or found.site_id != site_id or found.removed_at < now - KEPT:
            return None
        put_back[Thing(found.thing)](session, site_id, json.loads(found.kept), now)
        session.delete(found)
        return _removed(found)


def values_of(row: Base) -> dict[str, Any]:
    """What a row has in its columns, but for its number, which another row may have by the time that it comes back."""
    return {one.key: getattr(row, one.key) for one in inspect(type(row)).column_attrs if one.key != "id"}


def as_row(kind: type[Any], values: Mapping[str, Any]) -> Any:
    """A row with these values, as JSON has them. A column that came since has its default."""
    columns = inspect(kind).columns
    return kind(**{name: _read(value) for name, value in values.items() if name in columns})


def _removed(row: Trash) -> Removed:
    return Removed(row.id, Thing(row.thing), row.name, row.removed_by, row.removed_at)


def _text(value: Any) -> dict[str, str]:
    """A moment, which JSON has no form for."""
    if isinstance(value, datetime):
        return {_MOMENT: value.isoformat()}
    raise TypeError(type(value).__name__)


def _read(value: Any) -> Any:
    return datetime.fromisoformat(value[_MOMENT]) if isinstance(value, dict) else value
