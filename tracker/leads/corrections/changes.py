"""Makes corrections to companies, takes them back, and reads them: of one site, and those that all sites share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, null, or_, select, union_all

from tracker.db.correction_models import CompanyCorrection
from tracker.db.engine import AppDatabase
from tracker.db.models import CompanyConfirmation, Site
from tracker.enrichment.text import clean_text
from tracker.leads.corrections.rules import NAMINGS, Confirmed, Kind, Rule, Rules

LONGEST = 200
# Each correction is a condition of every statement of its site, those of all sites of each site's.
MOST = 300

_made = CompanyCorrection
_CORRECTIONS = select(_made.id, Site.stored_as, _made.kind, _made.subject, _made.target).join_from(
    _made, Site, _made.site_id == Site.id, isouter=True
)
_agreed = CompanyConfirmation
_CONFIRMATIONS = select(_agreed.id, Site.stored_as, null(), _agreed.company, null()).join(
    Site, _agreed.site_id == Site.id
)


class NotACorrection(ValueError):
    """What was asked says nothing; the message is one line."""


class TooManyCorrections(ValueError):
    """There are MOST corrections of the site, or of all sites, already."""


def make(
    database: AppDatabase, site_id: int | None, kind: Kind, subject: str, target: str | None, *, by: str, now: datetime
) -> int:
    """Makes a correction for a site, or for all; returns its number. An earlier one of the same kind and subject ends.

    Raises NotACorrection for an empty or unchanged name, for one that is too long, and for an AS number that is none;
    raises TooManyCorrections.
    """
    subject, target = subject.strip(), clean_text(target or "") or None
    if max(len(subject), len(target or "")) > LONGEST:
        raise NotACorrection(f"a name has more than {LONGEST} characters")
    if not subject or (kind in NAMINGS) is not (target is not None) or subject == target:
        raise NotACorrection(f"{subject!r} → {target!r}")
    if kind is Kind.NOT_ASN and not (subject.isascii() and subject.isdecimal() and len(subject) <= 10):
        raise NotACorrection(f"{subject!r} is not an AS number")
    made = CompanyCorrection(site_id=site_id, kind=str(kind), subject=subject, target=target, made_by=by, made_at=now)
    kinds = NAMINGS if target else (kind,)
    own = CompanyCorrection.site_id.is_(None) if site_id is None else CompanyCorrection.site_id == site_id
    same = (
        own,
        CompanyCorrection.kind.in_([str(one) for one in kinds]),
        CompanyCorrection.subject == subject,
    )
    with database.transaction() as session:
        session.execute(delete(CompanyCorrection).where(*same))
        if (session.scalar(select(func.count()).select_from(CompanyCorrection).where(own)) or 0) >= MOST:
            raise TooManyCorrections(f"there are {MOST} corrections")
        session.add(made)
        session.flush()
        return made.id


def take_back(database: AppDatabase, site_id: int, number: int) -> None:
    """Takes a correction back that holds for a site; one that is gone stays so."""
    own = or_(CompanyCorrection.site_id == site_id, CompanyCorrection.site_id.is_(None))
    with database.transaction() as session:
        session.execute(delete(CompanyCorrection).where(CompanyCorrection.id == number, own))


def corrections_of(database: AppDatabase, site_id: int) -> Sequence[CompanyCorrection]:
    """The corrections that hold for a site, those of all sites included, the newest first."""
    own = or_(CompanyCorrection.site_id == site_id, CompanyCorrection.site_id.is_(None))
    with database.transaction() as session:
        return session.scalars(select(CompanyCorrection).where(own).order_by(CompanyCorrection.id.desc())).all()


def as_rows(made: Sequence[CompanyCorrection]) -> list[dict[str, Any]]:
    """The corrections as plain values, for a file."""
    return [
        {
            "kind": one.kind,
            "subject": one.subject,
            "target": one.target or "",
            "all_sites": one.site_id is None,
            "made_by": one.made_by,
            "made_at": one.made_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        for one in made
    ]


def rules_now(database: AppDatabase) -> Rules:
    """What people said of the companies of all sites, as it is applied; a kind that this version does not know is left out."""
    return database.kept("corrections", lambda: _read(database))


def _read(database: AppDatabase) -> Rules:
    said = union_all(_CORRECTIONS, _CONFIRMATIONS).subquery("said")
    with database.transaction() as session:
        rows = session.execute(select(said).order_by(said.c.id)).all()
    known = {str(kind) for kind in Kind}
    rules = [Rule(site, Kind(kind), subject, target) for _, site, kind, subject, target in rows if kind in known]
    confirmed = [Confirmed(site, company) for _, site, kind, company, _ in rows if kind is None]
    return Rules(rules, confirmed)
