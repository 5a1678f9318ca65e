"""What each function that engines say differently returns, on every engine."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import ColumnElement, cast, literal, null, select, union_all
from sqlalchemy.types import DateTime, Text

from tests.store.engines import columns
from tracker.store import functions
from tracker.store.batch import Batch
from tracker.store.protocol import EventStore
from tracker.store.schema import events

MOMENT = datetime.fromisoformat("2026-11-18T13:45:30.250000")  # a Wednesday
URL = literal("https://www.example.fr/a/b?c", Text)


def value(store: EventStore, expression: ColumnElement[Any]) -> Any:
    return store.rows(select(expression))[0][0]


def at(moment: datetime = MOMENT) -> ColumnElement[Any]:
    return literal(moment, DateTime)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        pytest.param(functions.contains(URL, literal("le.fr/")), True, id="contains"),
        pytest.param(functions.contains(URL, literal("le_fr")), False, id="contains-has-no-wildcards"),
        pytest.param(functions.contains(URL, literal("%")), False, id="contains-has-no-other-wildcards"),
        pytest.param(functions.contains(null(), literal("a")), None, id="contains-of-null"),
        pytest.param(functions.split_part(URL, "/", 3), "www.example.fr", id="split-part"),
        pytest.param(functions.split_part(URL, "/", 9), "", id="split-part-beyond-the-last"),
        pytest.param(functions.split_part(null(), "/", 1), None, id="split-part-of-null"),
        pytest.param(functions.regexp_replace(literal("www.a.fr"), r"^www\.", ""), "a.fr", id="regexp-replace"),
        pytest.param(functions.regexp_replace(literal("wwwa.fr"), r"^www\.", ""), "wwwa.fr", id="regexp-no-match"),
        pytest.param(functions.regexp_replace(literal("aaa"), "a", "b"), "baa", id="regexp-the-first-match"),
        pytest.param(functions.epoch_seconds(at()), 1_795_009_530.25, id="epoch-seconds"),
        pytest.param(functions.epoch_seconds(cast(null(), DateTime)), None, id="epoch-seconds-of-null"),
        pytest.param(functions.date_trunc("hour", at()), datetime.fromisoformat("2026-11-18T13:00:00"), id="hour"),
        pytest.param(functions.date_trunc("day", at()), datetime.fromisoformat("2026-11-18T00:00:00"), id="day"),
        pytest.param(functions.date_trunc("week", at()), datetime.fromisoformat("2026-11-16T00:00:00"), id="week-begins-on-monday"),
        pytest.param(functions.date_trunc("month", at()), datetime.fromisoformat("2026-11-01T00:00:00"), id="month"),
        pytest.param(functions.seconds_before(at(), literal(31)), datetime.fromisoformat("2026-11-18T13:44:59.250000"), id="before"),
        pytest.param(functions.seconds_before(at(), literal(-30)), datetime.fromisoformat("2026-11-18T13:46:00.250000"), id="after"),
    ],
)  # fmt: skip
def test_a_value(store: EventStore, expression: ColumnElement[Any], expected: Any) -> None:
    assert value(store, expression) == expected


def test_the_value_of_the_greatest_leaves_out_what_has_nothing_to_compare(store: EventStore) -> None:
    rows = union_all(
        select(literal("old").label("title"), literal(1).label("place")),
        select(literal("new"), literal(3)),
        select(literal("unknown"), null()),
    ).subquery()
    assert value(store, functions.arg_max(rows.c.title, rows.c.place)) == "new"
    assert value(store, functions.arg_max(rows.c.title, rows.c.place).filter(rows.c.place < 3)) == "old"
    assert store.rows(select(functions.arg_max(rows.c.title, rows.c.place)).where(rows.c.place > 9)) == [(None,)]


def test_any_value_leaves_nulls_out(store: EventStore) -> None:
    rows = union_all(select(null().label("title")), select(literal("shared")), select(null())).subquery()
    assert value(store, functions.any_value(rows.c.title)) == "shared"


def test_rows_are_grouped_by_one_of_them(store: EventStore) -> None:
    """An engine compares a grouped expression with the selected one by its values, which are bound."""
    day = 86_400_000_000
    store.append(Batch(columns(3, occurred_at=[0, day, day + 1])))
    start = functions.date_trunc("day", events.c.occurred_at)
    found = store.rows(select(start.label("start")).group_by(start).order_by(start))
    assert [row.start for row in found] == [
        datetime.fromisoformat("1970-01-01T00:00:00"),
        datetime.fromisoformat("1970-01-02T00:00:00"),
    ]
