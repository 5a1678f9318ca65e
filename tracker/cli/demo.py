"""`webleads demo`: a throwaway data folder with a year of made-up traffic, and the dashboard on it."""

from __future__ import annotations

import shutil
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from tracker.cli.options import CommandError, settings_of
from tracker.cli.rollups import FEWEST_TO_SEAL
from tracker.settings import Settings

if TYPE_CHECKING:
    from tracker.db.models import Site
    from tracker.store.protocol import EventStore

_DAYS = 366
DEMO_EMAIL = "demo@example.com"


@click.command()
@click.option("--events", type=click.IntRange(1), default=60_000, show_default=True, help="How many events to make.")
@click.option("--companies", type=click.IntRange(1), default=24, show_default=True, help="How many companies read.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same traffic.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), default=None, help="The last day of the year of traffic.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Keep the demo in this (new) folder.")
@click.option("--host", default=None, help="The IP address or host to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=None, help="Port.")
@click.option("--no-serve", is_flag=True, help="Make the data and stop.")
def demo(
    events: int,
    companies: int,
    seed: int,
    today: datetime | None,
    data: Path | None,
    host: str | None,
    port: int | None,
    no_serve: bool,
) -> None:
    """Try the product on a year of made-up traffic of one French blog."""
    folder = data or Path(tempfile.mkdtemp(prefix="webleads-demo-"))
    if folder.exists() and any(folder.iterdir()):
        raise CommandError(f"{folder} is not empty; the demo needs a new folder")
    settings = settings_of(folder, host=host, port=port)
    is_kept = data is not None
    try:
        password = _fill(folder, events, companies, seed, today.date() if today else None)
        click.echo(f"{events:,} events of a year are in {folder}")
        click.echo(f"sign in as {DEMO_EMAIL} with the password {password}")
        if no_serve:
            is_kept = True
        else:
            from tracker.server import processes

            processes.serve(settings, roles=processes.Roles(), on_ready=_welcome)
    finally:
        if not is_kept:
            shutil.rmtree(folder, ignore_errors=True)


def _welcome(settings: Settings, _: str | None) -> None:
    click.echo(f"the demo runs at {click.style(settings.public_url, bold=True)}; stop it with Ctrl-C")


def _fill(folder: Path, events: int, companies: int, seed: int, today: date | None) -> str:
    """Makes the databases, the site, its traffic and a user; returns the user's password."""
    import secrets

    from tracker import data_folder
    from tracker.accounts.users import create_user
    from tracker.clock import utc_now
    from tracker.demo.catalogue import OFFICE, SITE
    from tracker.demo.traffic import generate, local_today
    from tracker.service.checklist import dismiss
    from tracker.service.context import Context
    from tracker.service.databases import open_databases
    from tracker.sites.sites import add_site, find_site, update_site

    settings = settings_of(folder)
    data_folder.prepare(folder)
    password = secrets.token_urlsafe(9)
    with data_folder.acquire(folder, data_folder.INGEST_LOCK):
        databases = open_databases(settings)
        try:
            now = utc_now()
            create_user(databases.app, DEMO_EMAIL, password, now=now)  # before, so that it is no stranger's address
            site = add_site(databases.app, SITE, now=now, recipients=[DEMO_EMAIL])
            # Its made-up traffic has events of an excluded address.
            update_site(
                databases.app,
                SITE,
                time_zone=site.time_zone,
                language=site.language,
                excluded_networks=OFFICE,
            )
            dismiss(Context(settings, databases.app, databases.events, utc_now))  # there is nothing to set up
            with click.progressbar(length=events, label="a year of traffic", show_pos=False) as bar:
                generate(
                    databases.events,
                    events=events,
                    companies=companies,
                    seed=seed,
                    last_day=today or local_today(utc_now()),
                    until=None if today else utc_now(),
                    on_progress=bar.update,
                )
            if events >= FEWEST_TO_SEAL:
                made = find_site(databases.app, SITE)  # as it is now, with its goals
                assert made is not None
                _seal(databases.events, made)
        finally:
            databases.events.close()
            databases.app.close()
    return password


def _seal(store: EventStore, site: Site) -> None:
    """Counts the days' figures and what reached goals once, so that the first page has them."""
    from tracker.clock import utc_now
    from tracker.stats.goals import goals_of
    from tracker.stats.goals.keeping import keep_goals
    from tracker.stats.rollups.keeping import Keeper

    name, zone, goals = site.stored_as, ZoneInfo(site.time_zone), goals_of(site)
    with click.progressbar(length=_DAYS, label="the figures of its days", show_pos=False) as bar:
        today = utc_now().astimezone(zone).date()
        Keeper(store).seal_all(name, zone, today=today, on_progress=lambda done, _: bar.update(done))
        while keep_goals(store, name, zone, goals):
            pass
