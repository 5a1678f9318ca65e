"""A company's visits as a person would tell them, by day: from where, what was read for how long, what was done.

What was done is never left out: of many pages in one visit only the first are listed, of an event all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from dashboards.presentation import labels
from dashboards.presentation.dates import duration
from dashboards.presentation.visit_events import describe_event
from dashboards.translations import translate, translate_plural

_SHOWN_PAGES = 12
# Of one kind of event in one visit these are told with their targets, the others by their number.
_SHOWN_OF_A_KIND = 20
# Reading time under this is passing by.
_READ_SECONDS = 10


@dataclass(frozen=True)
class TimelineStep:
    """One page, one other event as `what` in words, or the number of pages that are `skipped` here.

    `begins` is whether the page needs its verb: it comes first, or after something else than a page.
    """

    title: str = ""
    path: str = ""
    time: str | None = None
    what: str | None = None
    skipped: int = 0
    begins: bool = False


@dataclass(frozen=True)
class VisitStory:
    """One visit."""

    started_at: datetime
    source: str
    place: str
    device: str
    steps: Sequence[TimelineStep]
    pages: int
    engaged: str


@dataclass(frozen=True)
class Day:
    """One local day with its visits, the newest first."""

    day: date
    visits: list[VisitStory] = field(default_factory=list)


def days(language: str, visits: Sequence[Any], zone: ZoneInfo) -> list[Day]:
    """The visits of `tracker.leads.visits.company_visits`, in their order, by local day."""
    found: list[Day] = []
    for visit in visits:
        day = visit.started_at.astimezone(zone).date()
        if not found or found[-1].day != day:
            found.append(Day(day))
        found[-1].visits.append(_story(language, visit))
    return found


def _story(language: str, visit: Any) -> VisitStory:
    folded = _fold(language, visit.steps)
    seconds = sum(one["seconds"] for one in folded)
    country = labels.country(language, visit.country) if visit.country else None
    place = ", ".join(part for part in (visit.city, country) if part)
    return VisitStory(
        started_at=visit.started_at,
        source=visit.source or "",
        place=place,
        device=labels.device(language, visit.device),
        steps=_steps(language, folded),
        pages=sum(one["what"] is None for one in folded),
        engaged=duration(language, seconds) if seconds else "",
    )


def _fold(language: str, steps: Sequence[Any]) -> list[dict[str, Any]]:
    """Steps with the reading time of `engagement` events, and of a page loaded twice, added to their page.

    The same event twice in a row is one step, done so many `times`.
    """
    folded: list[dict[str, Any]] = []
    for step in steps:
        seconds = float(step.engaged_seconds or 0)
        page = step.name in ("pageview", "engagement")
        last = next((one for one in reversed(folded) if one["path"] == step.path and one["what"] is None), None)
        if page and last is not None and (step.name == "engagement" or last is folded[-1]):
            last["seconds"] += seconds
            continue
        what = None if page else describe_event(language, step.name, step.props, step.path or "")
        if what is not None and folded and folded[-1]["what"] == what:
            folded[-1]["times"] += 1
        elif page or step.name:
            about = {"title": step.title or step.path or "", "path": step.path or "", "seconds": seconds}
            folded.append(about | {"what": what, "name": step.name, "times": 1})
    return folded


def _steps(language: str, folded: Sequence[dict[str, Any]]) -> list[TimelineStep]:
    """What is listed: the first pages, and all that was done; many events of one kind as their number, where they end."""
    steps: list[TimelineStep] = []
    pages = 0
    of_a_kind: dict[str, int] = {}
    for one in folded:
        if one["what"] is not None:
            of_a_kind[one["name"]] = number = of_a_kind.get(one["name"], 0) + 1
            if number <= _SHOWN_OF_A_KIND:
                steps.append(TimelineStep(what=_times(language, one)))
            continue
        pages += 1
        if pages > _SHOWN_PAGES:
            before = steps.pop().skipped if steps[-1].skipped else 0
            steps.append(TimelineStep(skipped=before + 1))
        else:
            steps.append(_page(language, one, begins=not steps or steps[-1].what is not None))
    for name, number in of_a_kind.items():
        if number > _SHOWN_OF_A_KIND:
            steps.append(TimelineStep(what=_more_of(language, name, number - _SHOWN_OF_A_KIND)))
    return steps


def _times(language: str, one: dict[str, Any]) -> str:
    if one["times"] == 1:
        return str(one["what"])
    return translate(language, "%(what)s, %(times)s times", what=one["what"], times=one["times"])


def _more_of(language: str, name: str, number: int) -> str:
    return translate_plural(
        language, "%(what)s and %(num)s more time", "%(what)s and %(num)s more times", number,
        what=describe_event(language, name, None),
    )  # fmt: skip


def _page(language: str, one: dict[str, Any], *, begins: bool) -> TimelineStep:
    read = one["seconds"] >= _READ_SECONDS
    time = translate(language, "for %(time)s", time=duration(language, one["seconds"])) if read else None
    return TimelineStep(title=one["title"], path=one["path"], time=time, begins=begins)
