"""`webleads geo update`: fetches or refreshes the geo databases."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.options import CommandError, data_option, settings_of

if TYPE_CHECKING:
    from tracker.reference.geo.download import Progress

_NAMES = {"dbip": "DB-IP Lite", "geolite2": "GeoLite2", "ipinfo": "IPinfo Lite"}
_MARKS = {"updated": ("updated", "green"), "current": ("current", "green"), "failed": ("failed", "red")}


@click.group()
def geo() -> None:
    """The databases with the place and network of IP addresses."""


@geo.command("update")
@click.option(
    "--from",
    "provider",
    type=click.Choice(list(_NAMES)),
    default=None,
    help="Whose databases (default: WEBLEADS_GEO_UPDATE, else GeoLite2 where its key is set, else DB-IP Lite).",
)
@data_option
def update_databases(provider: str | None, data: Path | None) -> None:
    """Fetch or refresh the databases; a running service takes them up by itself."""
    from tracker import data_folder
    from tracker.clock import utc_now
    from tracker.reference.geo.on_demand import provider_of
    from tracker.reference.geo.providers import NotConfigured
    from tracker.reference.geo.update import update

    settings = settings_of(data)
    chosen = provider or provider_of(settings)
    data_folder.prepare(settings.data)
    click.echo(f"{_NAMES[chosen]} → {settings.geo_folder}", err=True)
    failed = False
    bars = _Bars()
    try:
        for outcome in update(settings, chosen, now=utc_now(), report=bars.of):
            bars.close()
            word, colour = _MARKS[outcome.state]
            click.echo(f"{click.style(f'{word:>7}', fg=colour)}  {outcome.name}: {outcome.words}")
            failed = failed or outcome.state == "failed"
    except NotConfigured as problem:
        raise CommandError(str(problem)) from problem
    finally:
        bars.close()
    if failed:
        raise SystemExit(1)


class _Bars:
    """Shows one progress bar after the other; nothing when the output is not a terminal."""

    def __init__(self) -> None:
        self._open: Any = None
        self._received = 0

    def of(self, name: str) -> Progress:
        self.close()
        self._received = 0

        def progress(received: int, announced: int) -> None:
            if self._open is None:
                self._open = click.progressbar(length=announced or received, label=name, show_pos=False)
                self._open.__enter__()
            self._open.update(received - self._received)
            self._received = received

        return progress

    def close(self) -> None:
        if self._open is not None:
            self._open.__exit__(None, None, None)
            self._open = None
