"""The event store: a batch is stored whole or not at all, with the journal positions, and stays what it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from tracker.store.batch import Batch, NotCounted, SegmentPosition
from tracker.store.engines import open_event_store
from tracker.store.errors import NewerStoreError
from tracker.store.protocol import EventStore
from tracker.store.schema import EVENT_COLUMNS, events, not_counted, schema_version

MOMENT = 1_794_830_400_000_000  # 2026-11-16T12:00:00Z in µs


def columns(rows: int, **values: list[Any]) -> dict[str, list[Any]]:
    made: dict[str, list[Any]] = {name: [None] * rows for name in EVENT_COLUMNS}
    made |= {"site": ["a.fr"] * rows, "name": ["pageview"] * rows, "occurred_at": [MOMENT] * rows}
    for name in (
        "visitor_id",
        "visit_id",
        "visits",
        "bounces",
        "pageviews",
        "engaged_ms",
        "visit_seconds",
        "visit_age_seconds",
    ):
        made[name] = [1] * rows
    return made | values


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    opened = open_event_store(f"duckdb:///{tmp_path}/events.duckdb")
    yield opened
    opened.close()


def count(store: EventStore) -> int:
    return int(store.rows(select(func.count()).select_from(events))[0][0])


def test_values_come_back_as_they_went_in(store: EventStore) -> None:
    row = columns(
        1,
        title=["L’été — «c’est fini» 🌻"],
        asn=[4_294_967_295],
        visitor_id=[-(2**63)],
        revenue=[12.5],
        screen_width=[390],
    )
    store.append(Batch(row))
    frame = store.frame(select(events))
    assert frame.title[0] == "L’été — «c’est fini» 🌻"
    assert (int(frame.asn[0]), int(frame.visitor_id[0]), float(frame.revenue[0])) == (4_294_967_295, -(2**63), 12.5)
    assert str(frame.occurred_at[0]) == "2026-11-16 12:00:00"


def test_empty_is_null_and_not_a_word(store: EventStore) -> None:
    store.append(Batch(columns(1)))
    empty = [name for name in EVENT_COLUMNS if store.rows(select(events.c[name].is_(None)))[0][0]]
    assert set(empty) == set(EVENT_COLUMNS) - {
        "site", "name", "occurred_at", "visitor_id", "visit_id", "visits", "bounces", "pageviews", "engaged_ms",
        "visit_seconds", "visit_age_seconds",
    }  # fmt: skip


def test_text_after_a_thousand_empty_rows_is_still_text(store: EventStore) -> None:
    store.append(Batch(columns(3000, title=[None] * 2999 + ["12"], screen_width=[None] * 2999 + [800])))
    assert store.rows(select(events.c.title, events.c.screen_width).where(events.c.title.is_not(None))) == [("12", 800)]


def test_a_batch_is_stored_by_site_day_and_visitor(store: EventStore) -> None:
    day = 86_400_000_000
    rows = [
        ("b.fr", 1, MOMENT),
        ("a.fr", 2, MOMENT),
        ("a.fr", 1, MOMENT + day),
        ("a.fr", 2, MOMENT - 1),
        ("a.fr", 1, MOMENT),
    ]
    sites, visitors, moments = map(list, zip(*rows, strict=True))
    store.append(Batch(columns(5, site=sites, visitor_id=visitors, occurred_at=moments, asn=list(range(5)))))
    assert [row.asn for row in store.rows(select(events.c.asn))] == [4, 3, 1, 2, 0]


def test_a_batch_that_fails_leaves_nothing(store: EventStore) -> None:
    store.append(Batch(columns(2), positions=[SegmentPosition("one", 10, 2, 2, {})]))
    broken = [NotCounted("a.fr", date(2026, 11, 16), None, "", 1)]  # type: ignore[arg-type]
    with pytest.raises(DBAPIError):
        store.append(Batch(columns(3), broken, [SegmentPosition("one", 99, 5, 5, {})]))
    assert count(store) == 2
    assert store.positions()["one"].offset_bytes == 10


def test_a_position_replaces_the_one_before(store: EventStore) -> None:
    store.append(Batch({}, positions=[SegmentPosition("one", 10, 2, 2, {"bot": 1})]))
    store.append(Batch({}, positions=[SegmentPosition("one", 25, 4, 3, {"bot": 2})]))
    assert store.positions() == {"one": SegmentPosition("one", 25, 4, 3, {"bot": 2})}
    store.forget_positions(["one"])
    assert store.positions() == {}


def test_what_is_not_counted_is_kept_by_site_day_reason_and_detail(store: EventStore) -> None:
    store.append(Batch({}, [NotCounted("a.fr", date(2026, 11, 16), "bot", "Googlebot", 3)]))
    assert store.rows(select(not_counted)) == [("a.fr", date(2026, 11, 16), "bot", "Googlebot", 3)]


def test_it_is_all_there_after_a_restart(tmp_path: Path) -> None:
    url = f"duckdb:///{tmp_path}/events.duckdb"
    first = open_event_store(url)
    first.append(Batch(columns(5)))
    first.close()
    second = open_event_store(url)
    assert count(second) == 5
    second.close()


@pytest.mark.parametrize(
    ("asked", "least", "most"), [pytest.param(300, 300, 300, id="asked"), pytest.param(0, 128, 1024, id="by-itself")]
)
def test_the_memory_that_duckdb_takes_is_bounded(tmp_path: Path, asked: int, least: int, most: int) -> None:
    store = open_event_store(f"duckdb:///{tmp_path}/events.duckdb", memory_mb=asked)
    limit = store.rows(select(func.current_setting("memory_limit")))[0][0]
    store.close()
    number, unit = limit.split()
    megabytes = float(number) * {"MiB": 1, "GiB": 1024}[unit]
    assert least <= megabytes <= most


def test_a_store_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    url = f"duckdb:///{tmp_path}/events.duckdb"
    store = open_event_store(url)
    with store.transaction() as connection:
        connection.execute(schema_version.delete())
        connection.execute(schema_version.insert(), [{"version": 99}])
    store.close()
    with pytest.raises(NewerStoreError, match="schema 99, written by a newer version"):
        open_event_store(url)


def test_threads_share_one_database_in_memory() -> None:
    store = open_event_store("duckdb:///:memory:")
    store.append(Batch(columns(1)))
    with store.transaction():
        assert count(store) == 1
    store.close()
