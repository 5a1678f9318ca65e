"""Links to a site's dashboard or report for people without an account: made, listed, found by token, revoked.

A token is a random secret that its URL alone has; the database has its hash. What a link shows is fixed when it is
made. Nothing here says what a page shows of it: that is dashboards.web.sharing's.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from tracker.accounts.passwords import hash_password
from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid, about
from tracker.db.models import Site
from tracker.db.sharing_models import SharedLink
from tracker.sites.site_settings import hosts

LONGEST_NAME = 80
LEAST_PASSWORD = 8
MOST_LINKS = 200
_TOKEN_BYTES = 32
_LONGEST_TOKEN = 100


class Page(StrEnum):
    """What a link shows. The value is stored."""

    DASHBOARD = "dashboard"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True)
class Asked:
    """A link as its form describes it. `filters` are texts for a URL; `frame_hosts` are as typed."""

    name: str
    page: str = Page.DASHBOARD
    password: str = ""
    ends_at: datetime | None = None
    filters: Sequence[str] = ()
    shows_companies: bool = False
    frame_hosts: str = ""
    is_public: bool = False


def add_link(database: AppDatabase, site_id: int, asked: Asked, *, by: str, now: datetime) -> tuple[SharedLink, str]:
    """Adds a link and returns it with its token, which cannot be read again; empty for a public one. Raises Invalid."""
    token = "" if asked.is_public else secrets.token_urlsafe(_TOKEN_BYTES)
    link = _checked(asked, now)
    link.site_id, link.created_by, link.created_at = site_id, by, now
    link.token_hash = _hash(token) if token else None
    own = select(SharedLink).where(SharedLink.site_id == site_id)
    with database.transaction() as session:
        session.add(link)
        session.flush()
        kept = session.scalars(own.order_by(SharedLink.id)).all()
        if len(kept) > MOST_LINKS:
            raise Invalid("%(count)s links are too many; revoke one first.", count=str(MOST_LINKS))
        if not token and any(one.token_hash is None and one.id != link.id for one in kept):
            raise Invalid("The site has a public dashboard already; revoke it first.")
    return link, token


def end_of_day(text: str, zone: ZoneInfo) -> datetime | None:
    """The end of a link's last day, as typed; None for an empty text. Raises Invalid."""
    if not text.strip():
        return None
    with about("ends_at"):
        try:
            return datetime.combine(date.fromisoformat(text.strip()) + timedelta(days=1), time(), zone)
        except (ValueError, OverflowError):
            raise Invalid("“%(text)s” is not a day; write one such as 2026-12-31.", text=text[:20]) from None


def last_day(link: SharedLink, zone: ZoneInfo) -> date | None:
    """The last local day on which a link opens; None for one without an end."""
    return (link.ends_at - timedelta(seconds=1)).astimezone(zone).date() if link.ends_at else None


def _checked(asked: Asked, now: datetime) -> SharedLink:
    with about("name"):
        name = " ".join("".join(sign if sign.isprintable() else " " for sign in asked.name).split())
        if not name or len(name) > LONGEST_NAME:
            raise Invalid("Write a name of %(most)s characters at most.", most=str(LONGEST_NAME))
    with about("page"):
        if asked.page not in set(Page):
            raise Invalid("“%(page)s” cannot be shared.", page=asked.page[:20])
    with about("password"):
        if asked.password and len(asked.password) < LEAST_PASSWORD:
            raise Invalid("The password is too short; write %(least)s characters at least.", least=str(LEAST_PASSWORD))
        if asked.password and asked.is_public:
            raise Invalid("A public dashboard has no password; leave it empty.")
    with about("ends_at"):
        if asked.ends_at is not None and asked.ends_at <= now:
            raise Invalid("The end is over already; choose a later day.")
    with about("frame_hosts"):
        framed = hosts(asked.frame_hosts)
        if framed and asked.password:
            raise Invalid("An embedded page cannot ask for a password; leave one of the two empty.")
    return SharedLink(
        name=name,
        page=asked.page,
        password_hash=hash_password(asked.password) if asked.password else None,
        ends_at=asked.ends_at,
        filters=json.dumps(list(asked.filters)),
        shows_companies=asked.shows_companies,
        frame_hosts=framed,
    )


def links_of(database: AppDatabase, site_id: int) -> Sequence[SharedLink]:
    """A site's links, the newest first."""
    own = select(SharedLink).where(SharedLink.site_id == site_id).order_by(SharedLink.id.desc())
    with database.transaction() as session:
        return session.scalars(own).all()


def revoke_link(database: AppDatabase, site_id: int, link_id: int) -> str | None:
    """Deletes a link of a site: from then on its URL shows nothing. Returns its name; None when there was none."""
    gone = delete(SharedLink).where(SharedLink.site_id == site_id, SharedLink.id == link_id)
    with database.transaction() as session:
        return session.scalar(gone.returning(SharedLink.name))


def find_link(database: AppDatabase, token: str) -> tuple[SharedLink, str] | None:
    """The link of a token, and its site's domain, also once its end is over; None when there is none."""
    if not token or len(token) > _LONGEST_TOKEN:
        return None
    hashed = _hash(token)
    found = _with_site(database, SharedLink.token_hash == hashed)
    # The index finds the row; that it is the one is compared in constant time.
    return found if found and hmac.compare_digest(found[0].token_hash or "", hashed) else None


def find_public(database: AppDatabase, site_id: int) -> tuple[SharedLink, str] | None:
    """The public dashboard of a site, and the site's domain; None when it has none."""
    return _with_site(database, SharedLink.site_id == site_id, SharedLink.token_hash.is_(None))


def _with_site(database: AppDatabase, *wanted: object) -> tuple[SharedLink, str] | None:
    shared = select(SharedLink, Site.domain).join(Site, Site.id == SharedLink.site_id)
    with database.transaction() as session:
        found = session.execute(shared.where(Site.removed_at.is_(None), *wanted)).first()  # type: ignore[arg-type]
    return None if found is None else (found[0], found[1])


def filters_of(link: SharedLink) -> list[str]:
    """The texts of a link's filters."""
    texts: list[str] = json.loads(link.filters)
    return texts


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
