"""The shapes of countries, as the build made them of Natural Earth's: by their codes of two letters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from babel.core import get_global

from dashboards.web.assets import STATIC


@dataclass(frozen=True)
class Shape:
    """An SVG path, and the point at which a country stands that is too small to be seen."""

    path: str
    point: tuple[int, int] | None


@dataclass(frozen=True)
class Shapes:
    """The box that they are drawn in, those of the countries, and what is drawn of land that has no code."""

    width: int
    height: int
    countries: Mapping[str, Shape]
    others: tuple[Shape, ...]


@cache
def shapes() -> Shapes:
    """Returns the shapes. They are read when the first map is drawn."""
    world = json.loads((STATIC / "world.json").read_text(encoding="utf-8"))
    countries: dict[str, Shape] = {}
    others: list[Shape] = []
    for code, drawn in world["countries"].items():
        shape = Shape(drawn["path"], tuple(drawn["point"]) if "point" in drawn else None)
        if not code:
            others.append(shape)
        else:
            countries[_of_two_letters(code)] = shape
    return Shapes(world["width"], world["height"], countries, tuple(others))


def _of_two_letters(code: str) -> str:
    """The code of two letters of ISO 3166-1's numeric one, as CLDR has it."""
    names = get_global("territory_aliases").get(code)
    return str(names[0]) if names else code
