"""`webleads rollups`: the figures of days that are kept, made anew."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli.options import counted, data_option, settings_of
from tracker.cli.reach import ask

_DAYS_AT_ONCE = 20


@click.group()
def rollups() -> None:
    """Figures of days that were counted once and are kept."""


@rollups.command()
@click.option("--site", required=True, help="The site's domain.")
@data_option
def rebuild(site: str, data: Path | None) -> None:
    """Count the figures of all days of a site anew from its events, the newest first."""
    settings = settings_of(data)
    ask(settings, "forget_rollups", site=site)
    sealed = left = 0
    with click.progressbar(length=1, label="days", show_pos=False) as bar:
        while True:
            found = ask(settings, "seal_days", site=site, limit=_DAYS_AT_ONCE)
            sealed, left = sealed + found["sealed"], found["left"]
            bar.length = max(1, sealed + left)
            bar.update(found["sealed"])
            if not left or not found["sealed"]:
                break
    click.echo(f"{counted(sealed, 'day')} counted anew" + (f", {left} are still changing" if left else ""))
