"""The people who sign in: create, authenticate, change. Owns what a password must be and how it is hashed."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from werkzeug.security import check_password_hash, generate_password_hash

from tracker.db.emails import normalise_email
from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid
from tracker.db.models import User

MIN_PASSWORD = 10
_MAX_PASSWORD = 1000  # hashing takes time in the length, and nobody types more
# OWASP's password storage cheat sheet: scrypt with N = 2^15, r = 8 takes p = 3; werkzeug writes them into the hash.
_METHOD = "scrypt:32768:8:3"


def count_users(database: AppDatabase) -> int:
    with database.transaction() as session:
        return session.scalar(select(func.count()).select_from(User)) or 0


def create_user(
    database: AppDatabase, email: str, password: str, *, now: datetime, language: str | None = None
) -> User:
    """Adds a user. Raises Invalid."""
    user = User(email=normalise_email(email), password_hash=hash_password(password), language=language, created_at=now)
    try:
        with database.transaction() as session:
            session.add(user)
    except IntegrityError:
        raise Invalid("%(email)s can sign in already.", email=user.email) from None
    return user


def find_user(database: AppDatabase, user_id: int) -> User | None:
    with database.transaction() as session:
        return session.get(User, user_id)


def authenticate(database: AppDatabase, email: str, password: str, *, now: datetime) -> User | None:
    """The user of this email and password, and notes the sign-in; None when either is wrong.

    Takes as long for an unknown email as for a wrong password, so that nobody learns who has an account.
    """
    with database.transaction() as session:
        user = session.scalar(select(User).where(User.email == email.strip().lower()))
    known_hash = user.password_hash if user is not None else _hash_of_nobody()
    if not check_password_hash(known_hash, password[:_MAX_PASSWORD]) or user is None:
        return None
    with database.transaction() as session:
        session.get_one(User, user.id).last_sign_in_at = now
    return user


def set_password(database: AppDatabase, user_id: int, password: str) -> User:
    """Replaces a user's password and gives the user. Raises Invalid."""
    hashed = hash_password(password)
    with database.transaction() as session:
        user = session.get_one(User, user_id)
        user.password_hash = hashed
    return user


def set_language(database: AppDatabase, user_id: int, language: str) -> None:
    with database.transaction() as session:
        session.get_one(User, user_id).language = language


def hash_password(password: str) -> str:
    """The hash to keep. Raises Invalid for a password that is too short or too long."""
    if len(password) < MIN_PASSWORD:
        raise Invalid("The password needs at least %(least)s characters.", least=str(MIN_PASSWORD))
    if len(password) > _MAX_PASSWORD:
        raise Invalid("The password has more than %(most)s characters.", most=str(_MAX_PASSWORD))
    return generate_password_hash(password, method=_METHOD)


@cache
def _hash_of_nobody() -> str:
    return generate_password_hash("nobody's password", method=_METHOD)
