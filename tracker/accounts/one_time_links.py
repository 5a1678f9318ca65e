"""Links that work once, such as the first user's. Only a hash of a token is kept, so the database opens no door."""

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
    """A new token for `purpose`, and for one person's `email` where it is named; expired ones are removed on the way."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    link = OneTimeLink(token_hash=_hash(token), purpose=purpose, email=email, created_at=now, expires_at=now + lasts)
    with database.transaction() as session:
        session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at <= now))
        session.add(link)
    return token


def find_link(database: AppDatabase, token: str, purpose: str, *, now: datetime) -> OneTimeLink | None:
    """The link that the token would open now; it stays unused."""
    with database.transaction() as session:
        return session.scalar(
            select(OneTimeLink).where(
                OneTimeLink.token_hash == _hash(token), OneTimeLink.purpose == purpose, OneTimeLink.expires_at > now
            )
        )


def link_works(database: AppDatabase, token: str, purpose: str, *, now: datetime) -> bool:
    """Whether the token would be taken now; it stays unused."""
    return find_link(database, token, purpose, now=now) is not None


def list_links(
    database: AppDatabase, purpose: str, *, now: datetime, email: str | None = None
) -> Sequence[OneTimeLink]:
    """The links for a purpose that still work, the newest first; of one person where their email is named."""
    wanted = select(OneTimeLink).where(OneTimeLink.purpose == purpose, OneTimeLink.expires_at > now)
    if email is not None:
        wanted = wanted.where(OneTimeLink.email == email)
    with database.transaction() as session:
        return session.scalars(wanted.order_by(OneTimeLink.created_at.desc(), OneTimeLink.email)).all()


def redeem_link(database: AppDatabase, token: str, purpose: str, *, now: datetime) -> bool:
    """Uses the token up: True for exactly one caller, however many try at once."""
    used = delete(OneTimeLink).where(
        OneTimeLink.token_hash == _hash(token), OneTimeLink.purpose == purpose, OneTimeLink.expires_at > now
    )
    with database.transaction() as session:
        gone = session.scalar(used.returning(OneTimeLink.token_hash))
    return gone is not None


def withdraw_links(database: AppDatabase, purpose: str, email: str) -> int:
    """Deletes a person's links for a purpose; how many there were."""
    theirs = delete(OneTimeLink).where(OneTimeLink.purpose == purpose, OneTimeLink.email == email)
    with database.transaction() as session:
        return len(session.scalars(theirs.returning(OneTimeLink.token_hash)).all())


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
