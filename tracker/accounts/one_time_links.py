"""Links that work once, such as the first user's. Only a hash of a token is kept, so the database opens no door."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select

from tracker.db.engine import AppDatabase
from tracker.db.models import OneTimeLink

_TOKEN_BYTES = 24


def create_link(database: AppDatabase, purpose: str, *, now: datetime, lasts: timedelta) -> str:
    """A new token for `purpose`; expired ones are removed on the way."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with database.transaction() as session:
        session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at <= now))
        session.add(OneTimeLink(token_hash=_hash(token), purpose=purpose, created_at=now, expires_at=now + lasts))
    return token


def link_works(database: AppDatabase, token: str, purpose: str, *, now: datetime) -> bool:
    """Whether the token would be taken now; it stays unused."""
    with database.transaction() as session:
        found = session.scalar(
            select(OneTimeLink.token_hash).where(
                OneTimeLink.token_hash == _hash(token), OneTimeLink.purpose == purpose, OneTimeLink.expires_at > now
            )
        )
    return found is not None


def redeem_link(database: AppDatabase, token: str, purpose: str, *, now: datetime) -> bool:
    """Uses the token up: True for exactly one caller, however many try at once."""
    used = delete(OneTimeLink).where(
        OneTimeLink.token_hash == _hash(token), OneTimeLink.purpose == purpose, OneTimeLink.expires_at > now
    )
    with database.transaction() as session:
        gone = session.scalar(used.returning(OneTimeLink.token_hash))
    return gone is not None


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
