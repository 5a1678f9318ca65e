"""The chart of the days, of table cells: an image would leave a hole where mail programs do not load it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dashboards.presentation import dates, numbers

_HEIGHT = 72  # pixels


# More days than these have narrow bars without those of the period before, and only each seventh says its number.
_WIDE_DAYS = 7


@dataclass(frozen=True)
class DayBar:
    """A day's visitors beside those of the same day of the period before; heights are in pixels, 1 at least.

    `value` and `before` are the numbers as text, empty where the bars are too narrow for them.
    """

    day: str
    value: str
    height: int
    before: str
    height_before: int


@dataclass(frozen=True)
class Chart:
    """The bars, and whether there is room for their numbers and for the period before."""

    bars: list[DayBar]
    wide: bool


def chart_of(language: str, days: pd.DataFrame, days_before: pd.DataFrame) -> Chart:
    """Returns the chart of a week or month, from frames with the columns start and visitors. The one before may be shorter."""
    now, before = ([int(value) for value in frame["visitors"]] for frame in (days, days_before))
    before = (before + [0] * len(now))[: len(now)]
    top, wide = max([*now, *before, 1]), len(now) <= _WIDE_DAYS
    return Chart(
        [
            DayBar(
                day=dates.day(language, start.date())[:3] if wide else str(start.day) if index % 7 == 0 else "",
                value=numbers.count(language, value) if wide else "",
                height=max(1, round(_HEIGHT * value / top)),
                before=numbers.count(language, earlier) if wide else "",
                height_before=max(1, round(_HEIGHT * earlier / top)),
            )
            for index, (start, value, earlier) in enumerate(
                zip(pd.to_datetime(days["start"]), now, before, strict=True)
            )
        ],
        wide,
    )
