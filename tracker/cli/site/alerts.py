"""Commands for the alerts of a site: `alert add`, `alert list`, `alert remove`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.cli.options import CommandError, data_option, settings_of
from tracker.cli.sites import app_database

if TYPE_CHECKING:
    from tracker.db.engine import AppDatabase
    from tracker.db.models import Site

_site_option = click.option("--site", required=True, help="The site.")
_OPERATOR = "webleads alert"


@click.group()
def alert() -> None:
    """What is told at once: a visit, a score, a goal, a spike, by email, webhook, Slack or Teams."""


@alert.command("add")
@click.argument("trigger")
@click.argument("channel", metavar="email|webhook|slack|teams")
@click.argument("target", metavar="EMAIL|URL")
@click.option("--name", default="", help="What it is called (default: the trigger).")
@click.option("--amount", default="", help="The days, score, percent or hours of the trigger.")
@click.option("--goal", default="", help="A key of `goal list`, for the trigger goal.")
@click.option("--view", default="", help="The key of the view whose companies it watches.")
@click.option("--list", "list_name", default="", help="The list whose companies it watches.")
@click.option("--pace", default="at_once", help="at_once, daily or weekly.")
@_site_option
@data_option
def add(trigger: str, channel: str, target: str, name: str, site: str, data: Path | None, **options: str) -> None:
    """Add an alert, such as `visit webhook https://hooks.example.com/x` or `score email anna@example.fr --amount 70`.

    The triggers are visit, first_visit, back, segment, score, goal, owner, reminder, spike, drop, silence, other_domain.
    """
    from tracker.clock import utc_now
    from tracker.db.invalid import Invalid
    from tracker.leads.alerts.rules import Known, add_rule, read_rule
    from tracker.leads.workflow.lists import all_lists
    from tracker.leads.workflow.views import all_views
    from tracker.stats.goals import goals_of

    view, list_name = options.pop("view"), options.pop("list_name")
    watches = f"view:{view}" if view else f"list:{list_name}" if list_name else ""
    form = {"name": name or trigger, "trigger": trigger, "channel": channel, "target": target, "watches": watches}
    with app_database(settings_of(data)) as database:
        found = _site(database, site)
        views, lists = all_views(database, found.id), all_lists(database, found.id)
        known = Known([one.key for one in views], [one.name for one in lists], [one.key for one in goals_of(found)])
        try:
            made = add_rule(database, found.id, read_rule(form | options, known), by=_OPERATOR, now=utc_now())
        except Invalid as problem:
            raise CommandError(str(problem)) from problem
    click.echo(f"{made.id}: {made.name} is an alert of {site}; it tells what happens from now on")
    if made.secret:
        click.echo(f"messages are signed with {made.secret}")


@alert.command("list")
@_site_option
@data_option
def list_alerts(site: str, data: Path | None) -> None:
    """List a site's alerts: number, trigger, channel, target and name."""
    from tracker.leads.alerts.rules import list_rules

    with app_database(settings_of(data)) as database:
        rules = list_rules(database, _site(database, site).id)
    for one in rules:
        click.echo(f"{one.id:>4}  {one.trigger:<12} {one.channel:<9} {one.target:<50} {one.name}")
    if not rules:
        click.echo("no alert: webleads alert add visit webhook https://hooks.example.com/webleads")


@alert.command("remove")
@click.argument("number", type=int)
@_site_option
@data_option
def remove(number: int, site: str, data: Path | None) -> None:
    """Remove the alert with a number of `alert list`, with what was still to be delivered."""
    from tracker.leads.alerts.rules import remove_rule

    with app_database(settings_of(data)) as database:
        name = remove_rule(database, _site(database, site).id, number)
    if name is None:
        raise CommandError(f"{site} has no alert {number}; `webleads alert list --site {site}` shows its alerts")
    click.echo(f"{name} is no longer an alert of {site}")


def _site(database: AppDatabase, domain: str) -> Site:
    from tracker.sites.sites import find_site

    found = find_site(database, domain)
    if found is None:
        raise CommandError(f"there is no site {domain!r}; add it with `webleads site add {domain}`")
    return found
