"""The period of a page, what it is compared with and what its chart steps by, parsed from the URL's arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from tracker.enrichment.text.clean import clean_text
from tracker.stats.comparisons import Against, Mode
from tracker.stats.periods import Period, PeriodError, Unread

DEFAULT_PERIOD = "30d"
_MOST_TOLD = 40
NO_COMPARISON = "no"
# "yes" and whatever else compared with the period before until other comparisons came.
_WORDS = {"": Mode.PREVIOUS, "yes": Mode.PREVIOUS, Mode.PREVIOUS: Mode.PREVIOUS, Mode.YEAR: Mode.YEAR}

Parse = Callable[[str], Period]


@dataclass(frozen=True)
class Problem:
    """A part of the URL that could not be parsed: its text, and why."""

    text: str
    reason: Unread


def read_period(arguments: Mapping[str, str], parse: Parse) -> tuple[Period, str, Problem | None]:
    """The period, its text, and what was asked for where that is not a period; the default stands for it then."""
    text = _days(arguments, "from", "to") or arguments.get("period") or DEFAULT_PERIOD
    try:
        return parse(text), text, None
    except PeriodError as problem:
        return parse(DEFAULT_PERIOD), DEFAULT_PERIOD, Problem(clean_text(text, _MOST_TOLD), problem.reason)


def read_against(arguments: Mapping[str, str], parse: Parse) -> tuple[Against | None, Problem | None]:
    """What is compared with, None for nothing, and what was asked for where that is no comparison."""
    text = _days(arguments, "compare_from", "compare_to") or arguments.get("compare", "")
    weekdays = arguments.get("weekdays") != "no"
    if text == NO_COMPARISON:
        return None, None
    if text in _WORDS:
        return Against(_WORDS[text], weekdays), None
    try:
        if not text[:1].isdigit():
            raise PeriodError(text, Unread.UNKNOWN)  # noqa: TRY301 - answered like every other text that is no period
        days = parse(text)
    except PeriodError as problem:
        return Against(matches_weekdays=weekdays), Problem(clean_text(text, _MOST_TOLD), problem.reason)
    return Against(Mode.CUSTOM, weekdays, (days.start, days.end)), None


def write_against(against: Against | None) -> dict[str, str | None]:
    """The URL arguments for a comparison, without defaults."""
    if against is None:
        return {"compare": NO_COMPARISON, "weekdays": None}
    text: str | None = None
    if against.days is not None:
        first, after = against.days
        text = f"{first},{date.fromordinal(after.toordinal() - 1)}"
    elif against.mode is not Mode.PREVIOUS:
        text = against.mode
    return {"compare": text, "weekdays": None if against.matches_weekdays else "no"}


def _days(arguments: Mapping[str, str], first: str, last: str) -> str:
    """The two days of a form, in either order; empty where neither is there. One day alone is not a period."""
    start, end = arguments.get(first, ""), arguments.get(last, "")
    if start and end:
        return f"{min(start, end)},{max(start, end)}"
    return f"{start},{end}" if start or end else ""
