"""Commands for the alerts of a site: `alert add`, `list`, `change`, `pause`, `resume`, `secret` and `remove`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.options import CommandError, data_option, settings_of, site_option
from tracker.cli.sites import app_database

if TYPE_CHECKING:
    from tracker.db.alert_models import AlertRule
    from tracker.db.engine import AppDatabase
    from tracker.db.models import Site
    from tracker.leads.alerts.rules import Known

_OPERATOR = "webleads alert"


@click.group()
def alert() -> None:
    """What is reported by email, webhook, Slack or Teams, or pushed to a CRM: a visit, a score, a goal, a spike."""


def _choices(command: Callable[..., None]) -> Callable[..., None]:
    """The options of a rule's choices, for a new rule and for one that is changed."""
    for option in reversed(
        (
            click.option("--name", help="What it is called (default: the trigger)."),
            click.option("--amount", help="The days, score, percent or hours of the trigger."),
            click.option("--goal", help="A key of `goal list`, for the trigger goal."),
            click.option("--view", help="The key of the view whose companies it watches."),
            click.option("--list", "list_name", help="The list whose companies it watches."),
            click.option("--pace", help="at_once, daily or weekly."),
            click.option("--quiet-from", help="The hour at which it falls quiet, in the site's time zone."),
            click.option("--quiet-until", help="The hour at which that ends."),
            click.option(
                "--field", "fields", multiple=True, metavar="WHAT=FIELD", help="A field of the CRM; repeat it."
            ),
            click.option(
                "--token-file", type=click.File(), help="The file with the token of the CRM's API; - is the input."
            ),
        )
    ):
        command = option(command)
    return command


@alert.command("add")
@click.argument("trigger")
@click.argument("channel", metavar="email|webhook|slack|teams|hubspot|pipedrive")
@click.argument("target", metavar="[EMAIL|URL]", default="")
@_choices
@site_option
@data_option
def add(trigger: str, channel: str, target: str, site: str, data: Path | None, **options: Any) -> None:
    """Add an alert, such as `visit webhook https://hooks.example.com/x` or `score email anna@example.fr --amount 70`.

    The triggers are visit, first_visit, back, segment, score, goal, owner, reminder, spike, drop, silence, other_domain.
    """
    from tracker.clock import utc_now
    from tracker.leads.alerts.rules import add_rule, read_rule

    form = {"name": trigger, "trigger": trigger, "channel": channel, "target": target} | _given(options)
    with app_database(settings_of(data)) as database, _refusals():
        found = _site(database, site)
        rule = read_rule(form, _known(database, found))
        made = add_rule(database, found.id, rule, by=_OPERATOR, now=utc_now())
    click.echo(f"{made.id}: {made.name} is an alert of {site}; it tells what happens from now on")
    _say_secret(made)


@alert.command("change")
@click.argument("number", type=int)
@click.option("--trigger", help="Another trigger.")
@click.option("--channel", help="Another channel.")
@click.option("--target", help="Another email or URL.")
@_choices
@site_option
@data_option
def change(number: int, site: str, data: Path | None, **options: Any) -> None:
    """Change an alert, such as `change 3 --amount 80 --pace daily`. What is not named stays; '' empties it."""
    from tracker.clock import utc_now
    from tracker.leads.alerts.rule_changes import change_rule
    from tracker.leads.alerts.rules import form_of, list_rules, read_rule

    with app_database(settings_of(data)) as database, _refusals():
        found = _site(database, site)
        rule = next((one for one in list_rules(database, found.id) if one.id == number), None)
        if rule is None:
            raise _no_rule(site, number)
        asked = read_rule(form_of(rule) | _given(options), _known(database, found), changed=rule)
        change_rule(database, found.id, number, asked, now=utc_now())
    click.echo(f"{number}: {asked.name} is changed")


@alert.command("pause")
@click.argument("number", type=int)
@site_option
@data_option
def pause(number: int, site: str, data: Path | None) -> None:
    """Stop an alert until `alert resume`. What was still to be delivered waits."""
    from tracker.leads.alerts.rule_changes import pause_rule

    click.echo(f"{_changed(pause_rule, number, site, data).name} is paused")


