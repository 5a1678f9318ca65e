"""Invitations: a one-time link for one email, with which its holder creates their own account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from tracker.accounts.emails import normalise_email
from tracker.accounts.one_time_links import create_link, find_link, list_links, redeem_link, withdraw_links
from tracker.accounts.users import check_choice, create_user, find_user_by_email, normalise_name
from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid
from tracker.db.models import OneTimeLink, User

LASTS = timedelta(days=7)
_PURPOSE = "invitation"


def invite(database: AppDatabase, email: str, *, now: datetime) -> tuple[str, str]:
    """Returns the normalised email and a new token. An earlier invitation of the same email ends. Raises Invalid."""
    plain = normalise_email(email)
    if find_user_by_email(database, plain) is not None:
        raise Invalid("%(email)s already has an account.", email=plain)
    withdraw_links(database, _PURPOSE, plain)
    return plain, create_link(database, _PURPOSE, now=now, lasts=LASTS, email=plain)


def invited_email(database: AppDatabase, token: str, *, now: datetime) -> str | None:
    """Returns the email that an invitation is for; None when the token is unknown, used or expired."""
    link = find_link(database, token, _PURPOSE, now=now)
    return link.email if link is not None else None


def accept(
    database: AppDatabase, token: str, *, name: str, password: str, language: str | None, now: datetime
) -> User | None:
    """Creates the invited person's account and returns it; None when the token is unknown, used or expired.

    Raises Invalid for a refused password. The password is checked first, so that a refusal leaves the link usable.
    """
    email = invited_email(database, token, now=now)
    if email is None:
        return None
    normalise_name(name)
    check_choice(database, email, password)
    if not redeem_link(database, token, _PURPOSE, now=now):
        return None
    return create_user(database, email, password, now=now, language=language, name=name)


def list_invitations(database: AppDatabase, *, now: datetime) -> Sequence[OneTimeLink]:
    """The invitations that nobody has used yet, the newest first."""
    return list_links(database, _PURPOSE, now=now)


def withdraw(database: AppDatabase, email: str) -> bool:
    """Ends the invitation of an email. Returns whether there was one."""
    return withdraw_links(database, _PURPOSE, email) > 0
