"""`webleads identify`: who is behind an IP address, and how that is known, for a terminal or as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tracker.cli.options import CommandError, data_option, settings_of


@click.command()
@click.argument("subject", metavar="IP|HOST|EMAIL")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--geo",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=None,
    help="Folder of the geo databases (default: the data folder's `geo`).",
)
@data_option
def identify(subject: str, form: str, geo: Path | None, data: Path | None) -> None:
    """Identify an IP address, a host or an email address, and show how; nothing is stored."""
    from dashboards.presentation.identification import as_json, as_lines
    from tracker.enrichment.geo.databases import Databases
    from tracker.leads.identify import NotUnderstood, sources_of
    from tracker.leads.identify import identify as look_at
    from tracker.reference.geo.verified_copies import VerifiedCopies

    settings = settings_of(data)
    kept = None if geo else settings.geo_kept_folder
    databases = Databases(VerifiedCopies(geo or settings.geo_folder, kept, keeps=False), warn=False)
    try:
        answer = look_at(subject, sources_of(settings, databases))
    except NotUnderstood as problem:
        raise CommandError(str(problem)) from problem
    if form == "json":
        click.echo(json.dumps(as_json(answer), ensure_ascii=False, indent=2))
        return
    for line in as_lines(answer):
        click.echo(line)
