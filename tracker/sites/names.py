"""A site's name changes, or the site goes: what that means in the app database.

The event store has no updates, so a site's events keep the name under which they are stored (`Site.stored_as`), and so
do those to come; the site itself, its pages and links have the new one. The old name still finds it.
"""

from __future__ import annotations

from sqlalchemy import select

from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid
from tracker.db.models import Site
from tracker.sites.sites import normalise_domain, refuse_taken, site_of, whole_site


def rename_site(database: AppDatabase, old: str, new: str) -> Site:
    """Gives a site another domain; hits and links with the old one are still its. Raises Invalid."""
    domain = whole_site(new)
    with database.transaction() as session:
        site = _present(site_of(session, old), old)
        refuse_taken(session, domain, besides=site)
        if domain != site.domain:
            former = [name for name in (*site.former_domains.split(), site.domain) if name != domain]
            site.domain, site.former_domains = domain, "\n".join(former)
            site.staging_hosts = "\n".join(host for host in site.staging_hosts.split() if host != domain)
        session.flush()
        return site


def remove_site(database: AppDatabase, domain: str) -> Site:
    """Removes a site with its settings, recipients and log of emails; returns the removed site. Raises Invalid.

    Its events are the event store's, under `stored_as`.
    """
    with database.transaction() as session:
        site = _present(site_of(session, domain), domain)
        session.delete(site)
        return site


def stored_names(database: AppDatabase) -> set[str]:
    """The names under which the event store has the events of the sites."""
    with database.transaction() as session:
        return set(session.scalars(select(Site.stored_as)))


def _present(site: Site | None, domain: str) -> Site:
    if site is None:
        raise Invalid("There is no site %(domain)s.", domain=normalise_domain(domain))
    return site
