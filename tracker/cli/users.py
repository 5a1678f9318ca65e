"""Commands for who signs in: `user add`, `list`, `invite`, `reset`, `remove`, `sessions`, `sign-out`."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.cli.options import CommandError, data_option, settings_of
from tracker.cli.sites import app_database

if TYPE_CHECKING:
    from tracker.db.engine import AppDatabase
    from tracker.db.models import User


@click.group()
def user() -> None:
    """The people who sign in to the dashboard."""


@user.command("add")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
@data_option
def add_user(email: str, password_stdin: bool, data: Path | None) -> None:
    """Add a dashboard user; the password is asked for."""
    from tracker.accounts.users import create_user
    from tracker.clock import utc_now

    if password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with app_database(settings_of(data)) as database:
        try:
            added = create_user(database, email, password, now=utc_now())
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
    click.echo(f"{added.email} can sign in")


@user.command("list")
@data_option
def list_people(data: Path | None) -> None:
    """List who can sign in, and whom an open invitation is for."""
    from tracker.accounts.invitations import list_invitations
    from tracker.accounts.users import list_users
    from tracker.clock import utc_now

    with app_database(settings_of(data)) as database:
        users, invited = list_users(database), list_invitations(database, now=utc_now())
    for one in users:
        last = f"last sign-in {one.last_sign_in_at:%Y-%m-%d %H:%M} UTC" if one.last_sign_in_at else "no sign-in yet"
        click.echo(f"{one.email:<32} {one.name or '-':<24} {last}")
    for link in invited:
        click.echo(f"{link.email:<32} {'-':<24} invited until {link.expires_at:%Y-%m-%d %H:%M} UTC")


@user.command("invite")
@click.argument("email")
@data_option
def invite_user(email: str, data: Path | None) -> None:
    """Print a link with which somebody creates their account; it works once, for seven days."""
    from tracker.accounts.invitations import invite
    from tracker.clock import utc_now

    settings = settings_of(data)
    with app_database(settings) as database:
        try:
            _, token = invite(database, email, now=utc_now())
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
    click.echo(f"{settings.public_url}/invitation/{token}")


@user.command("reset")
@click.argument("email")
@data_option
def reset_user(email: str, data: Path | None) -> None:
    """Print a link with which a user chooses a new password; it works once, for a day."""
    from tracker.accounts.password_resets import reset_token
    from tracker.clock import utc_now

    settings = settings_of(data)
    with app_database(settings) as database:
        token = reset_token(database, _user(database, email), now=utc_now(), lasts=timedelta(days=1))
    click.echo(f"{settings.public_url}/new-password/{token}")


@user.command("remove")
@click.argument("email")
@data_option
def remove(email: str, data: Path | None) -> None:
    """Remove a user, who is signed out on all devices at once. The last one stays."""
    from tracker.accounts.users import remove_user

    with app_database(settings_of(data)) as database:
        try:
            remove_user(database, _user(database, email).id)
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
    click.echo(f"{email} can no longer sign in")


@user.command("sessions")
@click.argument("email")
@data_option
def sessions(email: str, data: Path | None) -> None:
    """List the devices on which a user is signed in, the last used first."""
    from tracker.accounts.sessions import list_sessions
    from tracker.clock import utc_now

    with app_database(settings_of(data)) as database:
        found = list_sessions(database, _user(database, email).id, now=utc_now())
    if not found:
        click.echo(f"{email} is not signed in anywhere")
    for one in found:
        device = " on ".join(part for part in (one.browser, one.system) if part) or "unknown device"
        click.echo(
            f"{device:<32} last used {one.last_seen_at:%Y-%m-%d %H:%M} UTC, signed in {one.created_at:%Y-%m-%d %H:%M}"
        )


@user.command("sign-out")
@click.argument("email")
@data_option
def sign_out(email: str, data: Path | None) -> None:
    """Sign a user out on all devices, at once."""
    from tracker.accounts.sessions import end_sessions

    with app_database(settings_of(data)) as database:
        ended = end_sessions(database, _user(database, email).id)
    click.echo(f"{email} is signed out of {ended} device{'' if ended == 1 else 's'}")


def _user(database: AppDatabase, email: str) -> User:
    from tracker.accounts.users import find_user_by_email

    found = find_user_by_email(database, email)
    if found is None:
        raise CommandError(f"there is no user {email}; add one with `webleads user add {email}`")
    return found
