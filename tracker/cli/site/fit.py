"""Commands for what a site looks for in companies: `fit add`, `fit list`, `fit remove`."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli.options import CommandError, data_option, settings_of, site_option
from tracker.cli.sites import app_database, find_present, said_in_one_line


@click.group()
def fit() -> None:
    """Rules that say which companies you look for; they make up each company's fit."""


@fit.command("add")
@click.argument("rule")
@click.option(
    "--weight",
    type=click.IntRange(0, 3),
    default=2,
    show_default=True,
    help="1 counts a little, 2 much, 3 is decisive; 0 rules out.",
)
@site_option
@data_option
def add(rule: str, weight: int, site: str, data: Path | None) -> None:
    """Add a rule, such as `country:is:FR`, `relationship:is:competitor`, `list:is:Targets` or `company_domain:contains:.fr`."""
    from tracker.leads.fit.rules import RULED, change_fit, make_rule, with_rule
    from tracker.stats.filters import FilterError
    from tracker.stats.filters.address_bar import read_filter

    with app_database(settings_of(data)) as database, said_in_one_line(site):
        number = find_present(database, site).id
        try:
            asked = read_filter(rule)
        except FilterError as problem:
            known = ", ".join(one.value for one in RULED)
            raise CommandError(f"{problem}; a rule compares one of {known}, such as country:is:FR") from problem
        made = make_rule(weight, asked)
        change_fit(database, number, lambda rules: with_rule(rules, made))
    click.echo(f"{rule} counts {weight} in the fit of the companies of {site}")


@fit.command("list")
@site_option
@data_option
def list_rules(site: str, data: Path | None) -> None:
    """List a site's rules with their weights."""
    from tracker.leads.fit.rules import fit_rules
    from tracker.stats.filters.address_bar import write_filter

    with app_database(settings_of(data)) as database, said_in_one_line(site):
        rules = fit_rules(database, find_present(database, site).id)
    for one in rules:
        click.echo(f"{int(one.weight)}  {write_filter(one.filter)}")
    if not rules:
        click.echo("no rule: webleads fit add country:is:FR")


@fit.command("remove")
@click.argument("rule")
@site_option
@data_option
def remove(rule: str, site: str, data: Path | None) -> None:
    """Remove a rule as `fit list` writes it."""
    from tracker.leads.fit.rules import agree_on_fit, fit_rules
    from tracker.stats.filters.address_bar import write_filter

    with app_database(settings_of(data)) as database, said_in_one_line(site):
        number = find_present(database, site).id
        rules = fit_rules(database, number)
        kept = [one for one in rules if write_filter(one.filter) != rule]
        if len(kept) == len(rules):
            raise CommandError(
                f"{site} has no rule {rule!r}; `webleads fit list --site {site}` shows those that it has"
            )
        agree_on_fit(database, number, kept)
    click.echo(f"{rule} no longer counts")
