"""Filters as the API has them, and as they are stored."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from tests.stats.filters.trees import TREES
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import And, Comparison, Filter, FilterError, HasDone, Not, Or
from tracker.stats.filters.json import read_filters, read_stored, write_filters, write_stored

PRICES = Comparison(Dimension.PAGE, "is", ("/prices",))


@given(TREES)
def test_what_is_stored_is_read_back(one: Filter) -> None:
    assert read_filters(write_filters((one,))) == (one,)
    assert read_stored(write_stored((one, PRICES))) == (one, PRICES)


@pytest.mark.parametrize(
    ("one", "listed"),
    [
        (PRICES, ["is", "event:page", ["/prices"]]),
        (Comparison(Dimension.SOURCE, "is_not", ("", "Google")), ["is_not", "visit:source", [None, "Google"]]),
        (HasDone(PRICES), ["has_done", ["is", "event:page", ["/prices"]]]),
        (Not(HasDone(PRICES)), ["has_not_done", ["is", "event:page", ["/prices"]]]),
        (Not(PRICES), ["not", ["is", "event:page", ["/prices"]]]),
        (And((PRICES,)), ["and", [["is", "event:page", ["/prices"]]]]),
        (Or((PRICES, PRICES)), ["or", [["is", "event:page", ["/prices"]], ["is", "event:page", ["/prices"]]]]),
    ],
    ids=["event", "missing-value", "has-done", "has-not-done", "not", "and", "or"],
)
def test_each_part_stands_as_the_api_documents_it(one: Filter, listed: list[object]) -> None:
    assert write_filters((one,)) == [listed]
    assert read_filters([listed]) == (one,)


def test_the_first_version_of_the_stored_form_is_read_for_ever() -> None:
    kept = '{"version":1,"filters":[["has_done",["contains","event:page",["/prices"]]],["is","visit:source",[null]]]}'
    assert read_stored(kept) == (
        HasDone(Comparison(Dimension.PAGE, "contains", ("/prices",))),
        Comparison(Dimension.SOURCE, "is", ("",)),
    )


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "`version`"),
        ('{"version": "1", "filters": []}', "`version`"),
        ('{"version": true, "filters": []}', "`version`"),
        ('{"version": 1}', "`filters`"),
        ('{"version": 2, "filters": []}', "update it"),
        ('{"version": 0, "filters": []}', "version 0"),
        ('{"version": 1, "filters": [], "name": "x"}', "no 'name'"),
        ('{"version": 1, "filters": [["is", "visit:planet", ["Mars"]]]}', "dimensions event:page"),
        ('{"version": 1, "filters": [["like", "event:page", ["x"]]]}', "has an unknown operator 'like'"),
        ('{"version": 1, "filters": [["has_done"]]}', "unknown operator 'has_done'|must be|is a list"),
    ],
    ids=lambda value: value[:40],
)
def test_an_unknown_part_of_what_is_stored_is_told(kept: str, told: str) -> None:
    with pytest.raises(FilterError, match=told):
        read_stored(kept)


def test_what_could_not_be_read_back_is_not_stored() -> None:
    deep: Filter = PRICES
    for _ in range(30):
        deep = Not(deep)
    with pytest.raises(FilterError, match="deep"):
        write_stored((deep,))
    with pytest.raises(FilterError):
        write_stored((And(()),))


def test_stored_text_keeps_words_of_any_script() -> None:
    stored = write_stored((Comparison(Dimension.CITY, "is", ("Nîmes",)),))
    assert "Nîmes" in stored
    assert json.loads(stored)["version"] == 1
