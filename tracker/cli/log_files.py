"""`webleads import-log`: the access logs that a web server kept before the snippet was there."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker import data_folder
from tracker.cli.options import CommandError, data_option, settings_of
from tracker.cli.reach import ask
from tracker.cli.sites import app_database
from tracker.settings import Settings

if TYPE_CHECKING:
    from tracker.ingest.log_import import LogImport

_WAIT_SECONDS = 600


@click.command("import-log")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--site", "domain", required=True, help="The site whose log it is.")
@data_option
def import_log(files: tuple[Path, ...], domain: str, data: Path | None) -> None:
    """Import access logs in the combined format, plain or gzipped."""
    from tracker.db.sites import find_site
    from tracker.ingest.log_import import ImportRefused

    settings = settings_of(data)
    with app_database(settings) as database:
        site = find_site(database, domain)
        if site is None:
            raise CommandError(f"there is no site {domain!r}; add it with `webleads site add {domain}`")
        refused = 0
        for file in files:
            try:
                _import_one(file, site.domain, database, settings)
            except ImportRefused as problem:
                refused += 1
                click.echo(f"webleads: {problem}", err=True)
    if refused:
        raise SystemExit(2)


def _import_one(file: Path, site: str, database: Any, settings: Settings) -> None:
    from tracker.clock import utc_now
    from tracker.ingest.log_import import import_log as put_in_journal

    with click.progressbar(length=file.stat().st_size, label=f"reading {file.name}", show_pos=False) as bar:
        result = put_in_journal(
            file,
            site=site,
            database=database,
            journal_folder=settings.journal_folder,
            now=utc_now(),
            on_bytes=bar.update,
        )
    tally = _wait_until_stored(settings, result.segment)
    _print_outcome(result, tally)


def _wait_until_stored(settings: Settings, segment: str) -> dict[str, Any]:
    """What became of the segment's hits, once all are stored: by the running service, else by this process."""
    path = settings.journal_folder / segment
    size = path.stat().st_size if path.exists() else 0
    if size == 0:
        return {"pageviews": 0, "dropped": {}}
    if data_folder.read_service_note(settings.data) is None:
        _ingest_here(settings, size)
    deadline = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < deadline:
        tally: dict[str, Any] | None = ask(settings, "segment_tallies", segments=[segment]).get(segment)
        if tally and tally["offset_bytes"] >= size:
            return tally
        time.sleep(0.5)
    raise CommandError("the hits are in the journal and will be counted, but the service has not stored them yet")


def _ingest_here(settings: Settings, size: int) -> None:
    from tracker.service import Service

    service = Service(settings)
    try:
        with click.progressbar(length=max(service.ingest.lag_bytes(), size), label="counting", show_pos=False) as bar:
            before = service.ingest.lag_bytes()
            while service.ingest.run_once().lines:
                now = service.ingest.lag_bytes()
                bar.update(before - now)
                before = now
    finally:
        service.stop()


def _print_outcome(result: LogImport, tally: dict[str, Any]) -> None:
    """The lines of the file, each in exactly one row, and their sum."""
    rows = [("pageviews counted", tally["pageviews"])]
    rows += [(f"skipped: {_WORDS.get(reason, reason)}", n) for reason, n in result.skipped.most_common()]
    rows += [(f"not counted: {_WORDS.get(reason, reason)}", n) for reason, n in Counter(tally["dropped"]).most_common()]
    click.echo(f"{result.file.name}: {result.lines:,} lines read")
    for words, number in rows:
        click.echo(f"  {number:>12,}  {words}")
    click.echo(f"  {sum(number for _, number in rows):>12,}  in all")


_WORDS = {
    "asset": "files that a page loads (images, styles, scripts, downloads)",
    "no_page": "no page (feeds, robots.txt, icons, partial answers)",
    "error": "errors (status 400 and up)",
    "redirect": "redirects",
    "method": "no GET request (HEAD, POST, …)",
    "malformed": "lines that are not in the combined format",
    "bot": "bots",
    "referrer_spam": "referrer spam",
    "excluded_address": "excluded addresses",
    "invalid_url": "addresses that are no web page",
    "duplicate": "sent twice",
}
