"""Lists of companies that the publisher imported: which there are, and which companies are on them.

A line is a domain or a name. A company is on a list by its domain, a subdomain of the line's included, or by its name
without case, accents and legal form. Companies that come later are matched as those that are there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid
from tracker.db.workflow_models import CompanyList, CompanyListEntry
from tracker.enrichment.organisation.legal_forms import name_key
from tracker.leads.workflow.list_files import Entry
from tracker.leads.workflow.named_rows import found_or_made, put_row_back, removed
from tracker.leads.workflow.vocabulary import Kind
from tracker.sites.trash import Removed, Thing

LONGEST_NAME = 80
MOST_LISTS = 50
_LINE = ("written", "domain", "name_key")

key_of_name = lru_cache(maxsize=100_000)(name_key)


@dataclass(frozen=True)
class ListedList:
    """A list as pages name it, and how many lines it has."""

    id: int
    name: str
    kind: Kind | None
    imported_at: datetime
    imported_by: str
    lines: int


@dataclass(frozen=True, eq=False)
class Memberships:
    """Which lists, by their id, each domain and each name is on. False without lists."""

    lists: Mapping[int, tuple[str, Kind | None]]
    domains: Mapping[str, frozenset[int]]
    names: Mapping[str, frozenset[int]]

    def __bool__(self) -> bool:
        return bool(self.lists)

    def of_companies(self, known: Mapping[str, Iterable[str]]) -> dict[str, tuple[tuple[str, Kind | None], ...]]:
        """Returns the lists, as (name, kind), of each company that is on one. `known` has the domains of each name."""
        found = {}
        if not self.lists:
            return {}
        for name, domains in known.items():
            on: set[int] = set(self.names.get(key_of_name(name), ())) if self.names else set()
            for domain in domains:
                on.update(*(self.domains.get(parent, ()) for parent in _with_parents(domain)))
            if on:
                found[name] = tuple(self.lists[one] for one in sorted(on))
        return found


def all_lists(database: AppDatabase, site_id: int) -> list[ListedList]:
    """The lists of a site, in the order of the alphabet."""
    lines = select(func.count()).where(CompanyListEntry.list_id == CompanyList.id).scalar_subquery()
    with database.transaction() as session:
        rows = session.execute(select(CompanyList, lines).where(CompanyList.site_id == site_id)).all()
    found = [
        ListedList(one.id, one.name, Kind(one.kind) if one.kind else None, one.imported_at, one.imported_by, number)
        for one, number in rows
    ]
    return sorted(found, key=lambda one: one.name.casefold())


def memberships(database: AppDatabase, site_id: int) -> Memberships:
    """Reads all lists of a site."""
    return database.kept(("memberships", site_id), lambda: _read(database, site_id))


def _read(database: AppDatabase, site_id: int) -> Memberships:
    entries = CompanyListEntry.__table__.c
    with database.transaction() as session:
        lists = session.execute(
            select(CompanyList.id, CompanyList.name, CompanyList.kind).where(CompanyList.site_id == site_id)
        ).all()
        if not lists:
            return Memberships({}, {}, {})
        numbers = [one.id for one in lists]
        of_lists = select(entries.list_id, entries.domain, entries.name_key).where(entries.list_id.in_(numbers))
        rows = session.execute(of_lists.order_by(entries.id)).all()
    return _memberships(tuple(map(tuple, lists)), tuple(map(tuple, rows)))


# As for the names that a site knows (tracker.leads.workflow.names): what is read is the key.
@lru_cache(maxsize=8)
def _memberships(
    lists: tuple[tuple[int, str, str | None], ...], lines: tuple[tuple[int, str | None, str | None], ...]
) -> Memberships:
    domains: dict[str, set[int]] = {}
    names: dict[str, set[int]] = {}
    for number, domain, key in lines:
        if domain:
            domains.setdefault(domain, set()).add(number)
        elif key:
            names.setdefault(key, set()).add(number)
    return Memberships(
        {number: (name, Kind(kind) if kind else None) for number, name, kind in lists},
        {domain: frozenset(on) for domain, on in domains.items()},
        {key: frozenset(on) for key, on in names.items()},
    )


def save_list(
    database: AppDatabase,
    site_id: int,
    name: str,
    kind: Kind | None,
    entries: Sequence[Entry],
    *,
    by: str,
    now: datetime,
) -> int:
    """Makes a list, or replaces the lines of the one with this name. Returns its id. Raises Invalid."""
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_NAME:
        raise Invalid("Give the list a name of at most %(most)s characters.", most=str(LONGEST_NAME))
    with database.transaction() as session:
        made = CompanyList(site_id=site_id, name=plain)
        found = found_or_made(session, made, CompanyList.name == plain, most=MOST_LISTS, full=_full())
        found.kind, found.imported_at, found.imported_by = kind, now, by
        session.flush()
        session.execute(delete(CompanyListEntry).where(CompanyListEntry.list_id == found.id))
        rows = [
            {"list_id": found.id, "written": one.written, "domain": one.domain, "name_key": one.name_key}
            for one in entries
        ]
        if rows:
            session.execute(insert(CompanyListEntry), rows)
        return found.id


def remove_list(
    database: AppDatabase, site_id: int, list_id: int, *, by: str | None, now: datetime, seen: str | None = None
) -> Removed | None:
    """Throws a list away with its lines; None if it is not the site's or was removed already.

    Raises ChangedMeanwhileError where it was imported again since it was `seen` (`moment_of` its import).
    """
    imported_at = lambda one: one.imported_at  # noqa: E731 - it would be as long as what it says
    return removed(
        database,
        CompanyList,
        site_id,
        list_id,
        seen,
        imported_at,
        thing=Thing.LIST,
        by=by,
        now=now,
        and_keep=_kept_lines,
    )


def put_list_back(session: Session, _site_id: int, kept: Mapping[str, Any], _now: datetime) -> None:
    """Puts back a list that was thrown away, with its lines. Raises Invalid."""
    found = put_row_back(session, CompanyList, kept, "name", most=MOST_LISTS, full=_full())
    rows = [dict(zip(_LINE, one, strict=True)) | {"list_id": found.id} for one in kept["lines"]]
    if rows:
        session.execute(insert(CompanyListEntry), rows)


def _kept_lines(session: Session, row: CompanyList) -> dict[str, Any]:
    entries = CompanyListEntry.__table__.c
    columns = [entries[name] for name in _LINE]
    rows = session.execute(select(*columns).where(entries.list_id == row.id).order_by(entries.id))
    return {"lines": [list(one) for one in rows]}


def _full() -> Invalid:
    return Invalid("A site has at most %(most)s lists; remove one first.", most=str(MOST_LISTS))


def matched_lines(entries: Sequence[Entry], known: Mapping[str, Iterable[str]]) -> dict[int, list[str]]:
    """Returns the names of the companies that each line matches, by the line's number; lines without one are left out."""
    lists = {entry.line: (str(entry.line), None) for entry in entries}
    domains = {entry.domain: frozenset({entry.line}) for entry in entries if entry.domain}
    names = {entry.name_key: frozenset({entry.line}) for entry in entries if entry.name_key}
    found: dict[int, list[str]] = {}
    for company, lines in Memberships(lists, domains, names).of_companies(known).items():
        for line, _ in lines:
            found.setdefault(int(line), []).append(company)
    return found


def _with_parents(domain: str) -> list[str]:
    """A domain and those above it that have a dot: shop.acme.co.uk, acme.co.uk, co.uk."""
    parts = domain.split(".")
    return [".".join(parts[start:]) for start in range(len(parts) - 1)]
