"""Filters in the dashboard's address bar: what every link and bookmark means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stats.filters.trees import TREES
from tracker.stats.dimensions import BY_NAME, Dimension
from tracker.stats.filters import OPERATORS, Comparison, Filter, FilterError, HasDone, Not
from tracker.stats.filters.address_bar import clicked, comparison_of, read_filter, write_filter

VALUES = st.lists(st.text(max_size=8), min_size=1, max_size=3).map(tuple)


@pytest.mark.parametrize("name", list(BY_NAME))
@given(operator=st.sampled_from(OPERATORS), values=VALUES)
def test_every_click_is_written_and_read_back(name: str, operator, values) -> None:  # type: ignore[no-untyped-def]
    one = clicked(BY_NAME[name], operator, values)
    assert read_filter(write_filter(one)) == one
    assert comparison_of(one) == Comparison(BY_NAME[name], operator, values)


@pytest.mark.parametrize(
    ("text", "one"),
    [
        ("page:is:/a", HasDone(Comparison(Dimension.PAGE, "is", ("/a",)))),
        ("page:is_not:/a", Not(HasDone(Comparison(Dimension.PAGE, "is", ("/a",))))),
        ("page:contains:a|b", HasDone(Comparison(Dimension.PAGE, "contains", ("a", "b")))),
        ("event:contains_not:up", Not(HasDone(Comparison(Dimension.EVENT, "contains", ("up",))))),
        ("source:is:", Comparison(Dimension.SOURCE, "is", ("",))),
        (r"source:is_not:a\|b:c", Comparison(Dimension.SOURCE, "is_not", ("a|b:c",))),
        ("exit_page:is_not:/a", Comparison(Dimension.EXIT_PAGE, "is_not", ("/a",))),
    ],
)
def test_an_address_means_visits_that_have_such_an_event(text: str, one: Filter) -> None:
    assert read_filter(text) == one
    assert write_filter(one) == text


@pytest.mark.parametrize("text", ["", "page", "page:is", "planet:is:Mars", "page:like:x", "PAGE:is:/a"])
def test_what_is_no_filter_is_told(text: str) -> None:
    with pytest.raises(FilterError, match="DIMENSION:OPERATOR:VALUES"):
        read_filter(text)


@given(TREES)
def test_a_tree_that_no_click_makes_is_refused_and_never_written_as_another(one: Filter) -> None:
    try:
        text = write_filter(one)
    except FilterError:
        return
    assert read_filter(text) == one


@pytest.mark.parametrize(
    "one",
    [
        Comparison(Dimension.PAGE, "is", ("/a",)),
        HasDone(Comparison(Dimension.PAGE, "is_not", ("/a",))),
        HasDone(Comparison(Dimension.SOURCE, "is", ("Google",))),
        Not(Comparison(Dimension.SOURCE, "is", ("Google",))),
        Comparison(Dimension.SOURCE, "is", ()),
    ],
    ids=["single-events", "has-another-event", "visit-has-done", "not", "no-value"],
)
def test_what_an_address_cannot_hold_is_told(one: Filter) -> None:
    with pytest.raises(FilterError, match="a URL cannot hold this filter"):
        write_filter(one)
