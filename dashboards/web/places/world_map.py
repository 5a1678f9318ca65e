"""The map of the world: each country in one of five steps of colour, and a link to its regions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dashboards.presentation import labels, numbers
from dashboards.translations import translate
from dashboards.web.places.shapes import Shape, Shapes, shapes
from dashboards.web.site.links import selection_url
from dashboards.web.site.selection import Selection
from tracker.service.context import Context
from tracker.stats.breakdowns import breakdown
from tracker.stats.dimensions import Dimension

_STEPS = 5
# There are fewer countries than this.
_EVERY_COUNTRY = 1000


@dataclass(frozen=True)
class Country:
    """A country with visitors: `words` say them with its name."""

    code: str
    shape: Shape
    step: int
    words: str
    url: str


@dataclass(frozen=True)
class Step:
    """A step of colour and the numbers of visitors that have it, in words."""

    step: int
    words: str


@dataclass(frozen=True)
class WorldMap:
    """`countries` are those with visitors, the most first, the small ones after the others; `empty` are the other shapes."""

    width: int
    height: int
    countries: list[Country]
    empty: list[str]
    steps: list[Step]


def regions_url(selection: Selection, country: str) -> str:
    """The list of a country's regions."""
    narrowed = selection.filtered(Dimension.COUNTRY, country)
    return selection_url(narrowed, "overview.breakdown", dimension=Dimension.REGION.value)


def world_map(context: Context, selection: Selection, language: str) -> WorldMap | None:
    """The map of a selection's visitors; None where no country is known."""
    frame = breakdown(context.event_store, selection.scope, Dimension.COUNTRY, limit=_EVERY_COUNTRY)
    frame = frame[frame["value"].notna() & (frame["visitors"] > 0)]
    visitors = dict(zip(frame["value"], (int(number) for number in frame["visitors"]), strict=True))
    return draw(shapes(), visitors, selection, language) if visitors else None


def draw(known: Shapes, visitors: Mapping[str, int], selection: Selection, language: str) -> WorldMap:
    """The map of countries' visitors. What has no shape is in the list alone."""
    most = max(visitors.values())
    countries = [
        _country(code, known.countries[code], number, most, selection, language)
        for code, number in sorted(visitors.items(), key=lambda one: -one[1])
        if code in known.countries
    ]
    empty = [shape.path for code, shape in known.countries.items() if code not in visitors and shape.path]
    return WorldMap(
        known.width,
        known.height,
        sorted(countries, key=lambda one: one.shape.point is not None),
        [*empty, *(shape.path for shape in known.others if shape.path)],
        list(_steps(visitors.values(), most, language)),
    )


def step_of(number: int, most: int) -> int:
    """The step of a number, 1 to 5: each has the same factor, so that one large country leaves the others their colours."""
    return _STEPS if number >= most else 1 + math.floor(_STEPS * math.log(number) / math.log(most))


def _country(code: str, shape: Shape, number: int, most: int, selection: Selection, language: str) -> Country:
    words = translate(
        language,
        "%(name)s: %(value)s",
        name=labels.country(language, code),
        value=numbers.count(language, number, compact=False),
    )
    return Country(code, shape, step_of(number, most), words, regions_url(selection, code))


def _steps(visitors: Iterable[int], most: int, language: str) -> Iterable[Step]:
    """The steps that the map has, with the numbers that are in each."""
    by_step: dict[int, list[int]] = {}
    for number in visitors:
        by_step.setdefault(step_of(number, most), []).append(number)
    for step, found in sorted(by_step.items()):
        ends = [numbers.count(language, end, compact=False) for end in sorted({min(found), max(found)})]
        yield Step(step, "–".join(ends))
