"""`webleads rollups`: the figures of days that are kept, made again."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from tracker.cli.options import counted, data_option, named_days, settings_of, since_option, site_option, until_option
from tracker.cli.reach import ask
from tracker.settings import Settings

_DAYS_AT_ONCE = 62
# The days of less are counted from the events as fast; the service seals them in time.
FEWEST_TO_SEAL = 20_000


@click.group()
def rollups() -> None:
    """Figures of days that were counted once and are kept."""


@rollups.command()
@site_option
@since_option
@until_option
@data_option
def rebuild(site: str, data: Path | None, since: datetime | None, until: datetime | None) -> None:
    """Count the figures of all days of a site again from its events, or of some, the newest first."""
    settings = settings_of(data)
    ask(settings, "forget_rollups", site=site, **named_days(since, until))
    sealed, left = seal_days(settings, site)
    click.echo(f"{counted(sealed, 'day')} counted anew" + (f", {left} are still changing" if left else ""))


def seal_days(settings: Settings, site: str) -> tuple[int, int]:
    """Has the days of a site counted that are not, and shows how far it is; returns how many were and how many are left."""
    sealed = left = 0
    with click.progressbar(length=1, label="days", show_pos=False) as bar:
        while True:
            found = ask(settings, "seal_days", site=site, limit=_DAYS_AT_ONCE)
            sealed, left = sealed + found["sealed"], found["left"]
            bar.length = max(1, sealed + left)
            bar.update(found["sealed"])
            if not left or not found["sealed"]:
                break
    return sealed, left
