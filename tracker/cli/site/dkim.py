"""`webleads dkim`: makes the key that signs emails, and shows the DNS record to publish."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli.options import CommandError, data_option, settings_of


@click.command()
@data_option
def dkim(data: Path | None) -> None:
    """Make the key that signs emails (DKIM), once, and show the DNS record to publish."""
    from tracker import data_folder
    from tracker.delivery.dkim_key import DkimError, make_key

    settings = settings_of(data)
    if not settings.mail_from:
        raise CommandError("no sender: set WEBLEADS_MAIL_FROM, such as 'Webleads <stats@example.fr>'")
    data_folder.prepare(settings.data)
    try:
        key = make_key(settings.data, settings.mail_from)
        record = key.record
    except DkimError as problem:
        raise CommandError(str(problem)) from problem
    click.echo("Emails are signed from now on. Publish this TXT record:", err=True)
    click.echo(f'{key.record_name}. IN TXT "{record[:200]}" "{record[200:]}"')
