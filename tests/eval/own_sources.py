"""Our own cases of where a visitor comes from, in two halves: an open one to learn from, and a kept one to test with.

source_cases.csv has the right source and channel for a referrer and a page's query; README.md has the definitions. A
hash of the case decides its half, so a new case does not move others. Mistakes of the kept half are counted but not
shown.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from tests.eval.measure import Measure, timed
from tracker.enrichment.page.parse import parse_page
from tracker.enrichment.source.attribution import Attribution, attribute

_CASES = Path(__file__).parent / "source_cases.csv"
_NOTHING = "-"


class OwnCase(NamedTuple):
    """A referrer and a query with the right source and channel; an empty one is not judged, `-` means none."""

    kind: str
    referrer: str
    query: str
    source: str
    channel: str

    @property
    def is_kept_apart(self) -> bool:
        """Returns whether the case is in the kept half."""
        return sha256(f"{self.referrer}|{self.query}".encode()).digest()[0] % 2 == 1


def own_cases() -> list[OwnCase]:
    """All cases of source_cases.csv, in its order."""
    with _CASES.open(newline="", encoding="utf-8") as file:
        return [OwnCase(**row) for row in csv.DictReader(file)]


def answer_to(case: OwnCase) -> Attribution:
    """Returns the service's attribution of a case."""
    page = parse_page(f"https://www.lesite.example/article?{case.query}")
    assert page is not None
    return attribute(page, case.referrer or None)


def verdicts(case: OwnCase, answer: Attribution) -> dict[str, bool]:
    """Returns whether the source and the channel are right, each only if the case judges it."""
    right = {}
    if case.source:
        wanted = None if case.source == _NOTHING else case.source
        right["source"] = (answer.source or "").lower() == (wanted or "").lower()
    if case.channel:
        right["channel"] = answer.channel == case.channel
    return right


def own_measures() -> Iterator[Measure]:
    """Yields a measure for each half; only that of the open half has mistakes."""
    for name, kept in (("our cases, open half", False), ("our cases, kept half", True)):
        cases = [case for case in own_cases() if case.is_kept_apart is kept]
        answers, microseconds = timed(answer_to, cases)
        judged = [verdicts(case, answer) for case, answer in zip(cases, answers, strict=True)]
        figures = {
            part: sum(verdict[part] for verdict in judged if part in verdict)
            / max(1, sum(part in verdict for verdict in judged))
            for part in ("source", "channel")
        }
        mistakes = [
            f"{case.kind}: {case.referrer} ?{case.query} -> {answer.source} / {answer.channel}, not {case.source} / {case.channel}"
            for case, answer, verdict in zip(cases, answers, judged, strict=True)
            if not all(verdict.values())
        ]
        yield Measure("source", name, len(cases), figures, microseconds, [] if kept else mistakes)
