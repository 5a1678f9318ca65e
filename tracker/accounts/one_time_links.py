"""Links that work once, such as the first user's.

Only the hash of a token is stored, so whoever reads the database cannot use a link.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select

from tracker.db.engine import AppDatabase
from tracker.db.models import OneTimeLink

_TOKEN_BYTES = 24


def create_link(
    database: AppDatabase, purpose: str, *, now: datetime, lasts: timedelta, email: str | None = None
) -> str:
    """Returns a new token for `purpose`, bound to `email` if given. Deletes expired links as well."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    link = OneTimeLink(token_hash=_hash(token), purpose=purpose, email=email, created_at=now, expires_at=now + lasts)
    with database.transaction() as session:
        session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at <= now))
        session.add(link)
    return token


def find_link(database: AppDatabase, token: str, purpose: str, *, now: datetime) -> OneTimeLink | None:
    """Returns the valid link of a token without using it up; None where there is none."""
    with database.transaction() as session:
        return session.scalar(
            select(OneTimeLink).where(
                OneTimeLink.token_hash == _hash(token), OneTimeLink.purpose == purpose, OneTimeLink.expires_at > now
            )
        )


def link_works(database: AppDatabase, token: str, purpose: str, *, now: datetime) -> bool:
    """Returns whether a token is valid now, without using it up."""
    return find_link(database, token, purpose, now=now) is not None


def list_links(
    database: AppDatabase, purpose: str, *, now: datetime, email: str | None = None
) -> Sequence[OneTimeLink]:
    """Returns the valid links for a purpose, the newest first; only those of `email` if given."""
    wanted = select(OneTimeLink).where(OneTimeLink.purpose == purpose, OneTimeLink.expires_at > now)
    if email is not None:
        wanted = wanted.where(OneTimeLink.email == email)
    with database.transaction() as session:
        return session.scalars(wanted.order_by(OneTimeLink.created_at.desc(), OneTimeLink.email)).all()


def redeem_link(database: AppDatabase, token: str, purpose: str, *, now: datetime) -> bool:
    """Uses the token up. Returns True to exactly one caller, also when several try at the same time."""
    used = delete(OneTimeLink).where(
        OneTimeLink.token_hash == _hash(token), OneTimeLink.purpose == purpose, OneTimeLink.expires_at > now
    )
    with database.transaction() as session:
        gone = session.scalar(used.returning(OneTimeLink.token_hash))
    return gone is not None


def withdraw_links(database: AppDatabase, purpose: str, email: str) -> int:
    """Deletes a person's links for a purpose. Returns how many there were."""
    theirs = delete(OneTimeLink).where(OneTimeLink.purpose == purpose, OneTimeLink.email == email)
    with database.transaction() as session:
        return len(session.scalars(theirs.returning(OneTimeLink.token_hash)).all())


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
