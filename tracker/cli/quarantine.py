"""`webleads quarantine`: what could not be read or counted, and how it is counted after an upgrade."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import click

from tracker.cli.options import CommandError, counted, data_option, settings_of
from tracker.cli.reach import ask

_LONGEST_EXCERPT = 100


@click.group()
def quarantine() -> None:
    """Lines of the journal that could not be read or counted: they are kept for 14 days."""


@quarantine.command(name="list")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many to print.")
@data_option
def list_lines(data: Path | None, limit: int) -> None:
    """Print what is kept, the oldest first: when, why, of which site, and how it begins."""
    from tracker.ingest.quarantine import Quarantine

    kept = Quarantine(_journal(data))
    summary = kept.summary()
    for line in islice(kept.kept(), limit):
        content = line.raw if line.raw is not None else bytes(line.hit)
        # Anybody can send anything, so it is shown as a literal: without control characters for the terminal.
        excerpt = ascii(content[:_LONGEST_EXCERPT].decode("utf-8", "replace"))
        click.echo(f"{line.at:%Y-%m-%d %H:%M}  {line.detail:<20}  {line.site or '-':<24}  {excerpt}")
    click.echo(f"{counted(summary.lines, 'line')}, {counted(summary.size, 'byte')}")


@quarantine.command()
@data_option
def replay(data: Path | None) -> None:
    """Put all of it back into the journal, as after an upgrade: what can be counted now is counted once."""
    settings = settings_of(data)
    _journal(data)
    lines = ask(settings, "replay_quarantine")["lines"]
    click.echo(f"back in the journal: {counted(lines, 'line')}; `webleads quarantine list` shows what fails once more")


@quarantine.command()
@click.confirmation_option(prompt="Delete what was kept? It cannot be counted any more then.")
@data_option
def clear(data: Path | None) -> None:
    """Delete all of it."""
    from tracker.ingest.quarantine import Quarantine

    click.echo(f"{counted(Quarantine(_journal(data)).clear(), 'line')} deleted")


def _journal(data: Path | None) -> Path:
    folder = settings_of(data).journal_folder
    if not folder.is_dir():
        raise CommandError(f"there is no journal in {folder.parent}; name the data folder with --data")
    return folder
