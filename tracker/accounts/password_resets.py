"""Forgotten passwords: a one-time link for an account's email, with which its holder chooses a new password."""

from __future__ import annotations

from datetime import datetime, timedelta

from tracker.accounts.one_time_links import create_link, find_link, list_links, redeem_link
from tracker.accounts.users import check_choice, find_user_by_email, set_password
from tracker.db.engine import AppDatabase
from tracker.db.models import User

# OWASP's Forgot Password cheat sheet: a link that comes by email lasts an hour at most.
LASTS = timedelta(hours=1)
# Anybody may ask for another person's link, so one account gets links no more often than this.
_LEAST_PAUSE = timedelta(minutes=5)
_PURPOSE = "new-password"


def request_reset(database: AppDatabase, email: str, *, now: datetime) -> tuple[User, str] | None:
    """Returns the account of an email and a new token for it; None for an unknown email, or one that got a link just before.

    Earlier links stay valid. Otherwise a stranger could make the owner's link useless by asking for a new one.
    """
    user = find_user_by_email(database, email)
    if user is None:
        return None
    earlier = list_links(database, _PURPOSE, now=now, email=user.email)
    if any(now - link.created_at < _LEAST_PAUSE for link in earlier):
        return None
    return user, reset_token(database, user, now=now)


def reset_token(database: AppDatabase, user: User, *, now: datetime, lasts: timedelta = LASTS) -> str:
    """Returns a new token with which the user's password can be replaced."""
    return create_link(database, _PURPOSE, now=now, lasts=lasts, email=user.email)


def user_to_reset(database: AppDatabase, token: str, *, now: datetime) -> User | None:
    """Returns the user whose password a token replaces; None when the token is unknown, used or expired."""
    link = find_link(database, token, _PURPOSE, now=now)
    return find_user_by_email(database, link.email) if link is not None and link.email is not None else None


def reset_password(database: AppDatabase, token: str, password: str, *, now: datetime) -> User | None:
    """Replaces the password, ends all sessions and returns the user; None when the token is unknown, used or expired.

    Raises Invalid for a refused password. The password is checked first, so that a refusal leaves the link usable.
    """
    user = user_to_reset(database, token, now=now)
    if user is None:
        return None
    check_choice(database, user.email, password)
    if not redeem_link(database, token, _PURPOSE, now=now):
        return None
    return set_password(database, user.id, password)
