"""A site is removed: first set aside, so that it can be taken back, and after some days gone for good.

A site that is set aside is not listed, found or counted; its row still holds its domains, so that nobody else takes
them. What happens to its events and files is tracker.service.removals'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid
from tracker.db.models import Base, Site, SiteDomain
from tracker.db.seen_version import require_seen
from tracker.sites.domain_name import plain_domain
from tracker.sites.names import names_version
from tracker.sites.sites import normalise_domain, site_of

KEPT = timedelta(days=7)
# What the database says counts, not what this session read before.
_AS_KEPT = {"synchronize_session": False}


class RemovedSite(NamedTuple):
    """A site that is set aside. `names` are all by which its hits and events are known."""

    id: int
    domain: str
    name: str
    stored_as: str
    names: frozenset[str]
    removed_at: datetime
    removed_by: str | None

    @property
    def gone_at(self) -> datetime:
        """When it goes for good."""
        return self.removed_at + KEPT


def set_aside(database: AppDatabase, domain: str, *, by: str | None, now: datetime, seen: str | None = None) -> Site:
    """Removes a site so that it can be taken back. `by` is the user's email, None the operator.

    Raises Invalid when there is no such site, or when it is removed already; ChangedMeanwhileError when its names are
    not those that were `seen`.
    """
    with database.transaction() as session:
        site = site_of(session, domain)
        if site is None:
            _refuse_missing(session, domain)
        assert site is not None
        require_seen(seen, names_version(site), present=site.domain)
        present = update(Site).where(Site.id == site.id, Site.removed_at.is_(None))
        marked = session.scalar(
            present.values(removed_at=now, removed_by=by).returning(Site.id), execution_options=_AS_KEPT
        )
        session.expire_all()
        if marked is None:  # by somebody else, between the two statements
            _refuse_missing(session, domain)
        session.refresh(site)
        return site


def _refuse_missing(session: Session, domain: str) -> None:
    removed = removed_site_of(session, domain)
    if removed is None:
        raise Invalid("There is no site %(domain)s.", domain=normalise_domain(domain))
    if removed.removed_by:
        raise Invalid("%(site)s was removed already, by %(email)s.", site=removed.name, email=removed.removed_by)
    raise Invalid("%(site)s was removed already.", site=removed.name)


def take_back(database: AppDatabase, domain: str) -> Site:
    """Ends the removal of a site: it is listed and counted again, with all that was kept. Raises Invalid."""
    with database.transaction() as session:
        site = removed_site_of(session, domain)
        if site is None:
            raise Invalid("No removed site has the domain %(domain)s.", domain=normalise_domain(domain))
        site.removed_at = site.removed_by = None
        session.flush()
        return site


def find_removed(database: AppDatabase, domain: str) -> Site | None:
    """The site with a domain that is set aside; None when there is none."""
    with database.transaction() as session:
        return removed_site_of(session, domain)


def removed_site_of(session: Session, domain: str) -> Site | None:
    """As `find_removed`, within a transaction."""
    plain = plain_domain(domain)
    aside = select(Site).where(Site.removed_at.is_not(None))
    named = aside.outerjoin(SiteDomain).where((Site.domain == plain) | (SiteDomain.domain == plain))
    return None if plain is None else session.scalar(named)


def removed_sites(database: AppDatabase) -> Sequence[RemovedSite]:
    """The sites that are set aside, those that go first before the others."""
    with database.transaction() as session:
        found = session.scalars(select(Site).where(Site.removed_at.is_not(None)).order_by(Site.removed_at, Site.id))
        return [_removed(site) for site in found]


def _removed(site: Site) -> RemovedSite:
    assert site.removed_at is not None
    names = frozenset({site.domain, site.stored_as, *(one.domain for one in site.domains)})
    return RemovedSite(site.id, site.domain, site.name, site.stored_as, names, site.removed_at, site.removed_by)


def delete_site(database: AppDatabase, site_id: int) -> None:
    """Deletes a site that is set aside, with its settings, recipients and all else that the app database has of it."""
    with database.transaction() as session:
        site = session.get(Site, site_id, with_for_update=True)
        if site is not None and site.removed_at is not None:
            session.delete(site)


def rows_of(database: AppDatabase, site_id: int) -> Mapping[str, int]:
    """How many rows each table of the app database has of a site: what goes with it."""
    tables = [table for table in Base.metadata.sorted_tables if "site_id" in table.c]
    with database.transaction() as session:
        counted = {
            table.name: session.scalar(select(func.count()).where(table.c.site_id == site_id)) for table in tables
        }
    return {name: rows for name, rows in counted.items() if rows}
