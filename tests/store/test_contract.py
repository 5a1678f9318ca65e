"""What every engine's store promises the rest of the product: reads, exactly once, retractions, restarts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from tests.store.engines import MOMENT, columns
from tracker.store.batch import Batch, NotCounted, SegmentPosition
from tracker.store.engines import open_event_store
from tracker.store.errors import PositionMoved
from tracker.store.protocol import EventStore
from tracker.store.schema import EVENT_COLUMNS, event_ids, events, not_counted

DAY = date(2026, 11, 16)


def count(store: EventStore) -> int:
    return int(store.rows(select(func.count()).select_from(events))[0][0])


def missed(store: EventStore) -> int:
    return int(store.rows(select(func.coalesce(func.sum(not_counted.c.hits), 0)))[0][0])


def batch(start: int, end: int, *, rows: int = 2, segment: str = "one", **values: list[int]) -> Batch:
    """The batch that ingest makes of the bytes of one segment: some events, a hit that is not counted, a position."""
    position = SegmentPosition(segment, end, end, end, {"bot": 1})
    dropped = [NotCounted("a.fr", DAY, "bot", "Googlebot", 1)]
    return Batch(columns(rows, **values), dropped, [position], starts={segment: start})


# Values


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
    empty = {name for name in EVENT_COLUMNS if store.rows(select(events.c[name].is_(None)))[0][0]}
    assert empty == {column.name for column in events.columns if column.nullable}


def test_text_after_a_thousand_empty_rows_is_still_text(store: EventStore) -> None:
    store.append(Batch(columns(3000, title=[None] * 2999 + ["12"], screen_width=[None] * 2999 + [800])))
    assert store.rows(select(events.c.title, events.c.screen_width).where(events.c.title.is_not(None))) == [("12", 800)]


def test_what_is_not_counted_is_kept_by_site_day_reason_and_detail(store: EventStore) -> None:
    store.append(Batch({}, [NotCounted("a.fr", DAY, "bot", "Googlebot", 3)]))
    assert store.rows(select(not_counted)) == [("a.fr", DAY, "bot", "Googlebot", 3)]
    assert list(store.details_of(DAY)) == [("a.fr", "bot", "Googlebot")]
    assert list(store.details_of(date(2026, 11, 17))) == []


# Exactly once


def test_batches_that_follow_each_other_are_each_stored(store: EventStore) -> None:
    for start, end in pairwise((0, 100, 250, 300)):
        store.append(batch(start, end))
    assert (count(store), missed(store), store.offsets()) == (6, 3, {"one": 300})


def test_a_position_replaces_the_one_before(store: EventStore) -> None:
    store.append(Batch({}, positions=[SegmentPosition("one", 10, 2, 2, {"bot": 1})]))
    store.append(Batch({}, positions=[SegmentPosition("one", 25, 4, 3, {"bot": 2})]))
    assert store.positions() == {"one": SegmentPosition("one", 25, 4, 3, {"bot": 2})}
    store.forget_positions(["one"])
    assert store.positions() == {}


def test_a_batch_that_is_sent_again_adds_nothing(store: EventStore) -> None:
    store.append(batch(0, 100))
    before = store.positions()
    store.append(batch(0, 100))
    assert (count(store), missed(store), store.positions()) == (2, 1, before)


def test_a_batch_that_is_sent_again_after_a_restart_adds_nothing(url: str) -> None:
    for _ in range(2):
        store = open_event_store(url)
        store.append(batch(0, 100))
        assert (count(store), missed(store)) == (2, 1)
        store.close()


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param(0, 150, id="begins-before-the-stores-end"),
        pytest.param(120, 150, id="leaves-bytes-out"),
        pytest.param(50, 150, id="begins-within-a-stored-batch"),
    ],
)
def test_a_batch_that_does_not_begin_where_the_store_ends_is_refused_whole(
    store: EventStore, start: int, end: int
) -> None:
    store.append(batch(0, 100))
    with pytest.raises(PositionMoved, match=f"one from {start} .stored to 100."):
        store.append(batch(start, end))
    assert (count(store), missed(store), store.offsets()) == (2, 1, {"one": 100})


def test_of_two_segments_neither_is_stored_twice(store: EventStore) -> None:
    """A batch is whole: one of its segments stored and the other not was never one batch."""
    store.append(batch(0, 100))
    both = batch(0, 100)
    both = both._replace(positions=[*both.positions, SegmentPosition("two", 40, 1, 1, {})], starts={"one": 0, "two": 0})
    with pytest.raises(PositionMoved):
        store.append(both)
    assert (count(store), store.offsets()) == (2, {"one": 100})


def test_a_segment_begins_at_its_first_byte(store: EventStore) -> None:
    with pytest.raises(PositionMoved):
        store.append(batch(1, 100))
    assert count(store) == 0


def test_a_batch_that_fails_leaves_nothing_and_may_be_sent_again(store: EventStore) -> None:
    store.append(batch(0, 100))
    broken = batch(100, 200)._replace(not_counted=[NotCounted("a.fr", DAY, None, "", 1)])  # type: ignore[arg-type]
    with pytest.raises(Exception, match=r"."):
        store.append(broken)
    assert (count(store), missed(store), store.offsets()) == (2, 1, {"one": 100})
    store.append(batch(100, 200))
    assert (count(store), missed(store), store.offsets()) == (4, 2, {"one": 200})


def test_a_rehearsal_stores_nothing_and_fails_where_the_batch_would(store: EventStore) -> None:
    store.rehearse(batch(0, 100))
    assert (count(store), missed(store), store.positions()) == (0, 0, {})
    with pytest.raises(Exception, match=r"."):
        store.rehearse(Batch({}, [NotCounted("a.fr", DAY, None, "", 1)]))  # type: ignore[arg-type]
    store.append(batch(0, 100))
    assert count(store) == 2


_WRITER = """
import os, sys
from tests.store.test_contract import batch
from tracker.store.engines import open_event_store
store = open_event_store(sys.argv[1])
for start in range(0, 2000, 100):
    store.append(batch(start, start + 100))
