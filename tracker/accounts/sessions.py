"""Sessions of signed-in users: opened, found by token, listed and ended. Only the hash of a token is stored.

A session ends after a month without use, after half a year at the latest, or when its row is deleted.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import joinedload

from tracker.db.engine import AppDatabase
from tracker.db.errors import AppDatabaseUnavailable
from tracker.db.models import UserSession

log = logging.getLogger(__name__)

UNUSED_LASTS = timedelta(days=30)
USED_LASTS = timedelta(days=180)
MOST_OF_ONE_USER = 20
# The time of the last use is stored with a precision of some minutes, which saves a write for each page.
_SEEN_EVERY = timedelta(minutes=5)
_TOKEN_BYTES = 32


class Device(NamedTuple):
    """The device that signs in, as its user knows it. A field is None where it is not known."""

    browser: str | None
    system: str | None


def open_session(database: AppDatabase, user_id: int, device: Device, *, now: datetime) -> str:
    """Opens a session and returns its token.

    Deletes expired sessions. If the user has too many, those that were not used for the longest time are deleted too.
    """
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    opened = UserSession(
        user_id=user_id,
        token_hash=_hash(token),
        browser=device.browser,
        system=device.system,
        created_at=now,
        last_seen_at=now,
    )
    own = select(UserSession.id).where(UserSession.user_id == user_id).order_by(UserSession.last_seen_at.desc())
    with database.transaction() as session:
        session.execute(delete(UserSession).where(~_lasts(now)))
        too_many = session.scalars(own.offset(MOST_OF_ONE_USER - 1)).all()
        session.execute(delete(UserSession).where(UserSession.id.in_(too_many)))
        session.add(opened)
    return token


def find_session(database: AppDatabase, token: str, *, now: datetime) -> UserSession | None:
    """Returns the session of a token, with its user, and records its use; None when it has ended."""
    hashed = _hash(token)
    found = database.kept(("session", hashed), lambda: _session_of(database, hashed))
    if found is None or not (found.last_seen_at > now - UNUSED_LASTS and found.created_at > now - USED_LASTS):
        return None
    if now - found.last_seen_at > _SEEN_EVERY:
        _note_use(database, found.id, now)
    return found


def _session_of(database: AppDatabase, hashed: str) -> UserSession | None:
    wanted = select(UserSession).options(joinedload(UserSession.user)).where(UserSession.token_hash == hashed)
    with database.transaction() as session:
        return session.scalar(wanted)


def list_sessions(database: AppDatabase, user_id: int, *, now: datetime) -> Sequence[UserSession]:
    """Returns a user's sessions, the most recently used first."""
    own = select(UserSession).where(UserSession.user_id == user_id, _lasts(now))
    with database.transaction() as session:
        return session.scalars(own.order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())).all()


def end_session(database: AppDatabase, token: str) -> None:
    with database.transaction() as session:
        session.execute(delete(UserSession).where(UserSession.token_hash == _hash(token)))


def end_session_of(database: AppDatabase, user_id: int, session_id: int) -> bool:
    """Ends the session with this id if it belongs to the user. Returns whether there was one."""
    own = delete(UserSession).where(UserSession.user_id == user_id, UserSession.id == session_id)
    with database.transaction() as session:
        return session.scalar(own.returning(UserSession.id)) is not None


def end_sessions(database: AppDatabase, user_id: int, *, but: int | None = None) -> int:
    """Ends all sessions of a user, except one if it is given. Returns how many were ended."""
    own = delete(UserSession).where(UserSession.user_id == user_id)
    others = own if but is None else own.where(UserSession.id != but)
    with database.transaction() as session:
        return len(session.scalars(others.returning(UserSession.id)).all())


def _note_use(database: AppDatabase, session_id: int, now: datetime) -> None:
    used = update(UserSession).where(UserSession.id == session_id).values(last_seen_at=now)
    try:
        with database.transaction() as session:
            session.execute(used)
    except (AppDatabaseUnavailable, SQLAlchemyError):  # a full disk must not sign anybody out
        log.exception("the last use of a session could not be noted")


def _lasts(now: datetime) -> ColumnElement[bool]:
    return and_(UserSession.last_seen_at > now - UNUSED_LASTS, UserSession.created_at > now - USED_LASTS)


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
