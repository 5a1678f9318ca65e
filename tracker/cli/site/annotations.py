"""Commands for the annotations of a site's days: `annotation add`, `annotation list`, `annotation remove`."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli.options import CommandError, data_option, settings_of, site_option
from tracker.cli.sites import app_database, find_present, said_in_one_line


@click.group()
def annotation() -> None:
    """What you did on a day, to be seen beside the figures: "newsletter sent", "new site"."""


@annotation.command("add")
@click.argument("day", metavar="DAY")
@click.argument("text")
@click.option("--hour", default="", help="The hour, 0 to 23, in the site's time zone.")
@site_option
@data_option
def add(day: str, text: str, hour: str, site: str, data: Path | None) -> None:
    """Annotate a day such as 2026-11-16."""
    from tracker.clock import utc_now
    from tracker.sites.annotations import add_annotation

    with app_database(settings_of(data)) as database, said_in_one_line(site):
        found = find_present(database, site)
        number = add_annotation(database, found.id, day=day, hour=hour, text=text, by=None, now=utc_now())
    click.echo(f"{number}: {found.name} has the annotation on {day}")


@annotation.command("list")
@site_option
@data_option
def list_annotations(site: str, data: Path | None) -> None:
    """List a site's annotations: number, day, hour, text."""
    from tracker.sites.annotations import annotations_of

    with app_database(settings_of(data)) as database, said_in_one_line(site):
        listed = annotations_of(database, find_present(database, site).id)
    for one in listed:
        click.echo(f"{one.id:>6}  {one.day} {'' if one.hour is None else f'{one.hour:02d}:00':<5}  {one.text}")
    if not listed:
        click.echo("no annotation: webleads annotation add 2026-11-16 'newsletter sent' --site DOMAIN")


@annotation.command("remove")
@click.argument("number", type=int)
@site_option
@data_option
def remove(number: int, site: str, data: Path | None) -> None:
    """Remove the annotation with a number of `annotation list`."""
    from tracker.sites.annotations import remove_annotation

    with app_database(settings_of(data)) as database, said_in_one_line(site):
        gone = remove_annotation(database, find_present(database, site).id, number)
    if not gone:
        raise CommandError(f"there is no annotation {number}; `webleads annotation list` numbers them")
    click.echo(f"annotation {number} is removed")
