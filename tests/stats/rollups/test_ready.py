"""An overview, or what was asked last, is answered with the figures; the rest once they are seen, as long as nothing else is to be counted."""

from __future__ import annotations

from functools import partial
from typing import cast

from sqlalchemy import select

from tests.stats.conftest import SITE, Blog
from tracker.stats.rollups.ready import Left, Place, asked, make_ready, seen_last
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


def counted(blog: Blog, store: EventStore, *, seconds: float) -> Left | None:
    """What is left to ask after the days of the site were counted."""
    with blog.store.snapshot() as snapshot:
        return make_ready(store, snapshot, SITE, lambda one: one, seconds=seconds)


def test_what_was_not_asked_again_yet_is_once_figures_are_seen_except_the_first(blog: Blog) -> None:
    store, names = noting(blog)
    left = counted(blog, store, seconds=60)
    assert names == ["last"]
    assert left is not None
    left.ask(lambda: True)
    assert names == ["last", "second", "first"]


def test_figures_wait_for_what_takes_no_longer_than_there_is_time(blog: Blog) -> None:
    store, names = noting(blog)
    left = counted(blog, store, seconds=60)
    assert left is not None
    left.ask(lambda: True)
    names.clear()
    assert counted(blog, store, seconds=60) is None
    assert names == ["last", "second", "first"]


def test_without_time_they_wait_for_the_first_alone(blog: Blog) -> None:
    store, names = noting(blog)
    for _ in range(3):  # in the same order again
        left = counted(blog, store, seconds=0)
        assert left is not None
        assert names == ["last"]
        left.ask(lambda: True)
        assert names == ["last", "second", "first"]
        names.clear()


def test_an_overview_comes_first_then_lists_whatever_was_asked_last(blog: Blog) -> None:
    store, names = cast(EventStore, AnsweringStore(blog.store)), []
    for name, place in (
        ("12 months", Place.OVERVIEW),
        ("list", Place.LIST),
        ("30 days", Place.OVERVIEW),
        ("company", Place.OTHER),
    ):
        asked(store, SITE, name, lambda _page, name=name: names.append(name), place=place)
    left = counted(blog, store, seconds=0)
    assert names == ["30 days"]
    assert left is not None
    left.ask(lambda: True)
    assert names == ["30 days", "12 months", "list", "company"]


def test_how_long_a_question_takes_is_known_when_somebody_asks_it_again(blog: Blog) -> None:
    store, names = noting(blog)
    left = counted(blog, store, seconds=60)
    assert left is not None
    asked(store, SITE, "second", lambda _page: names.append("second, of now"))  # while it is asked again
    left.ask(lambda: True)
    asked(store, SITE, "first", lambda _page: names.append("first, of now"))
    names.clear()
    assert counted(blog, store, seconds=60) is None
    assert names == ["first, of now", "second, of now", "last"]


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
