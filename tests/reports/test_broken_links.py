"""Links that lead to no page, and where they stand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tracker.reports.broken_links import Origin, _counted


class Row(NamedTuple):
    visit_id: int
    visitor_id: int
    occurred_at: datetime
    name: str
    path: str | None
    referrer: str | None = None


START = datetime(2026, 11, 16, 9)  # noqa: DTZ001 - as the store has moments


def visit(number: int, *steps: str, referrer: str | None = None) -> list[Any]:
    """The rows of a visit: a view of each page, and the event of a page that is not there, which is written with a "!"."""
    rows = []
    for minute, step in enumerate(steps):
        path, at = step.removesuffix("!"), START + timedelta(minutes=minute)
        rows.append(Row(number, number, at, "pageview", path, referrer))
        if step.endswith("!"):
            rows.append(Row(number, number, at, "404", path, referrer))
    return rows


def test_a_broken_link_stands_on_the_page_before_or_on_another_site() -> None:
    rows = [
        *visit(1, "/a", "/gone!", referrer="https://ami.example/"),
        *visit(2, "/a", "/gone!", "/gone!"),
        *visit(3, "/gone!", referrer="https://ami.example/liens"),
        *visit(4, "/old!"),
        *visit(5, "/b"),
    ]
    gone, old = _counted(reversed(rows))
    assert (gone.path, gone.times, gone.visitors) == ("/gone", 4, 3)
    assert gone.origins == [(Origin(page="/a"), 3), (Origin(referrer="https://ami.example/liens"), 1)]
    assert gone.last_at == START + timedelta(minutes=2)
    assert (old.path, old.origins) == ("/old", [(Origin(), 1)])


def test_a_broken_link_leads_from_one_missing_page_to_the_next() -> None:
    first, second = sorted(_counted(visit(1, "/x!", "/y!")), key=lambda one: one.path)
    assert first.origins == [(Origin(), 1)]
    assert second.origins == [(Origin(page="/x"), 1)]
