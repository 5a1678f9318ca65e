"""Commands for the sites: `site add`, `site list`, `site set`, `site rename`, `site remove`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker import data_folder
from tracker.cli.options import CommandError, data_option, settings_of
from tracker.cli.reach import ask
from tracker.settings import Settings
from tracker.sites.domain_name import shown_domain

if TYPE_CHECKING:
    from tracker.db.engine import AppDatabase
    from tracker.db.models import Site


@contextmanager
def app_database(settings: Settings) -> Iterator[AppDatabase]:
    """Opens the app database of the data folder. Several processes may have it open."""
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
    from dashboards.presentation.embed_code import tags
    from tracker.clock import utc_now
    from tracker.sites.sites import add_site

    settings = settings_of(data)
    with app_database(settings) as database, said_in_one_line(domain):
        added = add_site(database, domain, time_zone=time_zone, language=language, recipients=recipients, now=utc_now())
    click.echo(f"{added.name} is added (days in {added.time_zone}). Put this line in the head of its pages:\n")
    click.echo(f"  {tags(settings, added.domain).plain}")


@site.command("list")
@data_option
def list_sites(data: Path | None) -> None:
    """List the websites."""
    from tracker.sites.sites import list_sites as all_sites

    with app_database(settings_of(data)) as database:
        found = all_sites(database)
    if not found:
        click.echo("no site yet: webleads site add example.fr")
    for one in found:
        own = f"  ({one.domain})" if one.name != one.domain else ""
        former = f"  formerly {', '.join(map(shown_domain, one.former_domains.split()))}" if one.former_domains else ""
        click.echo(f"{one.name:<40} {one.time_zone:<24} {one.language}{own}{former}")


@site.command("set")
@click.argument("domain")
@click.option(
    "--page-parameters",
    metavar="NAMES",
    help="Parameters of the query that tell pages apart, by spaces or commas; `default` for WordPress's.",
)
@click.option(
    "--count-development/--no-count-development",
    "counts_development",
    default=None,
    help="Count pages on localhost, in private networks, under .test, .invalid and .local, and in files.",
)
@click.option("--staging-hosts", metavar="HOSTS", help="Hosts that are not counted, such as *.preview.example.fr.")
@click.option(
    "--excluded-referrers", metavar="HOSTS", help="Referring hosts, as spammers have them, that are not counted."
)
@data_option
def set_counting(
    domain: str,
    page_parameters: str | None,
    counts_development: bool | None,
    staging_hosts: str | None,
    excluded_referrers: str | None,
    data: Path | None,
) -> None:
    """Change which pages and hosts of a website are counted, and print what holds."""
    from tracker.enrichment.page.query import DEFAULT_PARAMETERS
    from tracker.sites.site_settings import Counting
    from tracker.sites.sites import change_counting

    counting = Counting(page_parameters, counts_development, staging_hosts, excluded_referrers=excluded_referrers)
    with app_database(settings_of(data)) as database, said_in_one_line(domain):
        changed = change_counting(database, domain, counting)
    names = changed.page_parameters
    default = f"{' '.join(sorted(DEFAULT_PARAMETERS))} (the default)"
    click.echo(f"page parameters:   {default if names is None else names or 'none'}")
    click.echo(f"development hosts: {'counted' if changed.counts_development else 'not counted'}")
    click.echo(f"staging hosts:     {' '.join(changed.staging_hosts.split()) or 'none'}")
    click.echo(f"excluded referrers: {' '.join(changed.excluded_referrers.split()) or 'none'}")


@site.command("rename")
@click.argument("old")
@click.argument("new")
@data_option
def rename(old: str, new: str, data: Path | None) -> None:
    """Give a website another domain. Its past stays, and hits and links with the old domain are still its."""
    from tracker.sites.names import rename_site

    with app_database(settings_of(data)) as database, said_in_one_line(old):
        renamed = rename_site(database, old, new)
    click.echo(f"{renamed.name} is the site's name now; hits that say {old} are still counted for it.")


@site.command("remove")
@click.argument("domain")
@click.option("--yes", is_flag=True, help="Do not ask.")
@data_option
def remove(domain: str, data: Path | None, *, yes: bool) -> None:
    """Remove a website with its settings, recipients and all its events. There is no way back."""
    settings = settings_of(data)
    if not yes:
        with app_database(settings) as database, said_in_one_line(domain):
            found = find_present(database, domain)
        click.confirm(f"Remove {found.name} and everything that was counted for it, for good?", abort=True)
    gone = ask(settings, "remove_site", site=domain)
    click.echo(f"{gone['site']} is removed with all its events; hits that still come for it are of an unknown site.")


@contextmanager
def said_in_one_line(domain: str) -> Iterator[None]:
    """Turns a refusal of the app database and a missing site into a CommandError of one line."""
    try:
        yield
    except LookupError as problem:
        raise CommandError(f"there is no site {domain!r}; `webleads site list` names them") from problem
    except ValueError as problem:
        raise CommandError(str(problem)) from problem


def find_present(database: AppDatabase, domain: str) -> Site:
    """Returns the site of a domain. Raises LookupError."""
    from tracker.sites.sites import find_site

    found = find_site(database, domain)
    if found is None:
        raise LookupError(domain)
    return found
