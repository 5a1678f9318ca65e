"""What the publisher has set for the companies of a site: read at once for all, or for one with its notes and history."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.db.engine import AppDatabase
from tracker.db.workflow_models import CompanyChange, CompanyNote, CompanyTag, CompanyWork
from tracker.leads.workflow.vocabulary import STATUSES, Kind

_MOST_HISTORY = 200


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


def states(database: AppDatabase, site_id: int, ids: Collection[str] | None = None) -> Mapping[str, State]:
    """Returns what is set, by company id, of all companies of the site or of some; untouched ones are left out."""
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
            company_id: State(
                version,
                status or UNTOUCHED.status,
                _kind(kind),
                owner,
                remind_on,
                is_hidden,
                tuple(tags.get(company_id, ())),
            )
            for company_id, version, status, kind, owner, remind_on, is_hidden in session.execute(statement)
        }


def known_tags(database: AppDatabase, site_id: int) -> list[str]:
    """The tags of the site's companies, in the order of the alphabet."""
    with database.transaction() as session:
        found = session.scalars(select(CompanyTag.tag).where(CompanyTag.site_id == site_id).distinct())
        return sorted(found, key=str.casefold)


def notes(database: AppDatabase, site_id: int, company_id: str) -> Sequence[CompanyNote]:
    """The notes on a company that were not taken back, the newest first."""
    own = (CompanyNote.site_id == site_id, CompanyNote.company_id == company_id, ~CompanyNote.is_removed)
    with database.transaction() as session:
        return session.scalars(select(CompanyNote).where(*own).order_by(CompanyNote.id.desc())).all()


def history(database: AppDatabase, site_id: int, company_id: str) -> Sequence[CompanyChange]:
    """The newest changes of a company, the last first."""
    own = (CompanyChange.site_id == site_id, CompanyChange.company_id == company_id)
    newest = select(CompanyChange).where(*own).order_by(CompanyChange.id.desc()).limit(_MOST_HISTORY)
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
