"""Commands for the sites: `site add`, `site list`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker import data_folder
from tracker.cli.options import CommandError, data_option, settings_of
from tracker.settings import Settings

if TYPE_CHECKING:
    from tracker.db.engine import AppDatabase


@contextmanager
def app_database(settings: Settings) -> Iterator[AppDatabase]:
    """The app database of the data folder; several processes may have it open."""
    from tracker.db.engine import open_app_database

    data_folder.prepare(settings.data)
    database = open_app_database(settings.app_database)
    try:
        yield database
    finally:
        database.close()


@click.group()
def site() -> None:
    """The websites that are counted."""


@site.command("add")
@click.argument("domain")
@click.option(
    "--timezone", "time_zone", default="Europe/Paris", show_default=True, help="Time zone of the site's days."
)
@click.option(
    "--language", type=click.Choice(["fr", "en"]), default="fr", show_default=True, help="Language of its reports."
)
@click.option(
    "--report-to", "recipients", multiple=True, metavar="EMAIL", help="Send the weekly report here; may be repeated."
)
@data_option
def add(domain: str, time_zone: str, language: str, recipients: tuple[str, ...], data: Path | None) -> None:
    """Add a website and print the snippet for its pages."""
    from tracker.clock import utc_now
    from tracker.collector.tags import tags
    from tracker.db.sites import add_site

    settings = settings_of(data)
    with app_database(settings) as database:
        try:
            added = add_site(
                database, domain, time_zone=time_zone, language=language, recipients=recipients, now=utc_now()
            )
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
    click.echo(f"{added.domain} is added (days in {added.time_zone}). Put this line in the head of its pages:\n")
    click.echo(f"  {tags(settings, added.domain).plain}")


@site.command("list")
@data_option
def list_sites(data: Path | None) -> None:
    """List the websites."""
    from tracker.db.sites import list_sites as all_sites

    with app_database(settings_of(data)) as database:
        found = all_sites(database)
    if not found:
        click.echo("no site yet: webleads site add example.fr")
    for one in found:
        click.echo(f"{one.domain:<40} {one.time_zone:<24} {one.language}")
