"""What was added to sites since their days were counted is kept while it is few and all of it."""

from __future__ import annotations

from tracker.store.changes.added import AddedEvents, Columns

A, B = "a.example", "b.example"


def events_of(*sites: str) -> Columns:
    return {"site": [*sites]}


def test_batches_of_a_site_are_those_since_its_days_were_counted() -> None:
    added = AddedEvents()
    assert added.begin(A) is None
    one, both, other = events_of(A), events_of(A, B), events_of(B)
    added.note([A], one)
    added.note([A, B], both)
    added.note([B], other)
    assert added.begin(A) == [one, both]
    assert added.begin(A) == []
    assert added.begin(B) is None


def test_nothing_is_known_of_a_site_that_changed_otherwise() -> None:
    added = AddedEvents()
    added.begin(A)
    added.begin(B)
    added.lose([A])
    added.note([A, B], events_of(A, B))
    assert added.begin(A) is None
    assert added.begin(B) == [events_of(A, B)]
    added.lose_all()
    assert added.begin(B) is None


def test_many_events_are_not_kept() -> None:
    added = AddedEvents(most_rows=3)
    added.begin(A)
    added.begin(B)
    added.note([A], events_of(A, A))
    added.note([B], events_of(B))
    added.note([B], events_of(B))
    assert (added.begin(A), added.begin(B)) == (None, None)
    added.note([A], events_of(A))
    assert added.begin(A) == [events_of(A)]
