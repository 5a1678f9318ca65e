"""The people who sign in: create, list, authenticate, change, remove."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.accounts.emails import normalise_email
from tracker.accounts.passwords import check_password, hash_password, password_fits
from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid, about
from tracker.db.models import OneTimeLink, Site, User, UserSession

_LONGEST_NAME = 100


def count_users(database: AppDatabase) -> int:
    with database.transaction() as session:
        return session.scalar(select(func.count()).select_from(User)) or 0


def list_users(database: AppDatabase) -> Sequence[User]:
    """Returns all users, the oldest account first."""
    with database.transaction() as session:
        return session.scalars(select(User).order_by(User.created_at, User.id)).all()


def create_user(
    database: AppDatabase, email: str, password: str, *, now: datetime, language: str | None = None, name: str = ""
) -> User:
    """Adds a user and returns it. Raises Invalid for an invalid or known email, or a refused password."""
    plain = check_choice(database, email, password)
    user = User(
        email=plain, name=normalise_name(name), password_hash=hash_password(password), language=language, created_at=now
    )
    try:
        with database.transaction() as session:
            session.add(user)
    except IntegrityError:
        raise Invalid("%(email)s already has an account.", email=user.email) from None
    return user


def check_choice(database: AppDatabase, email: str, password: str) -> str:
    """Returns the normalised email. Raises Invalid for an invalid email or a weak password."""
    with about("email"):
        plain = normalise_email(email)
    with about("password"), database.transaction() as session:
        check_password(password, email=plain, domains=_domains(session))
    return plain


def normalise_name(text: str) -> str | None:
    """Returns a person's name on one line, None for an empty one. Raises Invalid."""
    name = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    if len(name) > _LONGEST_NAME:
        raise Invalid("The name has more than %(most)s characters; write a shorter one.", most=str(_LONGEST_NAME))
    return name or None


def find_user_by_email(database: AppDatabase, email: str) -> User | None:
    with database.transaction() as session:
        return session.scalar(select(User).where(User.email == email.strip().lower()))


def authenticate(database: AppDatabase, email: str, password: str, *, now: datetime) -> User | None:
    """Returns the user of this email and password, and records the sign-in; None when either is wrong.

    Takes as long for an unknown email as for a wrong password, so that nobody learns who has an account.
    """
    user = find_user_by_email(database, email)
    if not password_fits(user.password_hash if user is not None else None, password) or user is None:
        return None
    with database.transaction() as session:
        session.get_one(User, user.id).last_sign_in_at = now
    return user


def set_password(database: AppDatabase, user_id: int, password: str) -> User:
    """Replaces a user's password, ends all of their sessions and returns the user. Raises Invalid.

    Password reset links that were sent before stop working.
    """
    with database.transaction() as session:
        user = session.get_one(User, user_id)
        check_password(password, email=user.email, domains=_domains(session))
    hashed = hash_password(password)  # slow, so outside the transaction: others would wait for it
    with database.transaction() as session:
        user = session.get_one(User, user_id)
        user.password_hash = hashed
        session.execute(delete(UserSession).where(UserSession.user_id == user_id))
        session.execute(delete(OneTimeLink).where(OneTimeLink.email == user.email))
    return user


def set_language(database: AppDatabase, user_id: int, language: str) -> None:
    with database.transaction() as session:
        session.get_one(User, user_id).language = language


def set_profile(
    database: AppDatabase, user_id: int, *, name: str, language: str, uses_keys: bool | None = None
) -> None:
    """Replaces a user's name and language, and whether letters are shortcuts unless that is None. Raises Invalid."""
    plain = normalise_name(name)
    with database.transaction() as session:
        user = session.get_one(User, user_id)
        user.name, user.language = plain, language
        if uses_keys is not None:
            user.uses_keys = uses_keys


def remove_user(database: AppDatabase, user_id: int) -> User | None:
    """Removes an account with its sessions and links and returns it; None when it was already removed.

    Raises Invalid for the last account: without it nobody could sign in.
    """
    with database.transaction() as session:
        # Write first: from then on SQLite lets nobody else write, and PostgreSQL locks the rows that we read.
        session.execute(delete(UserSession).where(UserSession.user_id == user_id))
        everybody = session.scalars(select(User).order_by(User.id).with_for_update()).all()
        user = next((one for one in everybody if one.id == user_id), None)
        if user is None:
            return None
        if len(everybody) == 1:
            raise Invalid("%(email)s is the only account; invite somebody first.", email=user.email)
        session.execute(delete(OneTimeLink).where(OneTimeLink.email == user.email))
        session.delete(user)
    return user


def _domains(session: Session) -> list[str]:
    return list(session.scalars(select(Site.domain)))
