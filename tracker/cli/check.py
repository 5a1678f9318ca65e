"""`webleads doctor`: diagnoses this installation."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from tracker.cli.options import EXPECTED_ERRORS, data_option, named_days, settings_of, since_option, until_option
from tracker.cli.reach import ask

_MARKS = {"good": ("ok", "green"), "hint": ("hint", "yellow"), "problem": ("problem", "red")}


@click.command()
@since_option
@until_option
@data_option
def doctor(data: Path | None, since: datetime | None, until: datetime | None) -> None:
    """Say what is wrong with this installation, and what to do; exit code 1 when there is a problem.

    With --since or --until, also compare the figures that are kept of these days with their events.
    """
    settings = settings_of(data)
    try:
        findings = ask(settings, "diagnose")["findings"]
        if since or until:
            findings += ask(settings, "compare_rollups", **named_days(since, until))["findings"]
    except EXPECTED_ERRORS as problem:
        findings = [{"level": "problem", "words": str(problem)}]
    for finding in findings:
        word, colour = _MARKS[finding["level"]]
        click.echo(f"{click.style(f'{word:>7}', fg=colour)}  {finding['words']}")
    if any(finding["level"] == "problem" for finding in findings):
        raise SystemExit(1)
