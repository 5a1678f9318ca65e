"""Commands for the funnels of a site: `funnel add`, `funnel list`, `funnel remove`."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli.options import CommandError, data_option, settings_of, site_option
from tracker.cli.sites import app_database, find_present, said_in_one_line


@click.group()
def funnel() -> None:
    """Steps that you hope visitors take, such as a page, a form and a purchase, and how many take each."""


@funnel.command("add")
@click.argument("name")
@click.argument("steps", metavar="STEP STEP...", nargs=-1, required=True)
@click.option("--days", default="", help="How many days a visitor may take (default: within one visit).")
@click.option("--any-order", is_flag=True, help="The steps may be taken in any order.")
@site_option
@data_option
def add(name: str, steps: tuple[str, ...], days: str, site: str, data: Path | None, *, any_order: bool) -> None:
    """Add a funnel of 2 to 8 steps, such as `'From the blog' '/blog/*' /pricing goal:forms`.

    A step is a path, the name or key of a goal, or the name of an event; page:, goal: or event: before it says which. A *
    is any text, and * alone is every page.
    """
    from tracker.clock import utc_now
    from tracker.stats.funnels.rows import add_funnel, read_step
    from tracker.stats.goals import goals_of

    with app_database(settings_of(data)) as database, said_in_one_line(site):
        found = find_present(database, site)
        read = [read_step(text, goals_of(found)) for text in steps]
        number = add_funnel(
            database, found.id, name=name, steps=read, days=days, in_order=not any_order, by=None, now=utc_now()
        )
    click.echo(f"{number}: {found.name} has the funnel {name}")


@funnel.command("list")
@site_option
@data_option
def list_funnels(site: str, data: Path | None) -> None:
    """List a site's funnels: number, name, steps, and the days that they may take."""
    from tracker.stats.funnels.rows import funnels_of

    with app_database(settings_of(data)) as database, said_in_one_line(site):
        listed = funnels_of(database, find_present(database, site).id)
    for one in listed:
        within = f"{one.days} days" if one.days else "one visit"
        order = "" if one.in_order else ", in any order"
        click.echo(f"{one.number:>6}  {one.name}: {' -> '.join(map(str, one.steps))} ({within}{order})")
    if not listed:
        click.echo("no funnel: webleads funnel add NAME STEP STEP --site DOMAIN")


@funnel.command("remove")
@click.argument("number", type=int)
@site_option
@data_option
def remove(number: int, site: str, data: Path | None) -> None:
    """Remove the funnel with a number of `funnel list`."""
    from tracker.clock import utc_now
    from tracker.stats.funnels.rows import remove_funnel

    with app_database(settings_of(data)) as database, said_in_one_line(site):
        gone = remove_funnel(database, find_present(database, site).id, number, by=None, now=utc_now())
    if gone is None:
        raise CommandError(f"there is no funnel {number}; `webleads funnel list` numbers them")
    click.echo(f"funnel {number} is removed")
