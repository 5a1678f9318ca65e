"""The annotations of a period as the chart shows them: a line where each belongs, and a list beneath it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any, NamedTuple

from dashboards.presentation import dates
from dashboards.web.language import current_language
from dashboards.web.site.course_chart import as_time
from dashboards.web.site.selection import Selection
from tracker.service.context import Context
from tracker.sites.annotations import annotations_of

_WIDTH = 1000.0


class Mark(NamedTuple):
    """One annotation: its day in words, its text, and where it stands in a box 1,000 wide."""

    when: str
    text: str
    x: float


def marks(context: Context, selection: Selection, starts: Sequence[Any]) -> list[Mark]:
    """The annotations of a selection's period; `starts` are the local starts of the chart's intervals."""
    period, times = selection.period, [as_time(start) for start in starts]
    found = annotations_of(context.app_db, selection.site.id, since=period.start, until=period.end)
    made = []
    for one in found:
        at = datetime.combine(one.day, time(one.hour or 0))
        place = max((index for index, start in enumerate(times) if start <= at), default=0)
        made.append(
            Mark(day_in_words(one.day, one.hour), one.text, round((place + 0.5) * _WIDTH / max(len(times), 1), 1))
        )
    return made


def day_in_words(day: Any, hour: int | None) -> str:
    """A day, with the hour where there is one."""
    language = current_language()
    words = dates.day(language, day, year=True, weekday=False)
    return words if hour is None else f"{words}, {dates.hour(language, hour)}"
