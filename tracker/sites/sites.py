"""The sites that are counted: list, find, add, change. What their settings may be is tracker.sites.site_settings'."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from itertools import chain, count
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid, about
from tracker.db.models import Site, SiteDomain
from tracker.sites import site_settings
from tracker.sites.domain_name import plain_domain, shown_domain, split_name
from tracker.sites.recipients import new_recipient

LANGUAGES = site_settings.LANGUAGES


def normalise_domain(text: str) -> str:
    """A domain as it is kept: `https://WWW.Exemple.fr:443/blog` becomes `exemple.fr`. Raises Invalid.

    Names beyond ASCII are kept in their punycode form, which is what browsers report.
    """
    plain = plain_domain(text)
    if plain is None:
        raise Invalid("“%(domain)s” is not a domain; write one such as blog.example.fr.", domain=text.strip()[:60])
    return plain


def list_sites(database: AppDatabase) -> Sequence[Site]:
    """All sites by domain, each with its recipients."""
    with database.transaction() as session:
        return session.scalars(_with_recipients().order_by(Site.domain)).all()


class ListedSite(NamedTuple):
    """As much of a site as a list of many needs."""

    domain: str
    stored_as: str
    time_zone: str
    label: str | None

    @property
    def name(self) -> str:
        """What it is called: its own name, else the domain in its own script."""
        return self.label or shown_domain(self.domain)


def find_sites(database: AppDatabase, *, search: str = "") -> list[ListedSite]:
    """The sites whose domain or name contains `search`, by domain; not to be changed."""
    return database.kept("sites", lambda: _find_sites(database, "")) if not search else _find_sites(database, search)


def _find_sites(database: AppDatabase, search: str) -> list[ListedSite]:
    wanted: ColumnElement[bool] = true()
    if search:
        named = Site.label.icontains(search, autoescape=True)
        wanted = or_(named, *(Site.domain.contains(text, autoescape=True) for text in _spellings(search)))
    present = select(Site.domain, Site.stored_as, Site.time_zone, Site.label).where(Site.removed_at.is_(None))
    found = present.where(wanted).order_by(Site.domain)
    with database.transaction() as session:
        return [ListedSite(*row) for row in session.execute(found)]


def _spellings(search: str) -> set[str]:
    """What to look for in domains as they are kept: the text itself, and the domain that it means if it is one."""
    try:
        return {search.strip().lower(), normalise_domain(search)}
    except Invalid:
        return {search.strip().lower()}


def no_site(domain: str) -> str:
    """What every command says of a domain that no site has."""
    return f"there is no site {domain!r}; give the domain of one of `webleads site list`, or add it with `webleads site add`"


def find_site(database: AppDatabase, domain: str) -> Site | None:
    """The site of a domain in any spelling, also of one that it had before, with its recipients; None when there is none."""
    with database.transaction() as session:
        return site_of(session, domain)


def site_to_show(database: AppDatabase, domain: str) -> Site | None:
    """As `find_site`, for a page that only shows it: others are shown the same object, which nobody may change."""
    return database.kept(("site", domain), lambda: find_site(database, domain))


def site_of(session: Session, domain: str) -> Site | None:
    """As `find_site`, within a transaction."""
    plain = plain_domain(domain)
    if plain is None:
        return None
    sites = _with_recipients()
    found = session.scalar(sites.where(Site.domain == plain))
    if found is None:
        found = session.scalar(sites.join(SiteDomain).where(SiteDomain.domain == plain))
    return found


def _with_recipients() -> Select[Site]:
    return select(Site).where(Site.removed_at.is_(None)).options(selectinload(Site.recipients))


def add_site(
    database: AppDatabase,
    domain: str,
    *,
    now: datetime,
    time_zone: str = "Europe/Paris",
    language: str = "fr",
    recipients: Sequence[str] = (),
) -> Site:
    """Adds a site and returns it as `find_site` does. Raises Invalid, also for a page of a site."""
    with about("domain"):
        plain = whole_site(domain)
    site = Site(domain=plain, created_at=now, page_parameters=None)
    with about("time_zone"):
        site.time_zone = site_settings.zone(time_zone)
    site.language = site_settings.language(language)
    site.excluded_networks = site.disabled_rules = site.link_key = ""
    site.staging_hosts = site.other_hosts = site.excluded_referrers = site.excluded_pages = ""
    site.honours_signals = site.keeps_emails = site.counts_development = False
    site.domains = []
    emails = site_settings.emails(recipients)
    try:
        with about("domain"), database.transaction() as session:
            refuse_taken(session, plain)
            site.stored_as = _unused_name(session, plain)
            site.recipients = [new_recipient(session, email, now=now) for email in emails]
            session.add(site)
    except IntegrityError:
        raise Invalid("%(domain)s already exists.", domain=shown_domain(plain)) from None
    return site


def whole_site(text: str) -> str:
    """The domain that somebody typed as a site's. Raises Invalid, also where it is followed by a path."""
    plain = normalise_domain(text)
    if split_name(text)[1].strip("/\\ "):
        raise Invalid(
            "“%(text)s” is a page, and a site is all that its host has; write %(domain)s.",
            text=text.strip()[:60],
            domain=shown_domain(plain),
        )
    return plain


