"""A measured figure with its budget, and the table that `make bench` prints."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One row: what was measured, and its budget if there is one.

    `at_most` and `at_least` are in the figure's unit. A figure without either is shown for comparison.
    """

    what: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def verdict(self) -> str:
        """`ok` or `MISSED` against the budget, empty without one."""
        if self.at_most is None and self.at_least is None:
            return ""
        fits = (self.at_most is None or self.value <= self.at_most) and (
            self.at_least is None or self.value >= self.at_least
        )
        return "ok" if fits else "MISSED"

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"verdict": self.verdict}


def middle(measure: Callable[[], float], *, times: int = 5) -> float:
    """Returns the median of several measurements, since a busy machine has good and bad moments."""
    return median(measure() for _ in range(times))


def table(figures: Iterable[Figure]) -> str:
    """The figures as lines for a terminal."""
    lines = []
    for one in figures:
        budget = f"<= {one.at_most:,g}" if one.at_most is not None else ""
        budget = f">= {one.at_least:,g}" if one.at_least is not None else budget
        number = f"{one.value:,.0f}" if abs(one.value) >= 1000 else f"{one.value:,.3g}"
        lines.append(f"  {one.what:<72} {number:>12} {one.unit:<9} {budget:>11}  {one.verdict}")
    return "\n".join(lines)
