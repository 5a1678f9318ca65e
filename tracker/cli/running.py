"""Commands that run until they are stopped: `serve`, `collect`, `ingest`."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker import data_folder
from tracker.cli.options import CommandError, counted, data_option, settings_of
from tracker.server.logs import log_to_stderr
from tracker.server.preflight import ServiceError, open_in_a_child
from tracker.settings import Settings

if TYPE_CHECKING:
    from tracker.service.service import Service


@click.command()
@data_option
@click.option(
    "--host", default=None, help="The IP address or host to listen on (default: $WEBLEADS_HOST, else 127.0.0.1)."
)
@click.option("--port", type=click.IntRange(1, 65535), default=None, help="Port (default: $WEBLEADS_PORT, else 8000).")
@click.option("--no-collect", is_flag=True, help="Leave the public endpoints to `webleads collect`.")
@click.option("--no-ingest", is_flag=True, help="Leave storing to `webleads ingest`; not with a DuckDB file.")
def serve(data: Path | None, host: str | None, port: int | None, no_collect: bool, no_ingest: bool) -> None:
    """Run everything in one service: collector, ingest, dashboard, emails, alerts."""
    from tracker.server import processes

    settings = settings_of(data, host=host, port=port)
    roles = processes.Roles(collects=not no_collect, ingests=not no_ingest)
    try:
        processes.serve(settings, roles=roles, on_ready=_welcome)
    except ServiceError as problem:
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
@click.option("--host", default=None, help="The IP address or host to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=None, help="Port.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
def collect(data: Path | None, host: str | None, port: int | None, workers: int) -> None:
    """Run the public endpoints only; `ingest` or `serve` stores what they keep in the journal."""
    from tracker.server import processes

    settings = settings_of(data, host=host, port=port)
    click.echo(f"collecting on http://{settings.host}:{settings.port} in {workers} process(es)")
    try:
        processes.collect(settings, workers=workers)
    except ServiceError as problem:
        raise CommandError(str(problem)) from problem


@click.command()
@data_option
@click.option("--once", is_flag=True, help="Stop when the journal is drained.")
def ingest(data: Path | None, once: bool) -> None:
    """Enrich and store what the journal holds."""
    from tracker.service.opening import make_ready
    from tracker.service.service import Service

    settings = settings_of(data)
    log_to_stderr(settings.log_level)
    data_folder.prepare(settings.data)
    try:
        open_in_a_child(make_ready, settings)
    except ServiceError as problem:
        raise CommandError(str(problem)) from problem
    service = Service(settings)
    try:
        if once:
            events = 0
            while (progress := service.ingest.run_once()).lines:
                events += progress.events
            click.echo(f"{counted(events, 'event')} stored; the journal is drained")
        else:
            _run_until_stopped(service)
    finally:
        service.stop()


def _run_until_stopped(service: Service) -> None:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    service.start()
    stop.wait()
