"""Commands that read: `leads`, `report`, `query`. They only render; the figures come from the packages below."""

from __future__ import annotations

import json
import sys
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from tracker.cli.options import CommandError, counted, data_option, settings_of, site_option
from tracker.cli.reach import ask


@click.command()
@site_option
@click.option(
    "--standing",
    type=click.Choice(["new", "back", "rising", "cooling"]),
    default=None,
    help="Only leads that are new, back after four weeks, rising or cooling.",
)
@click.option(
    "--period", default="7d", show_default=True, help="7d, 30d, month, 12mo, all, 2026-W46, 2026-11-01,2026-11-15 …"
)
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json", "xlsx"]), default="table", show_default=True
)
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file (xlsx needs it or a pipe)."
)
@click.option("--view", default=None, help="Only those of a saved view, such as customers, by its key.")
@click.option(
    "--sort",
    type=click.Choice(["score", "fit"]),
    default=None,
    help="By score, or fit first (default: as the view, else score).",
)
@click.option(
    "--words", type=click.Choice(["fr", "en"]), help="Headings, words and separators of a language (default: codes)."
)
@click.option(
    "--for",
    "template",
    metavar="hubspot|pipedrive|salesforce|sellsy",
    help="As that CRM imports companies; csv unless --format says xlsx or json.",
)
@data_option
def leads(
    site: str,
    period: str,
    form: str,
    output: Path | None,
    view: str | None,
    standing: str | None,
    sort: str | None,
    words: str | None,
    template: str | None,
    data: Path | None,
) -> None:
    """The companies that read the site, the ones that deserve a call first."""
    if template is not None and form == "table":
        form = "csv"
    if words is not None and form in ("table", "json") and template is None:
        raise CommandError("--words goes with --format csv or xlsx, or with --for")
    if form == "xlsx" and output is None and sys.stdout.isatty():
        raise CommandError("xlsx is binary: write it to a file with --output leads.xlsx")
    asked = {"site": site, "period": period, "view": view, "standing": standing, "sort": sort}
    if template is not None or form in ("csv", "xlsx"):
        file = ask(settings_of(data), "lead_file", **asked, form=form, language=words, template=template)
        _write(b64decode(file["content"]), output)
        return
    found = ask(settings_of(data), "leads", **asked)
    if form == "table":
        content = _lead_table(found, "in this view" if view else "with this standing" if standing else "").encode()
    else:
        content = json.dumps(found, ensure_ascii=False, indent=2).encode() + b"\n"
    _write(content, output)


def _write(content: bytes, output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        output.write_bytes(content)
    except OSError as problem:
        raise CommandError(f"{output} cannot be written: {problem.strerror}") from problem


def _lead_table(found: dict[str, Any], chosen: str) -> str:
    """The table of leads; `chosen` says of which companies alone they are, empty for all."""
    rows = found["leads"]
    span = f"{found['site']}, {found['period']['start']} to {found['period']['end']} (end not included)"
    if not rows and chosen:
        return f"{span}: no company is {chosen}.\n"
    if not rows:
        return f"{span}: no company was identified. `webleads doctor` says whether a network database is missing.\n"
    lines = [f"{span}: {counted(len(rows), 'company', 'companies')}", ""]
    with_fit = any(row["fit"] is not None for row in rows)
    lines.append(
        f"{'score':>5}  {'fit  ' if with_fit else ''}{'company':<36} {'visits':>6} {'pages':>6} {'reading':>8}  {'last seen':<16} from"
    )
    fits = {row["company"]: f"{row['fit']:>3}  " if with_fit else "" for row in rows}
    for row in rows:
        minutes, seconds = divmod(round(row["engaged_seconds"]), 60)
        lines.append(
            f"{row['score']:>5}  {fits[row['company']]}{row['company'][:36]:<36} {row['visits']:>6} {row['pageviews']:>6}"
            f" {minutes:>4}m{seconds:02}s  {row['last_seen'][:16].replace('T', ' '):<16} {', '.join(row['sources'][:3])}"
        )
    return "\n".join(lines) + "\n"


@click.command()
@site_option
@click.argument("query")
@data_option
def query(site: str, query: str, data: Path | None) -> None:
    """Ask a Stats API v2 query (JSON), for example '{"metrics": ["visitors"], "date_range": "7d"}'; `-` reads it from standard input."""
    text = sys.stdin.read() if query == "-" else query
    try:
        asked = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise CommandError(f"the query is not JSON: {problem}") from problem
    if not isinstance(asked, dict):
        raise CommandError("the query must be a JSON object")
    found = ask(settings_of(data), "query", site=site, query=asked)
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))


@click.group()
def report() -> None:
    """Reports to read or to send."""


def _report_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that both reports have."""
    options = (
        site_option,
        click.option(
            "--format", "form", type=click.Choice(["text", "html", "json"]), default="text", show_default=True
        ),
        click.option("--view", default=None, help="Only the leads of a saved view, by its key."),
        click.option("--language", type=click.Choice(["fr", "en"]), help="Another language than the site's."),
        click.option("--send", is_flag=True, help="Send it to the site's recipients who have not had it yet."),
        click.option(
            "--again", is_flag=True, help="With --send: also to those whose message was cut off, who may have had it."
        ),
        click.option(
            "--to",
            "recipients",
            multiple=True,
            help="With --send: to these addresses instead of the site's recipients.",
        ),
        data_option,
    )
    for option in reversed(options):
        command = option(command)
    return command


@report.command("weekly")
@click.option("--week", default=None, help="An ISO week such as 2026-W46 (default: the last complete one).")
@_report_options
def weekly(week: str | None, **asked: Any) -> None:
    """The report of one complete week."""
    _report("weekly", week, **asked)


@report.command("monthly")
@click.option("--month", default=None, help="A month such as 2026-11 (default: the last complete one).")
@_report_options
def monthly(month: str | None, **asked: Any) -> None:
    """The report of one complete month."""
    _report("monthly", month, **asked)


def _report(
    kind: str,
    label: str | None,
    *,
    site: str,
    form: str,
    language: str | None,
    view: str | None,
    send: bool,
    again: bool,
    recipients: tuple[str, ...],
    data: Path | None,
) -> None:
    if (recipients or again) and not send:
        raise CommandError(f"{'--to' if recipients else '--again'} goes with --send")
    if view is not None and send:
        raise CommandError(
            "--view goes without --send; what is sent lists the companies that each recipient or the site chose"
        )
    settings = settings_of(data)
    about = {"site": site, "kind": kind, "label": label}
    if not send:
        found = ask(settings, "report", **about, form=form, language=language, view=view)
        click.echo(found["content"], nl=False)
        return
    found = ask(settings, "send_report", **about, recipients=list(recipients), again=again)
    for delivery in found["deliveries"]:
        click.echo(f"{delivery['recipient']}: {delivery['outcome']}")
    if not found["deliveries"]:
        raise CommandError(f"{site} has no recipients of it; add one on its settings page or name one with --to")
    if any(delivery["failed"] for delivery in found["deliveries"]):
        raise SystemExit(1)
