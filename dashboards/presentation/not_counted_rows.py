"""Hits that are not counted, as pages show them: by reason, each with what it means and its details."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dashboards.presentation import labels
from dashboards.translations import translate
from tracker.enrichment.drops import DropReason

_DETAILS = 12


@dataclass(frozen=True)
class Detail:
    """One detail of a reason; `width` is its bar's, 0–100."""

    label: str
    hits: int
    width: float


@dataclass(frozen=True)
class ReasonRow:
    """One reason. `details` are the most frequent ones, `more` is the number of the others."""

    code: str
    name: str
    meaning: str
    hits: int
    share: float
    details: list[Detail]
    more: int

    def words(self, language: str) -> str:
        """Returns sentences that say that hits were not counted, and why."""
        return (
            translate(language, "An event arrived but was excluded: %(reason)s.", reason=self.name) + " " + self.meaning
        )


def by_reason(language: str, frame: pd.DataFrame) -> list[ReasonRow]:
    """The rows of `tracker.stats.traffic.not_counted` by reason, the most frequent first.

    Those of `not_counted_by_reason` make rows without details.
    """
    if frame.empty:
        return []
    total = int(frame["hits"].sum())
    if "detail" not in frame:
        pairs = zip(frame["reason"], frame["hits"], strict=True)
        return [_reason(language, str(code), int(hits), total, []) for code, hits in pairs]
    found = frame.groupby("reason")["hits"].sum().sort_values(ascending=False, kind="stable")
    return [
        _reason(language, str(code), int(hits), total, _details(frame[frame["reason"] == code]))
        for code, hits in found.items()
    ]


def _reason(language: str, code: str, hits: int, total: int, named: list[tuple[str, int]]) -> ReasonRow:
    largest = max((number for _, number in named), default=1)
    return ReasonRow(
        code=code,
        name=labels.drop_reason(language, code),
        meaning=labels.drop_meaning(language, code),
        hits=hits,
        share=hits / total,
        details=[
            Detail(_named(language, code, detail), number, round(100 * number / largest, 1))
            for detail, number in named[:_DETAILS]
        ],
        more=max(len(named) - _DETAILS, 0),
    )


def _named(language: str, code: str, detail: str) -> str:
    """A detail in words. A bot's name has a capital, as the others of the list: bingbot is Bingbot."""
    name = labels.drop_detail(language, detail)
    return name[:1].upper() + name[1:] if code == DropReason.BOT else name


def _details(frame: pd.DataFrame) -> list[tuple[str, int]]:
    found = frame.groupby("detail")["hits"].sum().sort_values(ascending=False, kind="stable")
    return [(str(detail), int(number)) for detail, number in found.items() if detail]
