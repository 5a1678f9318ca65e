"""A reading's revision changes with what it depends on, and with nothing else.

Two snapshots that say the same revision see the same; one that began in a commit says none.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from tests.stats.conftest import PARIS, SITE, Blog
from tracker.stats.rollups.keeping import Keeper, seal
from tracker.store.batch import Batch
from tracker.store.changes.revisions import Revisions, State, States
from tracker.store.protocol import EventStore
from tracker.store.reading import Reading

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


MIDNIGHT = datetime.min.time()
TODAY = date(2026, 11, 20)


def until(day: int, site: str = SITE) -> Reading:
    return Reading(site, datetime.min, datetime.combine(date(2026, 11, day), MIDNIGHT))  # noqa: DTZ901 - as the store has moments


def revisions(of: EventStore, *readings: Reading) -> list[int | None]:
    with of.snapshot() as snapshot:
        return [snapshot.revision(one) for one in readings]


@pytest.fixture
def sealed_week(store: EventStore) -> Blog:
    blog = Blog(store)
    for day in range(14, 21):
        blog.visit(f"2026-11-{day}T12:00:00+01:00", (0, "/a"))
    Keeper(blog.store).seal_all(SITE, PARIS, today=TODAY, on_progress=lambda done, left: None)
    return blog


def test_what_happens_today_leaves_days_before(sealed_week: Blog) -> None:
    asked = (until(17), until(22), until(22, "other.fr"))
    before = revisions(sealed_week.store, *asked)
    sealed_week.visit("2026-11-20T13:00:00+01:00", (0, "/a"))
    counted = revisions(sealed_week.store, *asked)
    assert (counted[0], counted[2]) == (before[0], before[2])
    assert counted[1] != before[1]
    assert seal(sealed_week.store, SITE, TODAY, PARIS)
    after = revisions(sealed_week.store, *asked)
    assert (after[0], after[2]) == (before[0], before[2])
    assert after[1] not in (before[1], counted[1])


@pytest.mark.parametrize("change", ["late", "taken back", "counted anew", "out of use", "removed"])
def test_each_change_of_a_days_events_or_figures_is_another_revision(sealed_week: Blog, change: str) -> None:
    of = sealed_week.store
    before = revisions(of, until(22))
    if change == "late":
        sealed_week.visit("2026-11-16T13:00:00+01:00", (0, "/a"))
    elif change == "taken back":
        of.append(Batch({}, retracted=[2]))
    elif change == "counted anew":
        assert seal(of, SITE, date(2026, 11, 16), PARIS)
    elif change == "out of use":
        of.unseal(SITE, date.min, date.max)
    else:
        of.forget_site(SITE)
    assert revisions(of, until(22)) != before
    assert revisions(of, until(22)) == revisions(of, until(22))


def test_a_snapshot_does_not_know_what_came_after_it(sealed_week: Blog) -> None:
    with sealed_week.store.snapshot() as snapshot:
        before = snapshot.revision(until(17))
        sealed_week.visit("2026-11-20T13:00:00+01:00", (0, "/a"))
        assert snapshot.revision(until(22)) is None
        assert snapshot.revision(until(17)) == before


def test_a_snapshot_that_began_in_a_commit_has_no_state() -> None:
    states, changed = States(), [(SITE, date(2026, 11, 20))]

    def overtaken() -> None:
        with states.committing(changed):
            pass

    assert states.seen_by(overtaken) is None
    with states.committing(changed):
        assert states.seen_by(lambda: None) is None
    found = states.seen_by(lambda: None)
    assert isinstance(found, State)
    assert found.revision(until(22)) == 2


def test_a_commit_that_fails_may_have_changed_all_that_it_meant_to() -> None:
    states = States()
    with pytest.raises(OSError, match="full"), states.committing([(SITE, date(2026, 11, 20))]):
        raise OSError("full")
    found = states.seen_by(lambda: None)
    assert found is not None
    assert (found.revision(until(22)), found.revision(until(17))) == (1, 0)
