"""Commands for the tokens by which programs ask the HTTP API: `api-token add`, `api-token list`, `api-token revoke`."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli.options import CommandError, data_option, settings_of, site_option
from tracker.cli.sites import app_database, find_present, said_in_one_line

# Who made a token, as the page of tokens says it.
_BY = "webleads api-token"


@click.group("api-token")
def api_token() -> None:
    """Tokens by which programs ask the HTTP API about one site."""


@api_token.command("add")
@click.argument("name")
@click.option("--changes", is_flag=True, help="The token may also change what the site has, not only read.")
@site_option
@data_option
def add(name: str, changes: bool, site: str, data: Path | None) -> None:
    """Make a token and print it, once: only its hash is kept."""
    from tracker.accounts.api_tokens import add_token
    from tracker.clock import utc_now

    with app_database(settings_of(data)) as database, said_in_one_line(site):
        found = find_present(database, site)
        _, text = add_token(database, found.id, name, may_change=changes, by=_BY, now=utc_now())
    click.echo(text)


@api_token.command("list")
@site_option
@data_option
def list_tokens(site: str, data: Path | None) -> None:
    """List a site's tokens: number, what they may do, since when, when last used, name."""
    from tracker.accounts.api_tokens import tokens_of

    with app_database(settings_of(data)) as database, said_in_one_line(site):
        listed = tokens_of(database, find_present(database, site).id)
    for one in listed:
        used = f"used {one.last_used_at:%Y-%m-%d}" if one.last_used_at else "never used"
        scope = "changes" if one.may_change else "reads"
        click.echo(f"{one.id:>6}  {scope:<7}  {one.created_at:%Y-%m-%d}  {used:<15}  {one.name}")
    if not listed:
        click.echo("no token: webleads api-token add NAME --site DOMAIN")


@api_token.command("revoke")
@click.argument("number", type=click.IntRange(min=1, max=2**31 - 1))
@site_option
@data_option
def revoke(number: int, site: str, data: Path | None) -> None:
    """Revoke the token with a number of `api-token list`: from then on it opens nothing."""
    from tracker.accounts.api_tokens import revoke_token

    with app_database(settings_of(data)) as database, said_in_one_line(site):
        name = revoke_token(database, find_present(database, site).id, number)
    if name is None:
        raise CommandError(f"there is no token {number}; `webleads api-token list` numbers them")
    click.echo(f"the token “{name}” is revoked")
