"""Commands for the sites: `site add`, `site list`, `site set`, `site rename`, `site remove`, `site restore`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    """List the websites, also those that were removed and can be taken back."""
    from tracker.sites.removal import removed_sites
    from tracker.sites.sites import list_sites as all_sites

    with app_database(settings_of(data)) as database:
        found, removed = all_sites(database), removed_sites(database)
    if not found:
        click.echo("no site yet: webleads site add example.fr")
    for one in found:
        click.echo(_line(one))
    for gone in removed:
        click.echo(f"{gone.name:<40} removed, gone for good after {gone.gone_at:%Y-%m-%d %H:%M} UTC  ({gone.domain})")


def _line(one: Site) -> str:
    own = f"  ({one.domain})" if one.name != one.domain else ""
    former = ", ".join(shown_domain(held.domain) for held in one.domains if held.is_former)
    further = ", ".join(shown_domain(held.domain) for held in one.domains if not held.is_former)
    told = (f"  formerly {former}" if former else "") + (f"  also {further}" if further else "")
    return f"{one.name:<40} {one.time_zone:<24} {one.language}{own}{told}"


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
@click.option("--other-hosts", metavar="HOSTS", help="Further hosts whose pages are the site's.")
@click.option(
    "--excluded-pages", metavar="PATTERNS", help="Pages that are not counted, by spaces, such as '/admin/* /preview'."
)
@click.option("--name", default=None, help="What the site is called; an empty text is its domain.")
@click.option("--domains", metavar="DOMAINS", help="Further domains whose hits are the site's.")
@data_option
def set_counting(domain: str, data: Path | None, *, name: str | None, domains: str | None, **counted: Any) -> None:
    """Change what a website is called and what is counted for it, and print what holds."""
    from tracker.clock import utc_now
    from tracker.sites.names import change_further_domains, name_site
    from tracker.sites.site_settings import Counting
    from tracker.sites.sites import change_counting

    if counted["excluded_pages"] is not None:
        counted["excluded_pages"] = "\n".join(counted["excluded_pages"].split())
    with app_database(settings_of(data)) as database, said_in_one_line(domain):
        changed = change_counting(database, domain, Counting(**counted))
        if name is not None:
            changed = name_site(database, domain, name)
        if domains is not None:
            changed = change_further_domains(database, domain, domains, now=utc_now())
    for line in _counted_lines(changed):
        click.echo(line)


def _counted_lines(site: Site) -> Iterator[str]:
    from tracker.enrichment.page.query import DEFAULT_PARAMETERS

    names = site.page_parameters
    default = f"{' '.join(sorted(DEFAULT_PARAMETERS))} (the default)"
    yield f"name:              {site.name}"
    yield f"further domains:   {' '.join(one.domain for one in site.domains if not one.is_former) or 'none'}"
    yield f"page parameters:   {default if names is None else names or 'none'}"
    yield f"development hosts: {'counted' if site.counts_development else 'not counted'}"
    yield f"staging hosts:     {' '.join(site.staging_hosts.split()) or 'none'}"
    yield f"other hosts:       {' '.join(site.other_hosts.split()) or 'none'}"
    yield f"excluded referrers: {' '.join(site.excluded_referrers.split()) or 'none'}"
    yield f"excluded pages:    {' '.join(site.excluded_pages.split()) or 'none'}"


@site.command("rename")
@click.argument("old")
@click.argument("new")
@click.option(
    "--overlap",
    "overlap_days",
    type=click.IntRange(0, 3650),
    default=None,
    metavar="DAYS",
    help="For how many days hits with the old domain are still counted (default: without an end).",
)
@data_option
def rename(old: str, new: str, overlap_days: int | None, data: Path | None) -> None:
    """Move a website to another domain. Its past stays, and hits and links with the old domain are still its."""
    from datetime import timedelta

    from tracker.clock import utc_now
    from tracker.sites.names import move_site

    now = utc_now()
    until = None if overlap_days is None else now + timedelta(days=overlap_days)
    with app_database(settings_of(data)) as database, said_in_one_line(old):
        renamed = move_site(database, old, new, now=now, counts_until=until)
    still = f"are counted for it until {until:%Y-%m-%d %H:%M} UTC" if until else "are still counted for it"
    click.echo(f"{renamed.name} is the site's name now; hits that say {old} {still}.")


@site.command("remove")
@click.argument("domain")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--for-good", is_flag=True, help="Delete everything at once; it cannot be taken back.")
@data_option
def remove(domain: str, data: Path | None, *, yes: bool, for_good: bool) -> None:
    """Remove a website with its settings, recipients and all its events. For seven days it can be taken back."""
    settings = settings_of(data)
    if not yes:
        with app_database(settings) as database, said_in_one_line(domain):
            found = find_present(database, domain, removed=for_good)
        click.confirm(
            f"Remove {found.name} and everything that was counted for it{', for good' * for_good}?", abort=True
        )
    gone = ask(settings, "remove_site", site=domain, for_good=for_good)
    if gone["gone_at"] is None:
        click.echo(
            f"{gone['site']} is removed with all its events; hits that still come for it are of an unknown site."
        )
    else:
        until = gone["gone_at"].replace("T", " ")[:16]
        click.echo(f"{gone['site']} is removed; hits that still come for it are of an unknown site.")
        click.echo(f"Everything goes for good after {until} UTC; until then: webleads site restore {domain}")


@site.command("restore")
@click.argument("domain")
@data_option
def restore(domain: str, data: Path | None) -> None:
    """Take back the removal of a website, within seven days."""
    found = ask(settings_of(data), "restore_site", site=domain)
    click.echo(f"{found['site']} is back with everything that was counted for it, and is counted again.")


@contextmanager
def said_in_one_line(domain: str) -> Iterator[None]:
    """Turns a refusal of the app database and a missing site into a CommandError of one line."""
    from tracker.sites.sites import no_site

    try:
        yield
    except LookupError as problem:
        raise CommandError(no_site(domain)) from problem
    except ValueError as problem:
        raise CommandError(str(problem)) from problem


def find_present(database: AppDatabase, domain: str, *, removed: bool = False) -> Site:
    """Returns the site of a domain, or with `removed` also one that can be taken back. Raises LookupError."""
    from tracker.sites.removal import find_removed
    from tracker.sites.sites import find_site

    found = find_site(database, domain) or (find_removed(database, domain) if removed else None)
    if found is None:
        raise LookupError(domain)
    return found
