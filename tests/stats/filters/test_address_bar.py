"""Filters in the dashboard's address bar: what every link and bookmark means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stats.filters.trees import TREES
from tracker.stats.dimensions import BY_NAME, Dimension
from tracker.stats.filters import OPERATORS, Comparison, Filter, FilterError, HasDone, Not, Or
from tracker.stats.filters.address_bar import as_clicked, clicked, read_filter, write_filter
from tracker.stats.filters.json import read_filters, write_filters

VALUES = st.lists(st.text(max_size=8), min_size=1, max_size=3).map(tuple)


@pytest.mark.parametrize("name", list(BY_NAME))
@given(operator=st.sampled_from(OPERATORS), values=VALUES)
def test_every_click_is_written_and_read_back(name: str, operator, values) -> None:  # type: ignore[no-untyped-def]
    one = clicked(BY_NAME[name], operator, values)
    assert read_filter(write_filter(one)) == one
    assert as_clicked(one) == Comparison(BY_NAME[name], operator, values)


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
def test_every_tree_is_written_and_read_back(one: Filter) -> None:
    assert read_filter(write_filter(one)) == one


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (Comparison(Dimension.PAGE, "is", ("/a",)), '["is","event:page",["/a"]]'),
        (HasDone(Comparison(Dimension.PAGE, "is_not", ("/a",))), '["has_done",["is_not","event:page",["/a"]]]'),
        (Not(Comparison(Dimension.SOURCE, "is", ("",))), '["not",["is","visit:source",[null]]]'),
        (Comparison(Dimension.SOURCE, "is", ()), '["is","visit:source",[]]'),
    ],
    ids=["single-events", "has-another-event", "not", "no-value"],
)
def test_what_no_click_makes_is_written_as_the_api_has_it(one: Filter, text: str) -> None:
    assert write_filter(one) == text
    assert read_filter(text) == one


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[", "is not a filter in JSON"),
        ("[" * 3000, "is not a filter in JSON"),
        ('["is"]', "must be"),
        ('["not",' * 30 + '["is","visit:source",["a"]]' + "]" * 30, "nested more than 20 deep"),
        ('["or",[' + ",".join(['["is","visit:os",[]]'] * 190) + ',["is","visit:os",[]]' * 12 + "]]", "characters"),
        ("page:is:" + "x" * 4000, "at most 4000 characters"),
        ('["is","visit:source",["\\ud800"]]', "half of a surrogate pair"),
        ('{"is":1}', "DIMENSION:OPERATOR:VALUES"),
    ],
    ids=["cut", "deep", "shape", "nested", "many", "long", "surrogate", "object"],
)
def test_hostile_text_is_refused_with_the_reason(text: str, told: str) -> None:
    with pytest.raises(FilterError, match=told):
        read_filter(text)


def test_what_is_too_long_for_a_url_is_not_written() -> None:
    with pytest.raises(FilterError, match="a URL cannot hold this filter"):
        write_filter(Comparison(Dimension.SOURCE, "is", ("x" * 5000,)))


def test_more_comparisons_than_anybody_means_are_refused() -> None:
    one = Comparison(Dimension.OS, "is", ("a",))
    with pytest.raises(FilterError, match="more than 200 comparisons"):
        read_filters(write_filters((Or((one,) * 201),)))
