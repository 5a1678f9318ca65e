"""Commands for the goals of a site: `goal add`, `goal list`, `goal remove`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.cli.options import CommandError, data_option, settings_of, site_option
from tracker.cli.sites import app_database, said_in_one_line

if TYPE_CHECKING:
    from tracker.stats.goals import Goal


@click.group()
def goal() -> None:
    """What visitors may do that you hope for: sent forms, downloads, events, pages, links, reading and revenue."""


@goal.command("add")
@click.argument("kind", metavar="form|download|event|page|link|scroll|time|revenue")
@click.argument("pattern")
@click.option("--name", default="", help="What it is called (default: the pattern).")
@click.option("--points", type=int, default=None, help="What it is worth in a lead's score, 1 to 40.")
@site_option
@data_option
def add(kind: str, pattern: str, name: str, points: int | None, site: str, data: Path | None) -> None:
    """Add a goal, such as `page '/thanks*'`, `form demo`, `download .pdf`, `event Signup`, `link partner.example`.

    Of what was read: `scroll '75 /blog/*'` (per cent), `time 120` (seconds). Of what was paid: `revenue Purchase`.
    A * is any text. A download or link is found by a part of its URL.
    """
    from tracker.clock import utc_now
    from tracker.stats.goals.rows import add_goal

    with app_database(settings_of(data)) as database, said_in_one_line(site):
        key = add_goal(database, site, kind=kind, pattern=pattern, name=name, points=points, now=utc_now())
    click.echo(f"{key}: {name or pattern} is a goal of {site}; events that are stored already count as well")


@goal.command("list")
@site_option
@data_option
def list_goals(site: str, data: Path | None) -> None:
    """List a site's goals: key, kind, pattern, points and name. `forms` and `downloads` are those of every site."""
    from tracker.sites.sites import find_site, no_site
    from tracker.stats.goals import goals_of

    with app_database(settings_of(data)) as database:
        found = find_site(database, site)
    if found is None:
        raise CommandError(no_site(site))
    for one in goals_of(found):
        click.echo(_line(one))
    for row in found.goals:
        if not row.counts:
            click.echo(f"{'-':>9}  {row.kind:<8} {row.pattern or '(without a name)':<40} taken off")
    if not goals_of(found):
        click.echo("no goal: webleads goal add form '*'")


@goal.command("remove")
@click.argument("key")
@site_option
@data_option
def remove(key: str, site: str, data: Path | None) -> None:
    """Remove the goal with a key of `goal list`; `forms` and `downloads` are taken off, `goal add form '*'` counts them again."""
    from tracker.clock import utc_now
    from tracker.stats.goals.rows import remove_goal

    with app_database(settings_of(data)) as database, said_in_one_line(site):
        remove_goal(database, site, key, by=None, now=utc_now())
    click.echo(f"{key} is no longer a goal of {site}")


def _line(one: Goal) -> str:
    return f"{one.key:>9}  {one.kind:<8} {one.pattern:<40} {one.points:>2}  {one.name}"
