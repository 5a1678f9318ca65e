"""A company's visits as stories: the source, the pages with their reading time, and other events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboards.presentation import labels
from dashboards.presentation.dates import duration
from dashboards.translations import translate

_SHOWN_STEPS = 12
# Reading time under this is passing by.
_READ_SECONDS = 10


@dataclass(frozen=True)
class TimelineStep:
    """One page or one other event. `what` is the event's name when it is not a page view."""

    title: str
    path: str
    at: datetime
    time: str | None
    what: str | None


@dataclass(frozen=True)
class VisitStory:
    """One visit. `more` steps are not listed."""

    started_at: datetime
    source: str
    place: str
    device: str
    steps: Sequence[TimelineStep]
    more: int
    pages: int
    engaged: str


def stories(language: str, visits: Sequence[Any]) -> list[VisitStory]:
    """The visits of `tracker.leads.visits.company_visits`, in their order."""
    return [_story(language, visit) for visit in visits]


def _story(language: str, visit: Any) -> VisitStory:
    folded = _fold(visit.steps)
    steps = [_step(language, one) for one in folded]
    seconds = sum(one["seconds"] for one in folded)
    country = labels.country(language, visit.country) if visit.country else None
    place = ", ".join(part for part in (visit.city, country) if part)
    return VisitStory(
        started_at=visit.started_at,
        source=visit.source or "",
        place=place,
        device=labels.device(language, visit.device),
        steps=steps[:_SHOWN_STEPS],
        more=max(len(steps) - _SHOWN_STEPS, 0),
        pages=sum(one.what is None for one in steps),
        engaged=duration(language, seconds) if seconds else "",
    )


def _fold(steps: Sequence[Any]) -> list[dict[str, Any]]:
    """Steps with the reading time of `engagement` events, and of a page loaded twice, added to their page."""
    folded: list[dict[str, Any]] = []
    for step in steps:
        seconds = float(step.engaged_seconds or 0)
        page = step.name in ("pageview", "engagement")
        last = next((one for one in reversed(folded) if one["path"] == step.path and one["what"] is None), None)
        if page and last is not None and (step.name == "engagement" or last is folded[-1]):
            last["seconds"] += seconds
        elif page or step.name:
            folded.append(
                {
                    "title": step.title or step.path or "",
                    "path": step.path or "",
                    "at": step.occurred_at,
                    "seconds": seconds,
                    "what": None if page else step.name,
                }
            )
    return folded


def _step(language: str, one: dict[str, Any]) -> TimelineStep:
    read = one["seconds"] >= _READ_SECONDS and one["what"] is None
    return TimelineStep(
        title=one["title"],
        path=one["path"],
        at=one["at"],
        time=translate(language, "for %(time)s", time=duration(language, one["seconds"])) if read else None,
        what=one["what"],
    )
