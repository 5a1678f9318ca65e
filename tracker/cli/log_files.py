"""`webleads import-log`: the access logs that a web server kept before the snippet was there."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from shutil import copyfileobj
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

import click

from tracker import data_folder
from tracker.cli.options import CommandError, counted, data_option, settings_of
from tracker.cli.reach import ask
from tracker.cli.rollups import FEWEST_TO_SEAL, seal_days
from tracker.cli.sites import app_database
from tracker.settings import Settings

if TYPE_CHECKING:
    from tracker.imports.access_log import LogReading
    from tracker.imports.log_import import LogImport
    from tracker.imports.log_preview import Preview

_WAIT_SECONDS = 600
_SHOWN_HOSTS = 10
_PIPED, _DAY_SECONDS = "piped-log-", 24 * 3600
_SHOWN_PATHS = 30


@click.command("import-log")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
)
@click.option("--site", "domain", required=True, metavar="DOMAIN", help="The site whose log it is, by its domain.")
@click.option(
    "--host", "hosts", multiple=True, help="A further host of the site, besides those in its settings; repeatable."
)
@click.option(
    "--only-path", "only", multiple=True, metavar="GLOB", help="Count these paths only, as '/blog/*'; repeatable."
)
@click.option("--exclude-path", "without", multiple=True, metavar="GLOB", help="Leave these paths out; repeatable.")
@click.option("--dry-run", is_flag=True, help="Import nothing; list what would be taken for what.")
@data_option
def import_log(
    files: tuple[Path, ...],
    domain: str,
    hosts: tuple[str, ...],
    only: tuple[str, ...],
    without: tuple[str, ...],
    data: Path | None,
    *,
    dry_run: bool,
) -> None:
    """Import access logs, plain or packed; - is standard input. What is a page is learnt from the logs themselves."""
    from tracker.imports.access_log import LogOf, LogReading
    from tracker.ingest.site_rules import rules_of
    from tracker.sites.sites import find_site, no_site

    settings = settings_of(data)
    with app_database(settings) as database, _files_of(files, settings) as kept:
        site = find_site(database, domain)
        if site is None:
            raise CommandError(no_site(domain))
        own = rules_of(site).hosts | {name for host in hosts for name in (host.lower(), f"www.{host.lower()}")}
        reading = LogReading(
            LogOf(site=site.domain, hosts=own, trusted_proxies=settings.trusted_proxies, only=only, without=without)
        )
        _survey(kept, reading)
        if dry_run:
            _preview(kept, reading)
        else:
            _import_all(kept, reading, database, settings)


def _import_all(files: list[Path], reading: LogReading, database: Any, settings: Settings) -> None:
    from tracker.imports.log_import import ImportRefused

    refused = pageviews = 0
    for file in files:
        try:
            pageviews += _import_one(file, reading, database, settings)
        except ImportRefused as problem:
            refused += 1
            click.echo(f"webleads: {problem}", err=True)
    # A service that runs counts days by itself; those of few events are counted with each question as fast.
    if pageviews >= FEWEST_TO_SEAL and data_folder.read_service_note(settings.data) is None:
        seal_days(settings, reading.log.site)
    if refused:
        raise SystemExit(2)


@contextmanager
def _files_of(files: tuple[Path, ...], settings: Settings) -> Iterator[list[Path]]:
    """Yields files that can be read more than once. Input from a pipe is copied to a temporary file.

    A killed command leaves that file behind, with its IP addresses. So the next import deletes files older than a day.
    """
    for left in settings.data.glob(f"{_PIPED}*"):
        if time.time() - left.stat().st_mtime > _DAY_SECONDS:
            left.unlink(missing_ok=True)
    if all(file.is_file() for file in files):
        yield list(files)
        return
    with NamedTemporaryFile(dir=settings.data, prefix=_PIPED) as kept:
        for file in files:
            with open(0 if str(file) == "-" else file, "rb", closefd=str(file) != "-") as source:
                copyfileobj(source, kept)
        kept.flush()
        yield [Path(kept.name)]


def _survey(files: list[Path], reading: LogReading) -> None:
    from tracker.imports.log_import import survey

    size = sum(file.stat().st_size for file in files)
    with click.progressbar(length=size, label="learning what is a page", show_pos=False) as bar:
        survey(files, reading, bar.update)


def _preview(files: list[Path], reading: LogReading) -> None:
    from tracker.imports.log_file import LogUnreadable
    from tracker.imports.log_preview import preview

    size = sum(file.stat().st_size for file in files)
    try:
        with click.progressbar(length=size, label="reading", show_pos=False) as bar:
            seen = preview(files, reading, bar.update)
    except LogUnreadable as problem:
        raise CommandError(str(problem)) from problem
    _print_preview(seen)


def _import_one(file: Path, reading: LogReading, database: Any, settings: Settings) -> int:
    """Imports a file; returns how many page views were counted."""
    from tracker.clock import utc_now
    from tracker.imports.log_import import import_log as put_in_journal

    with click.progressbar(length=file.stat().st_size, label=f"reading {file.name}", show_pos=False) as bar:
        result = put_in_journal(
            file,
            reading=reading,
            database=database,
            journal_folder=settings.journal_folder,
            now=utc_now(),
            on_bytes=bar.update,
        )
    tally = _wait_until_stored(settings, result.segment)
    _print_outcome(result, tally)
    return int(tally["pageviews"])


def _wait_until_stored(settings: Settings, segment: str) -> dict[str, Any]:
    """Waits until the running service, else this process, has stored the segment's hits. Returns what was counted."""
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
    from tracker.service.service import Service

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
    """Prints how many lines of the file had each outcome, and their sum. A line is in exactly one row."""
    rows = [("pageviews counted", tally["pageviews"])]
    rows += _skipped_rows(result.skipped, result.other_hosts)
    rows += [(f"not counted: {_WORDS.get(reason, reason)}", n) for reason, n in Counter(tally["dropped"]).most_common()]
    click.echo(f"{result.file.name}: {counted(result.lines, 'line')} read")
    _print_rows(rows)


