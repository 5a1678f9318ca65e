"""The values with the most visitors by any filter are those of a distinct count for each value, however they are found."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pandas as pd
import pytest

from tests.stats.conftest import PARIS, SITE, Blog, scope
from tracker.stats.breakdowns import leading, visitors_of
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Comparison, Filter, HasDone, Or
from tracker.stats.leading import of_all, of_events
from tracker.stats.leading.bits import visitors_of_values
from tracker.stats.leading.of_events import leading_of_events
from tracker.stats.leading.of_groups import leading_of_groups
from tracker.stats.rollups.counting import Counting, counting
from tracker.stats.rollups.keeping import Keeper
from tracker.stats.rollups.moment import moment
from tracker.stats.rollups.wanted import Wanted
from tracker.store.protocol import EventStore

WEEK = "2026-11-16,2026-11-22"
KNOWN = {"company_method": "rdns", "company_confidence": 0.9}
POSSIBLE = {"company_method": "as_organisation", "company_confidence": 0.3}
DIMENSIONS = [Dimension.PAGE, Dimension.SOURCE, Dimension.COMPANY, Dimension.COUNTRY, Dimension.DEVICE]
MOBILE = Comparison(Dimension.DEVICE, "is", ("mobile",))
FILTERS: list[Filter] = [
    MOBILE,
    Comparison(Dimension.SOURCE, "is", ("",)),
    Comparison(Dimension.PAGE, "is", ("/1",)),
    HasDone(Comparison(Dimension.PAGE, "is", ("/1",))),
    Comparison(Dimension.EXIT_PAGE, "is", ("/1",)),
    Or((MOBILE, Comparison(Dimension.COUNTRY, "is_not", ("FR",)))),
]


@pytest.fixture
def week(blog: Blog) -> Blog:
    """Visits of twelve people to nine pages, each day anew; some name no source or country."""
    chance = random.Random(12)
    with blog.at_once():
        for day in range(16, 23):
            for visitor in range(1, 13):
                company = chance.choice([{}, {}, {"company": "Acme", **KNOWN}, {"company": "Bolt", **POSSIBLE}])
                for hour in chance.sample(range(7, 20), chance.randint(0, 3)):
                    pages = [(step, f"/{min(chance.randint(1, 9), chance.randint(1, 9))}") for step in range(chance.randint(1, 4))]  # fmt: skip
                    blog.visit(
                        f"2026-11-{day}T{hour:02}:00:00+01:00",
                        *pages,
                        visitor=100 * day + visitor,
                        source=chance.choice([None, "Google", "LinkedIn"]),
                        country=chance.choice([None, "FR", "BE", "CH", "IT"]),
                        device="mobile" if visitor % 3 else "desktop",
                        **company,
                    )
    count(blog.store)
    return blog


def count(store: EventStore) -> None:
    Keeper(store).seal_all(SITE, PARIS, today=date(2026, 11, 22), on_progress=lambda done, left: None)


@contextmanager
def asked(store: EventStore, one: Filter) -> Iterator[tuple[EventStore, Counting]]:
    with moment(store) as page, counting(page, scope(WEEK, one), fewest_events=0) as counted:
        yield page, counted


def pairs(frame: pd.DataFrame) -> list[tuple[str | None, int]]:
    values = frame["value"].astype(object).where(frame["value"].notna(), None)
    return list(zip(values, frame["visitors"].astype(int), strict=True))


def named(found: dict[Dimension, pd.DataFrame]) -> dict[Dimension, list[tuple[str | None, int]]]:
    """Companies without a name may be left out."""
    return {
        one: [(value, number) for value, number in pairs(frame) if one is not Dimension.COMPANY or value]
        for one, frame in found.items()
    }


@pytest.mark.parametrize("one", FILTERS, ids=repr)
def test_the_first_values_are_those_of_distinct_counts(
    week: Blog, one: Filter, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Wanted(named={Dimension.PAGE: ["/1", "/7"], Dimension.SOURCE: [None]})
    for most in (40, 4):
        for module in (of_all, of_events):
            monkeypatch.setattr(module, "MOST", most)
        with asked(week.store, one) as (page, counted):
            known = of_all.most_of_all(page, counted.scope, DIMENSIONS)
            assert len(known[Dimension.PAGE]) == min(most + 1, 9)
            for wanted in (Wanted(3), Wanted(9), few):
                some = DIMENSIONS if wanted.named is None else list(wanted.named)
                found = leading_of_events(counted, some, wanted, known)
                assert named(found) == named(leading_of_groups(counted, some, wanted))


def test_companies_are_told_by_rows_of_days_and_possible_ones_are_nobody(week: Blog) -> None:
    with asked(week.store, MOBILE) as (_, counted):
        found = leading_of_events(counted, [Dimension.COMPANY], Wanted(3))[Dimension.COMPANY]
        meant = leading_of_groups(counted, [Dimension.COMPANY], Wanted(3))[Dimension.COMPANY]
        assert [value for value, _ in pairs(found)] == ["Acme"]
        assert pairs(found) == [one for one in pairs(meant) if one[0]]


def test_a_page_that_came_after_the_days_were_counted_is_among_the_first(week: Blog) -> None:
    with asked(week.store, MOBILE) as (page, counted):
        known = of_all.most_of_all(page, counted.scope, [Dimension.PAGE])
    for visitor in range(200):
        week.visit("2026-11-22T21:00:00+01:00", (0, "/new"), visitor=9000 + visitor, device="mobile")
    with asked(week.store, MOBILE) as (_, counted):
        assert visitors_of_values(counted, {Dimension.PAGE: ["/1"]})[Dimension.PAGE].others >= 200
        found = leading_of_events(counted, [Dimension.PAGE], Wanted(3), known)[Dimension.PAGE]
        assert pairs(found)[0] == ("/new", 200)


def test_by_a_filter_a_page_says_what_it_says_of_the_events(week: Blog) -> None:
    for one in FILTERS:
        with moment(week.store) as page:
            frames = leading(page, scope(WEEK, one), DIMENSIONS, limit=3, everybody=10)
            alone = leading(week.store, scope(WEEK, one), DIMENSIONS, limit=3, everybody=10)
            assert {key: pairs(frame) for key, frame in frames.items() if key is not Dimension.COMPANY} == {
                key: pairs(frame) for key, frame in alone.items() if key is not Dimension.COMPANY
            }
            assert frames[Dimension.PAGE]["title"].tolist() == alone[Dimension.PAGE]["title"].tolist()


def test_visitors_are_counted_once_for_each_value(blog: Blog) -> None:
    blog.visit("2026-11-16T10:00:00+01:00", (0, "/a"), (9, "/b"), (20, "/a"), visitor=1, source="Google")
    blog.visit("2026-11-16T15:00:00+01:00", (0, "/a"), visitor=1)
    blog.visit("2026-11-17T10:00:00+01:00", (0, "/c"), (3, None), visitor=2, source="Google")
    week = scope(WEEK)
    values = {Dimension.PAGE: ["/a", None, "/never"], Dimension.SOURCE: ["Google", None]}
    with counting(blog.store, week) as counted:
        found = visitors_of_values(counted, values)
        nothing = visitors_of_values(Counting(blog.store, scope("2026-11-20"), None), values)
    assert found[Dimension.PAGE] == ({"/a": 1, None: 1, "/never": 0}, 2)  # both were on another page
    assert found[Dimension.SOURCE] == ({"Google": 2, None: 1}, 0)
    assert nothing[Dimension.PAGE] == ({"/a": 0, None: 0, "/never": 0}, 0)
    assert visitors_of(blog.store, week, values) == {
        Dimension.PAGE: {"/a": 1, None: 1},
        Dimension.SOURCE: {"Google": 2, None: 1},
    }


def test_values_that_fill_more_than_one_integer_are_told_apart(blog: Blog) -> None:
    with blog.at_once():
        for number in range(61):
            blog.visit("2026-11-16T10:00:00+01:00", (0, f"/{number}"), visitor=number + 1, country=f"{number:02}")
    pages, countries = [f"/{number}" for number in range(61)], [f"{number:02}" for number in range(40)]
    with counting(blog.store, scope(WEEK)) as counted:
        found = visitors_of_values(counted, {Dimension.PAGE: pages, Dimension.COUNTRY: countries})
    assert found[Dimension.PAGE] == (dict.fromkeys(pages, 1), 0)
    assert found[Dimension.COUNTRY] == (dict.fromkeys(countries, 1), 21)
