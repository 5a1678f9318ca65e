"""A site's name and domains: what it is called, where it moves, which domains beside its own are counted for it.

The event store has no updates, so a site's events keep the name under which they are stored (`Site.stored_as`), and so
do those to come; the site itself, its pages and links have the new one. A former domain still finds it, and its hits
are counted for as long as the move says.
"""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid, about
from tracker.db.models import Site, SiteDomain
from tracker.db.seen_version import require_seen, version_of
from tracker.sites.domain_name import shown_domain
from tracker.sites.sites import normalise_domain, refuse_taken, site_of, whole_site

LONGEST_NAME = 60
_MOST_DOMAINS = 50


def names_version(site: Site) -> str:
    """The version of a site's name and domains, as forms carry it (tracker.db.seen_version)."""
    domains = (f"{one.domain} {one.is_former} {one.counts_until}" for one in site.domains)
    return version_of(site.domain, site.label or "", *domains)


def name_site(database: AppDatabase, domain: str, name: str, *, seen: str | None = None) -> Site:
    """Changes what a site is called; an empty name, or its domain, is its domain. Raises Invalid, ChangedMeanwhileError."""
    with about("name"):
        plain = _plain_name(name)
    with database.transaction() as session:
        site = _present(session, domain, seen)
        site.label = plain if plain and plain != shown_domain(site.domain) else None
        return site


def _plain_name(text: str) -> str:
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if len(plain) > LONGEST_NAME:
        raise Invalid("The name is too long; write %(most)s characters at most.", most=str(LONGEST_NAME))
    return plain


def move_site(
    database: AppDatabase,
    old: str,
    new: str,
    *,
    now: datetime,
    counts_until: datetime | None = None,
    seen: str | None = None,
) -> Site:
    """Gives a site another domain. Links with the old one are still its, and so are hits, until `counts_until` if given.

    Raises Invalid, ChangedMeanwhileError.
    """
    with about("domain"):
        domain = whole_site(new)
    with database.transaction() as session:
        site = _present(session, old, seen)
        with about("domain"):
            refuse_taken(session, domain, besides=site)
        if domain != site.domain:
            former = site.domain
            site.domains = [one for one in site.domains if one.domain != domain]
            session.flush()
            site.domains.append(SiteDomain(domain=former, is_former=True, counts_until=counts_until, created_at=now))
            site.domain = domain
            site.staging_hosts = "\n".join(host for host in site.staging_hosts.split() if host != domain)
        session.flush()
        return site


def change_further_domains(
    database: AppDatabase, domain: str, text: str, *, now: datetime, seen: str | None = None
) -> Site:
    """Changes which further domains are counted for a site, one a line. Raises Invalid, ChangedMeanwhileError."""
    with about("domains"):
        wanted = list(dict.fromkeys(whole_site(line) for line in re.split(r"[\s,;]+", text) if line))
        if len(wanted) > _MOST_DOMAINS:
            raise Invalid(
                "%(count)s domains are too many; write %(most)s at most.",
                count=str(len(wanted)),
                most=str(_MOST_DOMAINS),
            )
    with database.transaction() as session:
        site = _present(session, domain, seen)
        with about("domains"):
            for name in wanted:
                refuse_taken(session, name, besides=site)
        kept = [one for one in site.domains if one.domain in wanted or one.is_former]
        for one in kept:
            if one.domain in wanted:  # a former domain is counted on without an end
                one.is_former, one.counts_until = False, None
        known = {site.domain, *(one.domain for one in kept)}
        site.domains = kept + [
            SiteDomain(domain=name, is_former=False, counts_until=None, created_at=now)
            for name in wanted
            if name not in known
        ]
        session.flush()
        return site


def forget_domain(database: AppDatabase, domain: str, former: str, *, seen: str | None = None) -> Site:
    """Gives up a former domain: its hits and links are nobody's, and another site may have it."""
    with database.transaction() as session:
        site = _present(session, domain, seen)
        site.domains = [one for one in site.domains if one.domain != former or not one.is_former]
        session.flush()
        return site


def _present(session: Session, domain: str, seen: str | None) -> Site:
    site = site_of(session, domain)
    if site is None:
        raise Invalid("There is no site %(domain)s.", domain=normalise_domain(domain))
    # A write first: from then on nobody else writes until this ends, and what is read again is what is kept.
    session.execute(update(Site).where(Site.id == site.id).values(created_at=Site.created_at))
    session.refresh(site)
    require_seen(seen, names_version(site), present=site.domain)
    return site