def _print_preview(seen: Preview) -> None:
    """Prints what an import would do, and the paths by what they are."""
    from tracker.imports.log_preview import PAGE, SCANNER

    fates = Counter(seen.fates)
    rows = [
        ("page views, before bots are taken out", fates.pop(PAGE, 0)),
        ("page views of scanners", fates.pop(SCANNER, 0)),
    ]
    click.echo(f"{counted(seen.lines, 'line')} read, nothing imported")
    _print_rows(rows + _skipped_rows(fates, seen.other_hosts))
    for fate, words in {PAGE: "page views", SCANNER: "page views of scanners"}.items() | _PATH_FATES.items():
        paths = list(seen.paths(fate))
        if not paths:
            continue
        click.echo(
            f"\n{words}: {counted(sum(one.lines for one in paths), 'line')} of {counted(len(paths), 'kind')} of paths"
        )
        for one in islice(paths, _SHOWN_PATHS):
            click.echo(
                f"  {one.lines:>12,}  {one.shape}" + (f"   e.g. {one.example}" if one.example != one.shape else "")
            )
        if len(paths) > _SHOWN_PATHS:
            click.echo(
                f"  {sum(one.lines for one in paths[_SHOWN_PATHS:]):>12,}  {len(paths) - _SHOWN_PATHS:,} more kinds of paths"
            )


def _skipped_rows(skipped: Mapping[Any, int], hosts: Counter[str]) -> list[tuple[str, int]]:
    rows = []
    for reason, number in Counter(skipped).most_common():
        words = _WORDS.get(reason, reason)
        if reason == "another_host":
            named = [f"{host}: {lines:,}" for host, lines in hosts.most_common(_SHOWN_HOSTS)]
            words += f" ({', '.join(named)}{', …' if len(hosts) > _SHOWN_HOSTS else ''})"
        rows.append((f"skipped: {words}", number))
    return rows


def _print_rows(rows: list[tuple[str, int]]) -> None:
    for words, number in rows:
        click.echo(f"  {number:>12,}  {words}")
    click.echo(f"  {sum(number for _, number in rows):>12,}  in all")


_PATH_FATES = {
    "part": "parts of pages (fetched together with a page, and never left for another)",
    "asset": "files that a page loads (images, styles, scripts, downloads)",
    "no_page": "no page (feeds, robots.txt, icons, partial answers)",
    "path_left_out": "paths left out by --only-path or --exclude-path",
}
_WORDS = _PATH_FATES | {
    "error": "errors (status 400 and up)",
    "redirect": "redirects",
    "method": "no GET request (HEAD, POST, …)",
    "malformed": "malformed lines",
    "directive": "lines about the log itself (#…)",
    "another_host": "another host",
    "no_agent": "no agent (common format, or cut off)",
    "bot": "bots",
    "scanner": "scanners",
    "referrer_spam": "referrer spam",
    "excluded_address": "excluded IP addresses",
    "invalid_url": "URLs that are not web pages",
    "duplicate": "sent twice",
    "same_page": "the same page, with another query",
    "development_host": "development hosts",
    "staging_host": "staging hosts",
    "excluded_page": "excluded pages",
}
