"""The measurement of one step: the number of cases, how many are right, how fast it is, and the worst mistakes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

SHARED = Path(__file__).parents[3] / "shared" / "data"

Case = TypeVar("Case")
Answer = TypeVar("Answer")


@dataclass
class Measure:
    """One line of the table. `figures` are named fractions (0–1), such as recall; `mistakes` are sentences."""

    step: str
    data: str
    cases: int
    figures: dict[str, float]
    microseconds: float
    mistakes: list[str] = field(default_factory=list)


def timed(function: Callable[[Case], Answer], cases: Sequence[Case]) -> tuple[list[Answer], float]:
    """Returns the answers to the cases, in their order, and the CPU time of one in microseconds, with cold caches."""
    begun = time.thread_time()
    answers = [function(case) for case in cases]
    return answers, (time.thread_time() - begun) * 1e6 / max(1, len(cases))


def table(measures: Iterable[Measure]) -> str:
    """Returns the measures as lines for a terminal, each with its ten worst mistakes below it."""
    lines = []
    for one in measures:
        figures = "  ".join(f"{name} {value:.4f}" for name, value in one.figures.items())
        lines.append(f"{one.step:<10} {one.data:<34} {one.cases:>7} cases  {one.microseconds:>7.1f} µs  {figures}")
        lines += [f"    {mistake[:150]}" for mistake in one.mistakes[:10]]
    return "\n".join(lines)
