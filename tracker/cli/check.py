"""`webleads doctor`: diagnoses this installation."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli.options import EXPECTED_ERRORS, data_option, settings_of
from tracker.cli.reach import ask

_MARKS = {"good": ("ok", "green"), "hint": ("hint", "yellow"), "problem": ("problem", "red")}


@click.command()
@data_option
def doctor(data: Path | None) -> None:
    """Say what is wrong with this installation, and what to do; exit code 1 when there is a problem."""
    try:
        findings = ask(settings_of(data), "diagnose")["findings"]
    except EXPECTED_ERRORS as problem:
        findings = [{"level": "problem", "words": str(problem)}]
    for finding in findings:
        word, colour = _MARKS[finding["level"]]
        click.echo(f"{click.style(f'{word:>7}', fg=colour)}  {finding['words']}")
    if any(finding["level"] == "problem" for finding in findings):
        raise SystemExit(1)