os._exit(9)
"""


def test_what_a_killed_process_appended_is_there_with_its_positions(url: str) -> None:
    done = subprocess.run([sys.executable, "-c", _WRITER, url], check=False, env={**os.environ, "PYTHONPATH": "."})
    assert done.returncode == 9
    store = open_event_store(url)
    assert (count(store), missed(store), store.offsets()) == (40, 20, {"one": 2000})
    store.append(batch(1900, 2000))
    store.append(batch(2000, 2100))
    assert (count(store), store.offsets()) == (42, {"one": 2100})
    store.close()


def test_nobody_sees_a_part_of_a_batch(store: EventStore) -> None:
    """Positions commit a batch: whoever reads between two finds as many events as the position says."""

    def look() -> None:
        seen = store.positions()
        found = count(store)
        assert found >= 100 * (seen["one"].offset_bytes // 100 if seen else 0)
        assert found % 100 == 0

    with ThreadPoolExecutor(2) as pool:
        looks = []
        for start in range(0, 1000, 100):
            store.append(batch(start, start + 100, rows=100))
            looks += [pool.submit(look) for _ in range(3)]
        for one in looks:
            one.result()


# A batch's name


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(batch(0, 101), id="another-end"),
        pytest.param(batch(1, 100), id="another-beginning"),
        pytest.param(batch(0, 100, segment="two"), id="another-segment"),
    ],
)
def test_other_bytes_have_another_name(other: Batch) -> None:
    assert other.name != batch(0, 100).name


def test_the_same_bytes_have_the_same_name_whatever_was_made_of_them() -> None:
    one = batch(0, 100, rows=5)._replace(starts={"two": 7, "one": 0})
    positions = [*one.positions, SegmentPosition("two", 9, 1, 1, {})]
    first, second = one._replace(positions=positions), one._replace(positions=positions[::-1], retracted=[4])
    assert first.name == second.name
    assert len(first.name) == 32


# Retractions


def test_a_retracted_visit_goes_in_the_append_that_retracts_it(store: EventStore) -> None:
    store.append(batch(0, 100, rows=3, visit_id=[1, 2, 1]))
    store.append(batch(100, 200, rows=1, visit_id=[3])._replace(retracted=[1, 99]))
    assert sorted(row.visit_id for row in store.rows(select(events.c.visit_id))) == [2, 3]


def test_a_retraction_that_is_sent_again_takes_nothing_more(store: EventStore) -> None:
    store.append(batch(0, 100, rows=3, visit_id=[1, 2, 1]))
    retracting = batch(100, 200, rows=1, visit_id=[3])._replace(retracted=[1])
    store.append(retracting)
    store.append(batch(200, 300, rows=1, visit_id=[1]))  # the same visit goes on after
    store.append(retracting)
    assert sorted(row.visit_id for row in store.rows(select(events.c.visit_id))) == [1, 2, 3]


def test_a_batch_that_fails_retracts_nothing(store: EventStore) -> None:
    store.append(batch(0, 100, rows=2, visit_id=[1, 2]))
    with pytest.raises(PositionMoved):
        store.append(batch(0, 200, rows=1)._replace(retracted=[1]))
    assert sorted(row.visit_id for row in store.rows(select(events.c.visit_id))) == [1, 2]


# Ids of clients


def with_ids(ids: list[str | None], **values: list[object]) -> Batch:
    """Events with these ids, a minute apart from the newest back."""
    moments = [MOMENT - number * 60_000_000 for number in range(len(ids))]
    return Batch(columns(len(ids), occurred_at=moments, **values) | {"event_id": ids})


def ids_kept(store: EventStore) -> list[str]:
    return sorted(row.event_id for row in store.rows(select(event_ids.c.event_id)))


def test_ids_are_kept_of_the_events_that_have_one(store: EventStore) -> None:
    store.append(with_ids(["b", None, "a"], visit_id=[7, 8, 9]))
    store.append(Batch(columns(2)))
    store.append(with_ids([None, None]))
    assert sorted((row.event_id, row.visit_id) for row in store.rows(select(event_ids))) == [("a", 9), ("b", 7)]


def test_ids_are_forgotten_by_age_before_the_newest(store: EventStore) -> None:
    store.forget_event_ids(timedelta(minutes=1))
    store.append(with_ids(["0", "1", "2", "3"]))
    store.forget_event_ids(timedelta(minutes=2))
    assert ids_kept(store) == ["0", "1", "2"]
    assert count(store) == 4


def test_ids_go_with_a_retracted_visit_and_with_their_site(store: EventStore) -> None:
    store.append(with_ids(["a", "b", "c"], visit_id=[1, 2, 3], site=["a.fr", "a.fr", "b.fr"]))
    store.append(batch(0, 100, rows=0)._replace(retracted=[1]))
    assert ids_kept(store) == ["b", "c"]
    store.forget_site("a.fr")
    assert ids_kept(store) == ["c"]


# Housekeeping


def test_rows_that_say_the_same_become_one_with_their_sum(store: EventStore) -> None:
    rows = [NotCounted("a.fr", DAY, "bot", "Googlebot", 3), NotCounted("b.fr", DAY, "bot", "Googlebot", 1)]
    for _ in range(3):
        store.append(Batch({}, rows))
    store.compact_not_counted()
    assert sorted(store.rows(select(not_counted))) == [
        ("a.fr", DAY, "bot", "Googlebot", 9),
        ("b.fr", DAY, "bot", "Googlebot", 3),
    ]


def test_a_site_is_forgotten_alone(store: EventStore) -> None:
    dropped = [NotCounted(site, DAY, "bot", "", 1) for site in ("a.fr", "b.fr")]
    store.append(Batch(columns(3, site=["a.fr", "b.fr", "a.fr"]), dropped))
    store.forget_site("a.fr")
    assert store.rows(select(events.c.site)) == [("b.fr",)]
    assert store.rows(select(not_counted.c.site)) == [("b.fr",)]


@pytest.mark.parametrize(
    "work",
    [
        pytest.param(lambda store: store.checkpoint(), id="checkpoint"),
        pytest.param(lambda store: store.recover_from(RuntimeError("FATAL: the database was invalidated")), id="fatal"),
        pytest.param(lambda store: store.recover_from(ValueError("of a hit")), id="any-other-error"),
        pytest.param(lambda store: store.ping(), id="ping"),
    ],
)
def test_all_is_there_after(store: EventStore, work: Callable[[EventStore], None]) -> None:
    store.append(batch(0, 100))
    work(store)
    assert (count(store), store.offsets()) == (2, {"one": 100})
    store.append(batch(100, 200))
    assert count(store) == 4


def test_it_is_all_there_after_a_restart(url: str) -> None:
    first = open_event_store(url)
    first.append(Batch(columns(5, occurred_at=[MOMENT + n for n in range(5)])))
    first.close()
    second = open_event_store(url)
    assert count(second) == 5
    second.close()