def refuse_taken(session: Session, domain: str, *, besides: Site | None = None) -> None:
    """Raises Invalid when a site, other than `besides`, has a domain or had it before, also one that was removed."""
    holders = select(Site).outerjoin(SiteDomain).where((Site.domain == domain) | (SiteDomain.domain == domain))
    taken = session.scalar(holders)
    if taken is None or taken is besides:
        return
    shown = shown_domain(domain)
    if taken.removed_at is not None:
        raise Invalid("%(domain)s was removed and can still be taken back, in the list of sites.", domain=shown)
    if taken.domain == domain:
        raise Invalid("%(domain)s already exists.", domain=shown)
    if not any(one.domain == domain and one.is_former for one in taken.domains):
        raise Invalid("%(domain)s is counted for %(site)s already.", domain=shown, site=taken.name)
    raise Invalid("%(domain)s already exists: %(site)s had that name.", domain=shown, site=taken.name)


def _unused_name(session: Session, domain: str) -> str:
    """The name under which a new site's events are stored: its domain, unless another site's are from before it moved."""
    taken = set(session.scalars(select(Site.stored_as).where(Site.stored_as.startswith(domain, autoescape=True))))
    return next(name for name in chain([domain], (f"{domain}~{number}" for number in count(2))) if name not in taken)


def update_site(
    database: AppDatabase,
    domain: str,
    *,
    time_zone: str,
    language: str,
    excluded_networks: str,
    honours_signals: bool = False,
    keeps_emails: bool = False,
    disabled_rules: Collection[str] | None = None,
    counting: site_settings.Counting | None = None,
) -> Site:
    """Changes a site's settings, all or none. Raises Invalid; LookupError when there is no such site.

    `disabled_rules` are the rules for detecting bots that are off for the site; these and `counting` stay as
    they are where None is given.
    """
    with about("time_zone"):
        zone = site_settings.zone(time_zone)
    with about("report_language"):
        tongue = site_settings.language(language)
    with about("excluded_networks"):
        networks = site_settings.networks(excluded_networks)
    with database.transaction() as session:
        site = site_of(session, domain)
        if site is None:
            raise LookupError(domain)
        if counting is not None:
            counting.apply(site)
        site.time_zone, site.language, site.excluded_networks = zone, tongue, networks
        site.honours_signals, site.keeps_emails = honours_signals, keeps_emails
        if disabled_rules is not None:
            site.disabled_rules = "\n".join(sorted(disabled_rules))
        session.flush()
        return site


def change_counting(database: AppDatabase, domain: str, counting: site_settings.Counting) -> Site:
    """Changes which pages and hosts of a site are counted. Raises Invalid; LookupError when there is no such site."""
    with database.transaction() as session:
        site = site_of(session, domain)
        if site is None:
            raise LookupError(domain)
        counting.apply(site)
        return site


def link_key(database: AppDatabase, domain: str, *, random_text: Callable[[int], str]) -> str:
    """The key that signs the tokens of a site's newsletter links, made on first use. Raises LookupError.

    `random_text` returns a text of a number of random bytes.
    """
    with database.transaction() as session:
        site = site_of(session, domain)
        if site is None:
            raise LookupError(domain)
        session.refresh(site, with_for_update=True)
        site.link_key = site.link_key or random_text(32)
        return site.link_key
