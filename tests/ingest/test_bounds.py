"""What strangers send grows neither memory nor tables without a bound, and the totals stay exact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.ingest.test_hostile_lines import SITE, a_hit, drain, missed, write
from tests.ingest.visits.test_assign import NOON, custom, empty_store, pageview
from tracker.clock import utc_now
from tracker.enrichment.drops import DropReason
from tracker.hit import Hit, WireEvent, encode_line
from tracker.ingest.details import FEW, MOST, Details
from tracker.ingest.visits.assign import MANY_VISITS, MOST_EVENT_IDS, Visits
from tracker.ingest.visits.crowds import _MOST_VISITS, Crowds
from tracker.ingest.visits.history import StoredVisits
from tracker.service.service import Service
from tracker.settings import Settings
from tracker.sites.sites import add_site
from tracker.store.batch import Batch, NotCounted
from tracker.store.schema import event_ids, events, not_counted

TODAY = utc_now().date()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(Settings(data=tmp_path / "data"))
    add_site(service.app_database, SITE, now=utc_now())
    yield service
    service.stop()


def rows(service: Service) -> int:
    return int(service.events.rows(select(func.count()).select_from(not_counted))[0][0])


def unknown_sites(first: int, number: int) -> list[bytes]:
    names = (f"site-{one}.example" for one in range(first, first + number))
    return [
        encode_line([Hit(utc_now(), "82.64.0.1", event=WireEvent(n="pageview", u=f"https://{name}/", d=name))])
        for name in names
    ]


def test_details_that_a_stranger_makes_up_have_a_bounded_number_of_rows(service: Service) -> None:
    write(service, *unknown_sites(0, 1000))
    drain(service)
    assert rows(service) == FEW + 1
    assert sum(missed(service).values()) == 1000


def test_the_bound_holds_across_batches_and_restarts(service: Service, tmp_path: Path) -> None:
    for start in range(0, 300, 100):
        write(service, *unknown_sites(start, 100))
        drain(service)
    service.stop()
    again = Service(Settings(data=tmp_path / "data"))
    try:
        write(again, *unknown_sites(300, 100))
        drain(again)
        again.events.compact_not_counted()
        assert rows(again) == FEW + 1
        assert sum(missed(again).values()) == 400
    finally:
        again.stop()


def test_the_days_that_a_stranger_claims_are_bounded(service: Service) -> None:
    """An age of a thousand years makes no row of a day of its own."""
    ages = [float(days * 86_400_000) for days in range(0, 4000, 10)]
    lines = [
        encode_line([Hit(utc_now(), "82.64.0.1", event=WireEvent(n="pageview", u="https://x.example/", d="x.example", age=age))])
        for age in ages
    ]  # fmt: skip
    write(service, *lines, encode_line([a_hit("/", age=1e300), a_hit("/", age=1e9)]))
    drain(service)
    days = service.events.rows(select(not_counted.c.day).distinct())
    assert len(days) <= 5
    assert sum(missed(service).values()) == len(ages) + 2


def fold(details: Details, *names: str, hits: int = 1, reason: DropReason = DropReason.BOT) -> Counter[str]:
    folded = details.fold({(SITE, TODAY, reason, name): hits for name in names})
    return Counter({detail: number for (_, _, _, detail), number in folded.items()})


def test_what_comes_often_at_once_still_has_its_row_and_the_most_frequent_come_first() -> None:
    details = Details(lambda _: ())
    fold(details, *(f"rare-{number}" for number in range(500)))
    assert fold(details, "often", hits=50) == {"often": 50}
    assert fold(details, "seldom") == {"": 1}
    assert fold(details, "rare-0") == {"rare-0": 1}
    found = Counter[str]()
    for number in range(500):
        found += fold(details, f"flood-{number}", hits=100)
    assert found.total() == 50_000
    assert len(found) == MOST - FEW  # one place went to "often", and one row is that without a detail


def test_a_detail_of_ours_is_never_folded_as_it_may_be_taken_back() -> None:
    details = Details(lambda _: ())
    names = [f"Error{number}" for number in range(100)]
    assert len(fold(details, *names, reason=DropReason.INVALID_HIT)) == 100


def test_rows_of_batches_that_say_the_same_become_one(service: Service) -> None:
    for _ in range(5):
        write(service, *unknown_sites(0, 3))
        drain(service)
    assert rows(service) == 15
    before = missed(service)
    service.events.compact_not_counted()
    assert rows(service) == 3
    assert missed(service) == before


def test_ids_of_events_are_kept_no_longer_than_they_may_be_sent_again(service: Service) -> None:
    now = utc_now()
    hours = {"new": 0, "may come again": 23, "of old": 24 + 27}
    hits = [a_hit("/", at=now - timedelta(hours=ago), id=name) for name, ago in hours.items()]
    write(service, *(encode_line([hit]) for hit in sorted(hits, key=lambda one: one.received_at)))
    drain(service)
    kept = select(event_ids.c.event_id)
    assert {row.event_id for row in service.events.rows(kept)} == {*hours}
    service._housekeeping._compact_at = 0
    service._housekeeping()
    assert {row.event_id for row in service.events.rows(kept)} == {"new", "may come again"}
    assert service.events.rows(select(func.count()).select_from(events)) == [(3,)]


def test_the_ids_of_one_visits_events_are_bounded_and_the_latest_are_known() -> None:
    visits = Visits(empty_store, stored_until_us=0)
    for number in range(5_000):
        one = custom(number / 1000)
        one.event.event_id = f"{number:x}" * 100
        visits.assign([one])
    (visitor,) = visits._visitors.values()
    assert [len(visit.event_ids) for visit in visitor] == [MOST_EVENT_IDS]
    again = custom(5)
    again.event.event_id = f"{4_600:x}" * 100
    (drop,) = visits.assign([again])
    assert drop is not None
    assert drop.reason == DropReason.DUPLICATE


def test_the_visits_of_one_visitor_are_bounded_by_what_can_still_join_them() -> None:
    visits = Visits(empty_store, stored_until_us=0)
    for number in range(500):
        visits.assign([pageview(31 * number)])
    (visitor,) = visits._visitors.values()
    assert len(visitor) <= MANY_VISITS + 1
    assert visitor.known_from_us > NOON


def test_memory_is_bounded_by_bytes_however_long_texts_and_however_many_ids_are_sent() -> None:
    visits = Visits(empty_store, stored_until_us=0, max_bytes=1_000_000)
    for number in range(2_000):
        visits.assign([pageview(number / 1000, path="/" + "x" * 4000, visitor=number, event_id=str(number))])
    assert len(visits._visitors) < 300
    assert 0 < visits._bytes <= 1_000_000
    assert visits._bytes == sum(visit.bytes() for visitor in visits._visitors.values() for visit in visitor)


def test_a_visit_of_very_many_stored_events_is_recalled_in_part_and_goes_on(service: Service, tmp_path: Path) -> None:
    begun = utc_now() - timedelta(minutes=20)
    hits = [a_hit("/", at=begun + timedelta(milliseconds=number), id=f"id-{number}") for number in range(2_000)]
    for hit in hits[1:]:
        hit.event.name = "Click"
    write(service, *(encode_line([hit]) for hit in hits))
    drain(service)
    service.stop()
    again = Service(Settings(data=tmp_path / "data"))
    try:
        loaded = list(StoredVisits(again.events)([visitor_of(again)], 0, 2**52))
        assert MOST_EVENT_IDS <= len(loaded) < 600
        write(again, encode_line([a_hit("/", id="id-1999"), a_hit("/next", id="new")]))
        drain(again)
        assert missed(again) == {("duplicate", ""): 1}
        assert again.events.rows(select(func.sum(events.c.visits)))[0][0] == 1
    finally:
        again.stop()


def visitor_of(service: Service) -> int:
    return int(service.events.rows(select(events.c.visitor_id).limit(1))[0][0])


def test_a_crowd_without_end_is_no_crowd_and_takes_no_memory() -> None:
    crowds = Crowds()
    for number in range(2 * _MOST_VISITS):
        one = pageview(
            number / 10_000, path="/" + "x" * 5_000, visitor=number, browser="Chrome" if number % 2 else "Edge"
        )
        crowds.begin(one.event)
    assert all(len(crowd.visit_ids) <= _MOST_VISITS for crowd in crowds._crowds.values())
    assert all(len(key.path or "") <= 200 for key in crowds._crowds)


def test_counts_that_are_taken_back_leave_no_row(service: Service) -> None:
    for hits in (2, -2):
        service.events.append(Batch({}, [NotCounted(SITE, TODAY, "invalid_hit", "not JSON", hits)]))
    service.events.compact_not_counted()
    assert rows(service) == 0
