"""What each column of an event is made of, and that the event, its groups of facts and the schema are one row."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from tracker.enrichment.agent import Agent
from tracker.enrichment.company.identified import Company
from tracker.enrichment.event import FACT_GROUPS, VISIT_FACTS, Event, FactGroup, Whereabouts
from tracker.enrichment.source.attribution import Attribution
from tracker.store.arrays import Shared, column_array, column_in_order, is_empty
from tracker.store.schema import EVENT_COLUMNS, events

GROUPS = {"source": Attribution, "whereabouts": Whereabouts, "company": Company, "agent": Agent}


def test_the_fields_of_an_event_are_the_columns_of_the_store() -> None:
    own = [field.name for field in msgspec.structs.fields(Event) if field.name != "facts"]
    stored = {*EVENT_COLUMNS, "event_id"} - {"has_event_id"}  # an event's id stands apart from it
    assert sorted([*own, *VISIT_FACTS]) == sorted(stored)


@pytest.mark.parametrize("group", FACT_GROUPS, ids=lambda group: group.name)
def test_a_group_of_facts_fills_the_columns_that_bear_its_fields_names(group: FactGroup) -> None:
    assert group.fields == GROUPS[group.name]._fields
    named = [group.name if field == "name" else field for field in group.fields]
    assert [column.removeprefix(f"{group.name}_") for column in group.columns] == named


@pytest.mark.parametrize("group", FACT_GROUPS, ids=lambda group: group.name)
def test_a_group_of_facts_comes_out_of_a_row_by_name_whatever_the_rows_order(group: FactGroup) -> None:
    row = {column: f"of {column}" for column in sorted(EVENT_COLUMNS, reverse=True)}
    made = GROUPS[group.name](**group.out_of(row))
    assert tuple(made) == tuple(f"of {column}" for column in group.columns)


def test_a_column_that_must_have_a_value_has_one_by_default_or_is_asked_for() -> None:
    required = {column.name for column in events.columns if not column.nullable}
    assert required <= {field.name for field in msgspec.structs.fields(Event)}


@pytest.mark.parametrize("name", [column.name for column in events.columns if column.nullable])
def test_a_column_that_may_be_empty_has_a_null(name: str) -> None:
    made = column_array(name, [None])
    kind = made.dtype.kind
    assert kind in "Ofib"
    empty = np.ma.getmaskarray(made)[0] if kind in "ib" else np.isnan(made[0]) if kind == "f" else made[0] is None
    assert empty


@pytest.mark.parametrize("name", EVENT_COLUMNS)
def test_values_come_out_of_an_array_as_they_went_in(name: str) -> None:
    kind = events.c[name].type.python_type
    value = {str: "é", int: 390, float: 12.5, bool: True}.get(kind, 1_794_830_400_000_000)
    made = column_array(name, [value, value])
    assert (
        made.astype(np.int64).tolist() == [value, value]
        if kind not in (str, float)
        else made.tolist() == [value, value]
    )
    assert column_array(name, made) is made


@pytest.mark.parametrize(
    "column",
    [["a", None, "b", "a"], Shared(column_array("path", ["a", None, "b"]), np.array([0, 1, 2, 0]))],
    ids=["a list", "shared values"],
)
def test_rows_are_taken_in_another_order_however_a_column_is_held(column: list[str | None] | Shared) -> None:
    assert column_array("path", column).tolist() == ["a", None, "b", "a"]
    assert column_in_order("path", column, np.array([3, 0, 2, 1])).tolist() == ["a", "a", "b", None]


@pytest.mark.parametrize(
    ("name", "value"), [("path", "/"), ("scroll_depth", 0), ("revenue", 0.0), ("consented", False)]
)
def test_a_column_is_empty_only_where_no_row_has_a_value(name: str, value: object) -> None:
    for values, empty in (([None, None], True), ([None, value], False)):
        shared = Shared(column_array(name, values), np.array([1, 0, 1]))
        assert [is_empty(values), is_empty(column_array(name, values)), is_empty(shared)] == [empty] * 3, values
