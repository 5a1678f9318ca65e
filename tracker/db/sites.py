"""The sites that are counted: list, find, add, change. Owns how a domain is written and what a site's settings may be."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from ipaddress import ip_network
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from tracker.db.emails import normalise_email
from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid
from tracker.db.models import ReportRecipient, Site

LANGUAGES = ("fr", "en")

_MAX_DOMAIN = 253  # RFC 1035, 2.3.4
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# Names without a dot that people count while they try things out.
_LOCAL_NAMES = {"localhost"}


def normalise_domain(text: str) -> str:
    """A domain as it is kept: `https://WWW.Exemple.fr:443/blog` becomes `exemple.fr`. Raises Invalid.

    Names beyond ASCII are kept in their punycode form, which is what browsers report.
    """
    host = text.strip().lower()
    host = host.split("://", 1)[-1]
    host = re.split(r"[/?#\\]", host, maxsplit=1)[0].rsplit("@", 1)[-1]
    host = re.sub(r":\d*$", "", host).rstrip(".").removeprefix("www.")
    try:
        host = host.encode("idna").decode("ascii") if not host.isascii() else host
    except UnicodeError:
        host = ""
    labels = host.split(".")
    complete = len(labels) > 1 or host in _LOCAL_NAMES
    if not complete or len(host) > _MAX_DOMAIN or not all(_LABEL.fullmatch(label) for label in labels):
        raise Invalid("“%(domain)s” is not a domain; write one such as blog.example.fr.", domain=text.strip()[:60])
    return host


def list_sites(database: AppDatabase) -> Sequence[Site]:
    """All sites by domain, each with its recipients."""
    with database.transaction() as session:
        return session.scalars(select(Site).options(selectinload(Site.recipients)).order_by(Site.domain)).all()


def find_site(database: AppDatabase, domain: str) -> Site | None:
    """The site of a domain in any spelling, with its recipients; None when there is none."""
    try:
        plain = normalise_domain(domain)
    except Invalid:
        return None
    with database.transaction() as session:
        return session.scalar(select(Site).options(selectinload(Site.recipients)).where(Site.domain == plain))


def add_site(
    database: AppDatabase,
    domain: str,
    *,
    now: datetime,
    time_zone: str = "Europe/Paris",
    language: str = "fr",
    recipients: Sequence[str] = (),
) -> Site:
    """Adds a site and gives it as `find_site` would. Raises Invalid."""
    plain = normalise_domain(domain)
    site = Site(domain=plain, time_zone=_zone(time_zone), language=_language(language), created_at=now)
    site.excluded_networks = site.disabled_rules = site.link_key = ""
    site.honours_signals = site.keeps_emails = False
    site.recipients = [ReportRecipient(email=email, created_at=now) for email in _emails(recipients)]
    try:
        with database.transaction() as session:
            session.add(site)
    except IntegrityError:
        raise Invalid("%(domain)s is here already.", domain=plain) from None
    return site


def update_site(
    database: AppDatabase,
    domain: str,
    *,
    now: datetime,
    time_zone: str,
    language: str,
    excluded_networks: str,
    recipients: Sequence[str],
    honours_signals: bool = False,
    keeps_emails: bool = False,
    disabled_rules: Collection[str] | None = None,
) -> Site:
    """Changes a site's settings, all or none. Raises Invalid; LookupError when there is no such site.

    `disabled_rules` are the rules by which a robot is told that do not hold for the site; None leaves them as they are.
    """
    zone, tongue, networks, emails = (
        _zone(time_zone),
        _language(language),
        _networks(excluded_networks),
        _emails(recipients),
    )
    with database.transaction() as session:
        site = session.scalar(
            select(Site).options(selectinload(Site.recipients)).where(Site.domain == normalise_domain(domain))
        )
        if site is None:
            raise LookupError(domain)
        site.time_zone, site.language, site.excluded_networks = zone, tongue, networks
        site.honours_signals, site.keeps_emails = honours_signals, keeps_emails
        if disabled_rules is not None:
            site.disabled_rules = "\n".join(sorted(disabled_rules))
        kept = [one for one in site.recipients if one.email in emails]
        known = {one.email for one in kept}
        site.recipients = kept + [ReportRecipient(email=one, created_at=now) for one in emails if one not in known]
        session.flush()
        return site


def link_key(database: AppDatabase, domain: str, *, random_text: Callable[[int], str]) -> str:
    """The key that signs the tokens of a site's newsletter links, made on first use. Raises LookupError.

    `random_text` gives a text of so many random bytes.
    """
    with database.transaction() as session:
        site = session.scalar(select(Site).where(Site.domain == normalise_domain(domain)).with_for_update())
        if site is None:
            raise LookupError(domain)
        site.link_key = site.link_key or random_text(32)
        return site.link_key


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise Invalid("There is no time zone “%(zone)s”; write one such as Europe/Paris.", zone=name[:60])
    return ZoneInfo(name).key


def _language(code: str) -> str:
    if code not in LANGUAGES:
        raise Invalid("“%(code)s” is not a language of the reports; they are in fr and en.", code=code[:20])
    return code


def _networks(text: str) -> str:
    """One network a line, as written; every line is checked."""
    lines = [line.strip() for line in re.split(r"[\n,;]", text) if line.strip()]
    for line in lines:
        try:
            ip_network(line, strict=False)
        except ValueError:
            raise Invalid(
                "“%(line)s” is not an address or network; write one a line, such as 203.0.113.7 or 2001:db8::/32.",
                line=line[:60],
            ) from None
    return "\n".join(dict.fromkeys(lines))


def _emails(texts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(normalise_email(text) for text in texts if text.strip()))
