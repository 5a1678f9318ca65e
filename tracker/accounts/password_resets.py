"""Forgotten passwords: a one-time link for an account's email, with which its holder chooses a new password."""

from __future__ import annotations

from datetime import datetime, timedelta

from tracker.accounts.one_time_links import create_link, find_link, list_links, redeem_link
from tracker.accounts.users import check_choice, find_user_by_email, set_password
from tracker.db.engine import AppDatabase
from tracker.db.models import User

# OWASP's Forgot Password cheat sheet: a link that comes by email lasts an hour at most.
LASTS = timedelta(hours=1)
# Strangers may ask for somebody's link: nobody gets one more often than this.
_LEAST_PAUSE = timedelta(minutes=5)
_PURPOSE = "new-password"


def request_reset(database: AppDatabase, email: str, *, now: datetime) -> tuple[User, str] | None:
    """The account of an email and a token for it; None for an unknown email, or when it got one just before.

    Earlier links stay good: whoever asks for new ones would otherwise keep the owner from using theirs.
    """
    user = find_user_by_email(database, email)
    if user is None:
        return None
    earlier = list_links(database, _PURPOSE, now=now, email=user.email)
    if any(now - link.created_at < _LEAST_PAUSE for link in earlier):
        return None
    return user, reset_token(database, user, now=now)


def reset_token(database: AppDatabase, user: User, *, now: datetime, lasts: timedelta = LASTS) -> str:
    """A token with which the user's password can be replaced."""
    return create_link(database, _PURPOSE, now=now, lasts=lasts, email=user.email)


def user_to_reset(database: AppDatabase, token: str, *, now: datetime) -> User | None:
    """Whose password a token replaces; None when it does not work (any more)."""
    link = find_link(database, token, _PURPOSE, now=now)
    return find_user_by_email(database, link.email) if link is not None and link.email is not None else None


def reset_password(database: AppDatabase, token: str, password: str, *, now: datetime) -> User | None:
    """Replaces the password and ends all sessions; None when the link does not work (any more). Raises Invalid.

    The password is checked first, so that a refused one does not use the link up.
    """
    user = user_to_reset(database, token, now=now)
    if user is None:
        return None
    check_choice(database, user.email, password)
    if not redeem_link(database, token, _PURPOSE, now=now):
        return None
    return set_password(database, user.id, password)
