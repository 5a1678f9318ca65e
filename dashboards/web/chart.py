"""The geometry of the overview's chart: from a time series to SVG paths in a box of 1000 × 240, and its labels.

The browser stretches the box to the page's width, so it contains no text: labels and tooltips are HTML beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tracker.stats.metrics import METRICS, Unit

WIDTH, HEIGHT = 1000.0, 240.0
_HEADROOM = 12.0  # so that a line along the top is not cut
_SECONDS = (10, 20, 30, 60, 120, 240, 360, 600, 1200, 1800, 3600, 7200, 14400, 36000)


@dataclass(frozen=True)
class Point:
    """One interval: its label, its value and the value to compare with. A future interval has no value."""

    label: str
    value: float | None
    before: float | None = None
    before_label: str = ""
    unfinished: bool = False


@dataclass(frozen=True)
class Slot:
    """One interval in the tooltip under the pointer; `y` is in the box's units."""

    y: float
    point: Point
    value: str
    before: str | None


@dataclass(frozen=True)
class Chart:
    """Paths for SVG's `d`, empty where there is nothing to draw, and the labels of its lines and ends.

    `future` is the number of intervals that have not begun; they have no slot.
    """

    line: str
    area: str
    tail: str
    before: str
    top: str
    middle: str
    first: str
    last: str
    slots: Sequence[Slot]
    future: int
    end: tuple[float, float] | None  # the last finished point
    present: tuple[float, float] | None  # the unfinished one


def draw(points: Sequence[Point], *, metric: str, word: Callable[[float], str]) -> Chart:
    """Returns the chart of a series. `word` returns a value as text."""
    compared = [point.before for point in points if point.before is not None]
    top = _top([point.value for point in points if point.value is not None] + compared, metric)
    places = [_place(index, len(points), point.value, top) for index, point in enumerate(points)]
    finished = [place for place, point in zip(places, points, strict=True) if place and not point.unfinished]
    unfinished = [place for place, point in zip(places, points, strict=True) if place and point.unfinished]
    befores = [_place(index, len(points), point.before, top) for index, point in enumerate(points)]
    return Chart(
        line=_path(finished),
        area=_area(finished),
        tail=_path([*finished[-1:], *unfinished]),
        before=_path([place for place in befores if place]),
        top=word(top),
        middle=word(top / 2),
        first=points[0].label if points else "",
        last=points[-1].label if points else "",
        slots=[
            Slot(
                y=place[1],
                point=point,
                value=word(point.value or 0),
                before=None if point.before is None else word(point.before),
            )
            for place, point in zip(places, points, strict=True)
            if place
        ],
        future=places.count(None),
        end=finished[-1] if finished else None,
        present=unfinished[-1] if unfinished else None,
    )


def _top(values: Sequence[float], metric: str) -> float:
    """Returns a round value at or above the highest, whose half is round too."""
    highest = max(values, default=0)
    if METRICS[metric].unit is Unit.FRACTION:
        return next((step for step in (0.1, 0.2, 0.4, 0.6, 0.8) if highest <= step), 1.0)
    if METRICS[metric].unit is Unit.SECONDS:
        return next((step for step in _SECONDS if highest <= step), highest)
    magnitude = 1.0
    while highest > 10 * magnitude:
        magnitude *= 10
    steps = (2, 4, 6, 8, 10) if magnitude == 1 else (1.2, 1.6, 2, 3, 4, 5, 6, 8, 10)
    return next(step * magnitude for step in steps if highest <= step * magnitude)


def _place(index: int, number: int, value: float | None, top: float) -> tuple[float, float] | None:
    if value is None:
        return None
    x = (index + 0.5) * WIDTH / number
    return round(x, 1), round(HEIGHT - (HEIGHT - _HEADROOM) * value / top, 1)


def _path(places: Sequence[tuple[float, float]]) -> str:
    if len(places) < 2:
        return ""
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in places)


def _area(places: Sequence[tuple[float, float]]) -> str:
    if len(places) < 2:
        return ""
    return f"{_path(places)}L{places[-1][0]:g} {HEIGHT:g}L{places[0][0]:g} {HEIGHT:g}Z"


def sparkline(values: Sequence[float]) -> str:
    """Returns the path of a small chart in a box of 100 × 24."""
    highest = max(values, default=0) or 1
    step = 100 / max(len(values) - 1, 1)
    places = [(round(index * step, 1), round(23 - 22 * value / highest, 1)) for index, value in enumerate(values)]
    return _path(places)
