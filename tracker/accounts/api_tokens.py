"""Tokens by which programs ask the HTTP API: of one site each, to read or also to change. Raises Invalid.

A token is a random secret that whoever made it has; the database has its hash.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select, update

from tracker.accounts.permissions import Action, Actor
from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid, about
from tracker.db.sharing_models import ApiToken

LONGEST_NAME = 80
MOST_TOKENS = 100
# By this a token is told from other secrets, in a file or a log.
_PREFIX = "wl_"
_TOKEN_BYTES = 32
_LONGEST_TOKEN = 100
# A program may ask ten times a second: each use is not written.
_MINUTE = timedelta(minutes=1)
_READING = frozenset({Action.VIEW_REPORTS, Action.EXPORT_REPORTS, Action.VIEW_SETTINGS})
_CHANGING = _READING | {Action.CHANGE_SETTINGS}


def add_token(
    database: AppDatabase, site_id: int, name: str, *, may_change: bool, by: str, now: datetime
) -> tuple[ApiToken, str]:
    """Adds a token to a site and returns it with its text, which cannot be read again."""
    with about("name"):
        said = " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())
        if not said or len(said) > LONGEST_NAME:
            raise Invalid("Write a name of %(most)s characters at most.", most=str(LONGEST_NAME))
    text = _PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)
    made = ApiToken(
        site_id=site_id, name=said, token_hash=_hash(text), may_change=may_change, created_by=by, created_at=now
    )
    with database.transaction() as session:
        session.add(made)
        session.flush()
        if len(session.scalars(select(ApiToken.id).where(ApiToken.site_id == site_id)).all()) > MOST_TOKENS:
            raise Invalid("%(count)s tokens are too many; revoke one first.", count=str(MOST_TOKENS))
    return made, text


def tokens_of(database: AppDatabase, site_id: int) -> Sequence[ApiToken]:
    """A site's tokens, the oldest first."""
    with database.transaction() as session:
        return session.scalars(select(ApiToken).where(ApiToken.site_id == site_id).order_by(ApiToken.id)).all()


def revoke_token(database: AppDatabase, site_id: int, number: int) -> str | None:
    """Deletes a token of a site: from then on it opens nothing. Returns its name; None when there was none."""
    gone = delete(ApiToken).where(ApiToken.site_id == site_id, ApiToken.id == number)
    with database.transaction() as session:
        return session.scalar(gone.returning(ApiToken.name))


def actor_of(database: AppDatabase, text: str, *, now: datetime) -> Actor | None:
    """Whoever asks with a token, whose use is noted; None when there is no such token."""
    if not text or len(text) > _LONGEST_TOKEN:
        return None
    hashed = _hash(text)
    with database.transaction() as session:
        found = session.scalar(select(ApiToken).where(ApiToken.token_hash == hashed))
    # The index finds the row; that it is the one is compared in constant time.
    if found is None or not hmac.compare_digest(found.token_hash, hashed):
        return None
    if found.last_used_at is None or not found.last_used_at <= now < found.last_used_at + _MINUTE:
        with database.transaction() as session:
            session.execute(update(ApiToken).where(ApiToken.id == found.id).values(last_used_at=now))
    return Actor(None, only_site=found.site_id, only=_CHANGING if found.may_change else _READING)


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