@alert.command("resume")
@click.argument("number", type=int)
@site_option
@data_option
def resume(number: int, site: str, data: Path | None) -> None:
    """Let a paused alert go on: it tells what happens from now on."""
    from tracker.leads.alerts.rule_changes import resume_rule

    click.echo(f"{_changed(resume_rule, number, site, data).name} goes on; it tells what happens from now on")


@alert.command("secret")
@click.argument("number", type=int)
@site_option
@data_option
def secret(number: int, site: str, data: Path | None) -> None:
    """Give a webhook a new secret. For a day its messages are signed with the old one too."""
    from tracker.leads.alerts.rule_changes import change_secret

    _say_secret(_changed(change_secret, number, site, data))
    click.echo("for a day they are signed with the old secret too")


@alert.command("list")
@site_option
@data_option
def list_alerts(site: str, data: Path | None) -> None:
    """List a site's alerts: number, trigger, channel, target and name."""
    from tracker.leads.alerts.rules import list_rules

    with app_database(settings_of(data)) as database:
        rules = list_rules(database, _site(database, site).id)
    for one in rules:
        paused = "  (paused)" if one.paused_at else ""
        click.echo(f"{one.id:>4}  {one.trigger:<12} {one.channel:<9} {one.target:<50} {one.name}{paused}")
    if not rules:
        click.echo("no alert: webleads alert add visit webhook https://hooks.example.com/webleads")


@alert.command("remove")
@click.argument("number", type=int)
@site_option
@data_option
def remove(number: int, site: str, data: Path | None) -> None:
    """Remove the alert with a number of `alert list`, with what was still to be delivered."""
    from tracker.clock import utc_now
    from tracker.leads.alerts.rules import remove_rule

    with app_database(settings_of(data)) as database:
        gone = remove_rule(database, _site(database, site).id, number, by=None, now=utc_now())
    if gone is None:
        raise _no_rule(site, number)
    click.echo(f"{gone.name} is no longer an alert of {site}")


def _site(database: AppDatabase, domain: str) -> Site:
    from tracker.sites.sites import find_site, no_site

    found = find_site(database, domain)
    if found is None:
        raise CommandError(no_site(domain))
    return found


def _given(options: dict[str, Any]) -> dict[str, str]:
    """The fields of the form that the options name."""
    token_file, fields = options.pop("token_file"), options.pop("fields")
    view, list_name = options.pop("view"), options.pop("list_name")
    given = {name: value for name, value in options.items() if value is not None}
    if token_file is not None:
        given["token"] = token_file.read().strip()
    if fields:
        given["fields"] = "\n".join(fields)
    if view is not None or list_name is not None:
        given["watches"] = f"view:{view}" if view else f"list:{list_name}" if list_name else ""
    return given


def _known(database: AppDatabase, site: Site) -> Known:
    from tracker.leads.alerts.rules import Known
    from tracker.leads.workflow.lists import all_lists
    from tracker.leads.workflow.views import all_views
    from tracker.stats.goals import goals_of

    views, lists = all_views(database, site.id), all_lists(database, site.id)
    return Known([one.key for one in views], [one.name for one in lists], [one.key for one in goals_of(site)])


def _changed(work: Callable[..., AlertRule | None], number: int, site: str, data: Path | None) -> AlertRule:
    """What `work` makes of a rule of the site."""
    from tracker.clock import utc_now

    with app_database(settings_of(data)) as database:
        rule = work(database, _site(database, site).id, number, now=utc_now())
    if rule is None:
        raise _no_rule(site, number)
    return rule


def _say_secret(rule: AlertRule) -> None:
    from tracker.leads.alerts.rules_vocabulary import CRMS

    if rule.secret and rule.channel not in CRMS:
        click.echo(f"messages are signed with {rule.secret}")


def _no_rule(site: str, number: int) -> CommandError:
    return CommandError(f"{site} has no such alert {number}; `webleads alert list --site {site}` shows its alerts")


@contextmanager
def _refusals() -> Iterator[None]:
    """Says in one line what cannot be."""
    from tracker.db.invalid import Invalid

    try:
        yield
    except Invalid as problem:
        raise CommandError(str(problem)) from problem
