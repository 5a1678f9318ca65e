"""Commands that run until they are stopped: `serve`, `collect`, `ingest`."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli.options import CommandError, data_option, settings_of
from tracker.settings import Settings


@click.command()
@data_option
@click.option("--host", default=None, help="Address to listen on (default: $WEBLEADS_HOST, else 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), default=None, help="Port (default: $WEBLEADS_PORT, else 8000).")
def serve(data: Path | None, host: str | None, port: int | None) -> None:
    """Run everything in one service: collector, ingest, dashboard, weekly emails."""
    from tracker import serving

    settings = settings_of(data, host=host, port=port)
    try:
        serving.serve(settings, on_ready=_welcome)
    except serving.ServiceError as problem:
        raise CommandError(str(problem)) from problem


def _welcome(settings: Settings, first_user_link: str | None) -> None:
    click.echo(
        f"webleads is running: {click.style(settings.public_url, bold=True)}   (data in {settings.data.resolve()})"
    )
    if first_user_link:
        click.echo("\nThere is no user yet. Open this link to become the first; it works once, for seven days:\n")
        click.echo(f"  {first_user_link}\n")
    if not any(settings.geo_folder.glob("*.mmdb")):
        click.echo(
            f"No geo database yet: put GeoLite2 or DB-IP Lite files (.mmdb) in {settings.geo_folder} to name companies."
        )
    click.echo("Stop with Ctrl-C; nothing that was accepted is lost.")


@click.command()
@data_option
@click.option("--host", default=None, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=None, help="Port.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
def collect(data: Path | None, host: str | None, port: int | None, workers: int) -> None:
    """Run the public endpoints only; `ingest` or `serve` stores what they keep in the journal."""
    from tracker import serving

    settings = settings_of(data, host=host, port=port)
    click.echo(f"collecting on http://{settings.host}:{settings.port} in {workers} process(es)")
    try:
        serving.collect(settings, workers=workers)
    except serving.ServiceError as problem:
        raise CommandError(str(problem)) from problem


@click.command()
@data_option
@click.option("--once", is_flag=True, help="Stop when the journal is drained.")
def ingest(data: Path | None, once: bool) -> None:
    """Enrich and store what the journal holds."""
    import signal
    import threading

    from tracker.service import Service

    service = Service(settings_of(data))
    try:
        if once:
            events = 0
            while (progress := service.ingest.run_once()).lines:
                events += progress.events
            click.echo(f"{events} events stored; the journal is drained")
            return
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        service.start()
        stop.wait()
    finally:
        service.stop()
