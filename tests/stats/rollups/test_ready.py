"""What was asked last is answered with the figures; the rest once they are seen, as long as nothing else is to be counted."""

from __future__ import annotations

from functools import partial
from typing import cast

from sqlalchemy import select

from tests.stats.conftest import SITE, Blog
from tracker.stats.rollups.ready import asked, make_ready, seen_last
from tracker.store.answering.store import AnsweringStore
from tracker.store.protocol import EventStore
from tracker.store.schema import events


def noting(blog: Blog) -> tuple[EventStore, list[str]]:
    """A store of which three questions were asked, and a list that grows by the names of those that are asked again."""
    store, names = cast(EventStore, AnsweringStore(blog.store)), []

    def ask(name: str, page: EventStore) -> None:
        with page.snapshot() as snapshot:
            snapshot.rows(select(events.c.site).limit(1))
        names.append(name)

    for name in ("first", "second", "last"):
        asked(store, SITE, name, partial(ask, name))
    return store, names


def test_with_time_all_is_asked_again_before_figures_are_seen_the_last_first(blog: Blog) -> None:
    store, names = noting(blog)
    with blog.store.snapshot() as snapshot:
        assert make_ready(store, snapshot, SITE, lambda one: one, seconds=60) is None
    assert names == ["last", "second", "first"]


def test_without_only_the_last_is_and_the_others_afterwards(blog: Blog) -> None:
    store, names = noting(blog)
    for _ in range(2):  # in the same order again
        with blog.store.snapshot() as snapshot:
            left = make_ready(store, snapshot, SITE, lambda one: one, seconds=0)
        assert left is not None
        assert names == ["last"]
        left.ask(lambda: True)
        assert names == ["last", "second", "first"]
        names.clear()


def test_what_is_left_waits_where_there_is_more_to_count_and_is_not_forgotten(blog: Blog) -> None:
    store, names = noting(blog)
    for _ in range(2):
        with blog.store.snapshot() as snapshot:
            left = make_ready(store, snapshot, SITE, lambda one: one, seconds=0)
        assert left is not None
        left.ask(lambda: len(names) < 2)
        assert names == ["last", "second"]
        names.clear()


def test_sites_that_somebody_looks_at_are_known_the_last_one_first(blog: Blog) -> None:
    store = cast(EventStore, AnsweringStore(blog.store))
    for site in ("a.fr", "b.fr", "a.fr"):
        asked(store, site, "list", lambda _page: None)
    assert seen_last(store) == ["a.fr", "b.fr"]
    assert seen_last(blog.store) == []
