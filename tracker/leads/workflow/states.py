"""What the publisher has set for the companies of a site: read at once for all, or for one with its notes and history.

What is set stays with the id for which it was set, and a company with several ids has what is set for any of them. So
nothing is copied when a company is renamed or merged into another one, and each has its own again when that is undone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.db.engine import AppDatabase
from tracker.db.workflow_models import CompanyChange, CompanyNote, CompanyTag, CompanyWork
from tracker.leads.workflow.names import Identity
from tracker.leads.workflow.vocabulary import LEFT_OUT, MOST_HISTORY, STATUSES, Kind

_Value = TypeVar("_Value")


@dataclass(frozen=True)
class State:
    """What is set for one company; without anything set all are the defaults. `kind` is the one set by hand."""

    version: int = 0
    status: str = STATUSES[0].code
    kind: Kind | None = None
    owner_id: int | None = None
    remind_on: date | None = None
    is_hidden: bool = False
    tags: tuple[str, ...] = ()


UNTOUCHED = State()


@dataclass(frozen=True)
class SetRow:
    """What is set for one id; None where nothing is."""

    version: int
    status: str | None
    kind: Kind | None
    owner_id: int | None
    remind_on: date | None
    is_hidden: bool
    tags: tuple[str, ...] = ()


def set_rows(database: AppDatabase, site_id: int, ids: Collection[str] | None = None) -> Mapping[str, SetRow]:
    """Returns what is set, by id, for all ids of the site or for some; ids for which nothing was ever set are left out."""
    if ids is not None:
        return _read(database, site_id, ids)
    return database.kept(("set rows", site_id), lambda: _read(database, site_id, None))


def _read(database: AppDatabase, site_id: int, ids: Collection[str] | None) -> Mapping[str, SetRow]:
    with database.transaction() as session:
        tags = _tags(session, site_id, ids)
        work = CompanyWork.__table__.c
        columns = (
            *(work.company_id, work.version, work.status, work.kind, work.owner_id, work.remind_on, work.is_hidden),
        )
        statement = select(*columns).where(work.site_id == site_id)
        if ids is not None:
            statement = statement.where(work.company_id.in_(sorted(ids)))
        return {
            company_id: SetRow(
                version, status, _kind(kind), owner, remind_on, is_hidden, tuple(tags.get(company_id, ()))
            )
            for company_id, version, status, kind, owner, remind_on, is_hidden in session.execute(statement)
        }


def states(database: AppDatabase, site_id: int, ids: Collection[str] | None = None) -> Mapping[str, State]:
    """Returns what is set, by company id, of all companies of the site or of some; untouched ones are left out."""
    found = set_rows(database, site_id, ids)
    return {company_id: united(Identity((company_id,)), found) for company_id in found}


def united(identity: Identity, rows: Mapping[str, SetRow]) -> State:
    """What is set for a company, of the rows of its ids; each value is that of the first id that has one.

    Its own come first, so that of two merged companies the status of the one that stays holds. What leaves companies out of
    lists never comes from the other one: a lead does not disappear because a duplicate was ignored. Tags are united.
    """
    own = [rows[one] for one in identity.own if one in rows]
    every = own + [rows[one] for one in identity.merged if one in rows]
    kinds = [*(row.kind for row in own), *(row.kind for row in every[len(own) :] if row.kind not in LEFT_OUT)]
    return State(
        sum(row.version for row in every),
        _first(row.status for row in every) or UNTOUCHED.status,
        _first(kinds),
        _first(row.owner_id for row in every),
        _first(row.remind_on for row in every),
        any(row.is_hidden for row in own),
        tuple(sorted({tag for row in every for tag in row.tags})),
    )


def _first(values: Iterable[_Value | None]) -> _Value | None:
    return next((one for one in values if one is not None), None)


def known_tags(database: AppDatabase, site_id: int) -> list[str]:
    """The tags of the site's companies, in the order of the alphabet."""
    with database.transaction() as session:
        found = session.scalars(select(CompanyTag.tag).where(CompanyTag.site_id == site_id).distinct())
        return sorted(found, key=str.casefold)


def notes(database: AppDatabase, site_id: int, *ids: str) -> Sequence[CompanyNote]:
    """The notes on the company with these ids that were not taken back, the newest first."""
    own = (CompanyNote.site_id == site_id, CompanyNote.company_id.in_(ids), ~CompanyNote.is_removed)
    with database.transaction() as session:
        return session.scalars(select(CompanyNote).where(*own).order_by(CompanyNote.id.desc())).all()


def history(database: AppDatabase, site_id: int, *ids: str) -> Sequence[CompanyChange]:
    """The newest changes of the company with these ids, the last first."""
    own = (CompanyChange.site_id == site_id, CompanyChange.company_id.in_(ids))
    newest = select(CompanyChange).where(*own).order_by(CompanyChange.id.desc()).limit(MOST_HISTORY)
    with database.transaction() as session:
        return session.scalars(newest).all()


def _tags(session: Session, site_id: int, ids: Collection[str] | None) -> dict[str, list[str]]:
    statement = select(CompanyTag.company_id, CompanyTag.tag).where(CompanyTag.site_id == site_id)
    if ids is not None:
        statement = statement.where(CompanyTag.company_id.in_(sorted(ids)))
    found: dict[str, list[str]] = {}
    for company_id, tag in session.execute(statement.order_by(CompanyTag.tag)):
        found.setdefault(company_id, []).append(tag)
    return found


def _kind(code: str | None) -> Kind | None:
    return None if code is None else Kind(code)
