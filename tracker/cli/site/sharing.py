"""Commands for the links by which a site's figures are shared: `share add`, `share list`, `share remove`."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import click

from tracker.cli.options import CommandError, data_option, settings_of, site_option
from tracker.cli.sites import app_database, find_present, said_in_one_line

# Who made a link, as the page of links says it.
_BY = "webleads share"


@click.group()
def share() -> None:
    """Links to a site's dashboard or report for people without an account."""


@share.command("add")
@click.argument("name")
@click.option("--page", type=click.Choice(["dashboard", "weekly", "monthly"]), default="dashboard", show_default=True, help="What it shows: the dashboard, or the last complete week or month.")  # fmt: skip
@click.option("--companies", is_flag=True, help="With companies and leads.")
@click.option("--filter", "filters", multiple=True, metavar="F", help="A filter as URLs have it, such as country:is:FR; may be repeated.")  # fmt: skip
@click.option("--until", default="", metavar="DAY", help="The last day on which it opens.")
@click.option("--password", is_flag=True, help="Ask for a password, which the link then asks for.")
@click.option("--public", "is_public", is_flag=True, help="For everybody, without a secret in the URL.")
@click.option("--frame-hosts", "frame_hosts", multiple=True, metavar="HOST", help="A host whose pages may embed it, such as intranet.example.fr; may be repeated.")  # fmt: skip
@site_option
@data_option
def add(
    name: str, page: str, companies: bool, filters: tuple[str, ...], until: str, password: bool, is_public: bool, frame_hosts: tuple[str, ...], site: str, data: Path | None
) -> None:  # fmt: skip
    """Make a link and print its URL, once: only a hash of its secret is kept."""
    from tracker.clock import utc_now
    from tracker.sharing.links import Asked, add_link, end_of_day

    settings = settings_of(data)
    typed = click.prompt("password", hide_input=True, confirmation_prompt=True) if password else ""
    with app_database(settings) as database, said_in_one_line(site):
        found = find_present(database, site)
        asked = Asked(
            name,
            page=page,
            password=typed,
            ends_at=end_of_day(until, ZoneInfo(found.time_zone)),
            filters=_known(filters),
            shows_companies=companies,
            is_public=is_public,
            frame_hosts="\n".join(frame_hosts),
        )
        _, token = add_link(database, found.id, asked, by=_BY, now=utc_now())
    click.echo(f"{settings.public_url}{f'/share/{token}' if token else f'/public/{found.domain}'}")


@share.command("list")
@site_option
@data_option
def list_links(site: str, data: Path | None) -> None:
    """List a site's links: number, what they show, until when, name. A URL cannot be shown again."""
    from tracker.sharing.links import last_day, links_of

    with app_database(settings_of(data)) as database, said_in_one_line(site):
        found = find_present(database, site)
        listed = links_of(database, found.id)
    for one in reversed(listed):
        shows = [one.page, "with companies" if one.shows_companies else "", "public" if one.token_hash is None else ""]
        last = last_day(one, ZoneInfo(found.time_zone))
        end = f", until {last}" if last else ""
        framed = f", embedded on {' '.join(one.frame_hosts.split())}" if one.frame_hosts else ""
        click.echo(f"{one.id:>6}  {' '.join(filter(None, shows))}{end}{framed}: {one.name}")
    if not listed:
        click.echo("no link: webleads share add NAME --site DOMAIN")


@share.command("remove")
@click.argument("number", type=click.IntRange(min=1, max=2**31 - 1))
@site_option
@data_option
def remove(number: int, site: str, data: Path | None) -> None:
    """Remove the link with a number of `share list`: from then on its URL shows nothing."""
    from tracker.sharing.links import revoke_link

    with app_database(settings_of(data)) as database, said_in_one_line(site):
        name = revoke_link(database, find_present(database, site).id, number)
    if name is None:
        raise CommandError(f"there is no link {number}; `webleads share list` numbers them")
    click.echo(f"“{name}” is removed; its URL shows nothing from now on")


def _known(texts: tuple[str, ...]) -> list[str]:
    """The filters as they are kept; without one that is not known the link would show more than its maker thinks."""
    from tracker.stats.filters import FilterError
    from tracker.stats.filters.address_bar import read_filter, write_filter

    try:
        return [write_filter(read_filter(text)) for text in texts]
    except FilterError as problem:
        raise CommandError(f"`--filter`: {problem}") from problem
