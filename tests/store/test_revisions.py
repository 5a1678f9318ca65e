"""A reading's revision changes with what it depends on, and with nothing else."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tracker.store.reading import Reading
from tracker.store.revisions import Revisions

MARCH = Reading("a.fr", datetime.fromisoformat("2026-03-01T00:00:00"), datetime.fromisoformat("2026-04-01T12:00:00"))


def test_later_days_and_other_sites_leave_it() -> None:
    revisions = Revisions()
    before = revisions.of(MARCH)
    revisions.changed("a.fr", date(2026, 4, 2))
    revisions.changed("b.fr", date(2026, 3, 2))
    assert revisions.of(MARCH) == before


def test_each_change_of_its_days_or_earlier_ones_is_seen() -> None:
    revisions = Revisions()
    seen = [revisions.of(MARCH)]
    for day in (date(2026, 4, 1), date(2026, 3, 2), date(2025, 1, 1), date(2026, 3, 2)):
        revisions.changed("a.fr", day)
        seen.append(revisions.of(MARCH))
    revisions.everything_changed()
    assert len({*seen, revisions.of(MARCH)}) == 6


def test_a_site_of_many_days_forgets_too_much_rather_than_too_little() -> None:
    revisions = Revisions()
    for number in range(1000):
        before = revisions.of(MARCH)
        revisions.changed("a.fr", date(2024, 1, 1) + timedelta(days=number * 37 % 700))
        assert revisions.of(MARCH) > before
