"""Annotations of a site's days: added, changed, listed, removed. What was typed is checked here. Raises Invalid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Select, delete, func, select

from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid, about
from tracker.db.models import Annotation
from tracker.db.seen_version import require_seen, version_of

LONGEST = 200
MOST = 2_000
_FIRST_YEAR, _LAST_YEAR = 1970, 2099


def add_annotation(
    database: AppDatabase, site_id: int, *, day: str, hour: str, text: str, by: str | None, now: datetime
) -> int:
    """Adds an annotation, as typed, and returns its number; an empty hour is the whole day."""
    on, at, said = _read(day, hour, text)
    made = Annotation(site_id=site_id, day=on, hour=at, text=said, created_by=by, created_at=now)
    with database.transaction() as session:
        session.add(made)
        session.flush()
        if (session.scalar(select(func.count()).where(Annotation.site_id == site_id)) or 0) > MOST:
            raise Invalid("%(count)s annotations are too many; remove some first.", count=str(MOST))
        return made.id


def change_annotation(
    database: AppDatabase, site_id: int, number: int, *, day: str, hour: str, text: str, seen: str | None
) -> bool:
    """Changes an annotation; False when there is none. Raises ChangedMeanwhileError when it is not what was `seen`."""
    on, at, said = _read(day, hour, text)
    with database.transaction() as session:
        found = session.scalar(_own(site_id, number).with_for_update())
        if found is None:
            return False
        require_seen(seen, *_texts(found), present=found.text)
        found.day, found.hour, found.text = on, at, said
        return True


def remove_annotation(database: AppDatabase, site_id: int, number: int) -> bool:
    """Removes an annotation; False when there is none."""
    gone = delete(Annotation).where(Annotation.site_id == site_id, Annotation.id == number)
    with database.transaction() as session:
        return session.scalar(gone.returning(Annotation.id)) is not None


def annotations_of(
    database: AppDatabase, site_id: int, *, since: date | None = None, until: date | None = None
) -> Sequence[Annotation]:
    """A site's annotations in the order of their days, from a day, to before another; not to be changed."""
    return database.kept(("annotations", site_id, since, until), lambda: _annotations(database, site_id, since, until))


def _annotations(database: AppDatabase, site_id: int, since: date | None, until: date | None) -> Sequence[Annotation]:
    own = select(Annotation).where(Annotation.site_id == site_id)
    if since is not None:
        own = own.where(Annotation.day >= since)
    if until is not None:
        own = own.where(Annotation.day < until)
    with database.transaction() as session:
        return session.scalars(own.order_by(Annotation.day, Annotation.hour, Annotation.id)).all()


def version_of_annotation(one: Annotation) -> str:
    """As forms carry it (tracker.db.seen_version)."""
    return version_of(*_texts(one))


def _own(site_id: int, number: int) -> Select[Annotation]:
    return select(Annotation).where(Annotation.site_id == site_id, Annotation.id == number)


def _texts(one: Annotation) -> tuple[str, str, str]:
    return one.day.isoformat(), str(one.hour), one.text


def _read(day: str, hour: str, text: str) -> tuple[date, int | None, str]:
    with about("day"):
        try:
            on = date.fromisoformat(day.strip())
        except ValueError:
            on = date.min
        if not _FIRST_YEAR <= on.year <= _LAST_YEAR:
            raise Invalid("“%(text)s” is not a day; write one such as 2026-12-31.", text=day[:20])
    with about("hour"):
        plain = hour.strip()
        if plain and not (plain.isascii() and plain.isdigit() and len(plain) < 3 and int(plain) < 24):
            raise Invalid("“%(hour)s” is not an hour; write 0 to 23, or nothing for the whole day.", hour=hour[:20])
    with about("text"):
        said = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
        if not said or len(said) > LONGEST:
            raise Invalid("Write a text of %(most)s characters at most.", most=str(LONGEST))
    return on, int(plain) if plain else None, said
