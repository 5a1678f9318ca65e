"""Joins companies whose name begins with another one's by itself, where nothing else can be meant, and splits them again.

"Capgemini Finland" goes into Capgemini, since what is left is only a generic word; "Armor Distribution" into Armor where both
have the domain armor.fr. *Orange County Schools* is not Orange. Joined ones are merges like those of people, made by
AUTOMATIC. Who undoes one keeps the two apart: they are not joined again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select

from tracker.db.correction_models import CompanyCorrection
from tracker.db.engine import AppDatabase
from tracker.enrichment.organisation.legal_forms import without_legal_form
from tracker.enrichment.organisation.name_beginnings import SHORTEST, rest_is_generic
from tracker.enrichment.organisation.name_tokens import tokens_of
from tracker.leads.companies.known import ListedCompany
from tracker.leads.corrections.changes import TooManyCorrections, corrections_of, make, take_back
from tracker.leads.corrections.rules import Kind

AUTOMATIC = "webleads"
# Two names that a person split. Reports apply no such correction.
APART = "apart"
# Each one is a condition of every statement, so people keep room for their own.
MOST_JOINED = 50

Join = tuple[str, str]


def joins(companies: Iterable[ListedCompany], but: Collection[Join] = ()) -> list[Join]:
    """Returns which names go into which certain company's, those seen first before others. `but` are pairs to keep apart."""
    ordered = sorted(companies, key=lambda one: (not one.sure, one.first_seen, one.name))
    words = {one.name: tuple(tokens_of(" ".join(without_legal_form(one.name.split())))) for one in ordered}
    certain: dict[tuple[str, ...], ListedCompany] = {}
    for one in ordered:
        if one.sure:
            certain.setdefault(words[one.name], one)
    found = []
    for one in ordered:
        own = words[one.name]
        beginnings = (certain.get(own[:length]) for length in range(len(own), 0, -1))
        into = next((other for other in beginnings if other is not None and _is_same(one, other)), None)
        if into is not None and (one.name, into.name) not in but:
            found.append((one.name, into.name))
    return found


def _is_same(one: ListedCompany, other: ListedCompany) -> bool:
    if one.name == other.name:
        return False
    if one.domain and one.domain == other.domain:
        return True
    return sum(map(len, tokens_of(other.name))) >= SHORTEST and rest_is_generic(one.name, other.name)


def join_companies(
    database: AppDatabase, site_id: int, companies: Iterable[ListedCompany], *, now: datetime
) -> list[Join]:
    """Joins those of a site that nobody corrected or split; returns what is new."""
    made = corrections_of(database, site_id)
    corrected = {one.subject for one in made if one.target is not None}
    apart = {(one.subject, one.target or "") for one in made if one.kind == APART}
    room = MOST_JOINED - sum(one.made_by == AUTOMATIC for one in made)
    new = [join for join in joins(companies, apart) if join[0] not in corrected][: max(room, 0)]
    done = []
    for subject, target in new:
        try:
            make(database, site_id, Kind.MERGE, subject, target, by=AUTOMATIC, now=now)
        except TooManyCorrections:
            break
        done.append((subject, target))
    return done


def split(database: AppDatabase, site_id: int, number: int, *, by: str, now: datetime) -> None:
    """Takes a correction of a site back; two companies that were joined by themselves are kept apart from then on."""
    own = select(CompanyCorrection).where(CompanyCorrection.id == number, CompanyCorrection.made_by == AUTOMATIC)
    with database.transaction() as session:
        joined = session.scalar(own.where(CompanyCorrection.site_id == site_id))
    take_back(database, site_id, number)
    if joined is not None:
        kept = CompanyCorrection(
            site_id=site_id, kind=APART, subject=joined.subject, target=joined.target, made_by=by, made_at=now
        )
        with database.transaction() as session:
            session.add(kept)
