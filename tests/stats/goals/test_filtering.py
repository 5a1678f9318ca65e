"""Filters of goals mean the events that reach them, wherever they stand."""

from __future__ import annotations

import pytest

from tests.stats.conftest import Blog, scope
from tests.stats.goals.test_kept import GOALS, tell
from tracker.stats import traffic
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import And, AtLeast, Comparison, Filter, FilterError, HasDone, Not
from tracker.stats.filters.address_bar import clicked
from tracker.stats.filters.json import read_filters, read_stored, write_filters, write_stored
from tracker.stats.filters.sql import as_condition
from tracker.stats.goals.filtering import with_goals


@pytest.mark.parametrize(
    ("asked", "visits"),
    [
        (clicked(Dimension.GOAL, "is", ("demo",)), 2),
        (clicked(Dimension.GOAL, "is", ("read", "long")), 2),
        (clicked(Dimension.GOAL, "is_not", ("demo",)), 4),
        (clicked(Dimension.GOAL, "contains", ("THANK",)), 1),
        (clicked(Dimension.GOAL, "matches_wildcard", ("*a*",)), 3),
        (clicked(Dimension.GOAL, "is", ("gone",)), 0),
        (And((Not(HasDone(Comparison(Dimension.GOAL, "is", ("paid",)))),)), 4),
    ],
)
def test_a_goal_filters_visits_by_key_or_name(blog: Blog, asked: Filter, visits: int) -> None:
    tell(blog)
    filters = with_goals((asked,), GOALS)
    assert traffic.totals(blog.store, scope("2026-11-16,2026-11-18", *filters))["visits"].iloc[0] == visits


def test_readings_are_written_and_read_back() -> None:
    page = Comparison(Dimension.PAGE, "is", ("/a",))
    for one in (AtLeast("scroll_depth", 75), AtLeast("engaged_seconds", 60, page)):
        assert read_filters(write_filters((HasDone(one),))) == (HasDone(one),)
        assert read_stored(write_stored((one,))) == (one,)
    for wrong in (["at_least", "event:page", 3], ["at_least", "event:scroll_depth", 0], ["at_least"]):
        with pytest.raises(FilterError, match="at_least"):
            read_filters([wrong])


def test_an_unresolved_goal_is_refused() -> None:
    with pytest.raises(FilterError, match="resolve"):
        as_condition(Comparison(Dimension.GOAL, "is", ("demo",)), scope("2026-11-16").span())
