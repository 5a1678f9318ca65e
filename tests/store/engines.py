"""The engines that every test of the store's contract runs on: an engine is a line here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tracker.store.duckdb import migrations as duckdb_migrations
from tracker.store.migrations import Step
from tracker.store.schema import EVENT_COLUMNS


class EngineUnderTest(NamedTuple):
    """`url` is of an empty store made for a test in its folder; `steps` are the engine's migrations."""

    url: Callable[[Path], str]
    steps: dict[int, Step]


ENGINES = {"duckdb": EngineUnderTest(lambda folder: f"duckdb:///{folder}/events.duckdb", duckdb_migrations.STEPS)}

MOMENT = 1_794_830_400_000_000  # 2026-11-16T12:00:00Z in µs


def columns(rows: int, **values: list[Any]) -> dict[str, list[Any]]:
    """Events with 1 in each column that must have a number, and nothing in those that need nothing, but for `values`."""
    made: dict[str, list[Any]] = {name: [None] * rows for name in EVENT_COLUMNS}
    made |= {"site": ["a.fr"] * rows, "name": ["pageview"] * rows, "occurred_at": [MOMENT] * rows}
    numbers = "visitor_id visit_id visits bounces pageviews engaged_ms visit_seconds visit_age_seconds"
    return made | {name: [1] * rows for name in numbers.split()} | values
