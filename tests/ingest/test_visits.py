"""Visits: the 30-minute rule, bounces, duplicates, late events, and a memory that may forget."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracker.enrichment.drops import DropReason
from tracker.enrichment.event import VISIT_FACTS, Event
from tracker.ingest.visits import Arrival, Recalled, Visits

MINUTE = 60_000_000
NOON = 1_794_830_400_000_000  # 2026-11-16T12:00:00Z in µs


def pageview(
    minute: float, *, path: str = "/", visitor: int = 1, event_id: str | None = None, **facts: object
) -> Arrival:
    event = Event(site="a.fr", name="pageview", occurred_at=NOON + int(minute * MINUTE), path=path, event_id=event_id)
    for name, value in facts.items():
        setattr(event, name, value)
    return Arrival(event, visitor, None, interactive=True)


def engagement(minute: float, *, seconds: float, visitor: int = 1) -> Arrival:
    event = Event(
        site="a.fr", name="engagement", occurred_at=NOON + int(minute * MINUTE), engaged_ms=int(seconds * 1000)
    )
    return Arrival(event, visitor, None, interactive=False)


def custom(minute: float, *, interactive: bool = True, visitor: int = 1) -> Arrival:
    return Arrival(
        Event(site="a.fr", name="Signup", occurred_at=NOON + int(minute * MINUTE)), visitor, None, interactive
    )


def empty_store(*_: object) -> Iterable[Recalled]:
    return ()


def new_visits(**options: int) -> Visits:
    return Visits(empty_store, stored_until_us=0, **options)


def deltas(arrivals: list[Arrival]) -> list[tuple[int, int, int]]:
    return [(one.event.visits, one.event.bounces, one.event.pageviews) for one in arrivals]


@pytest.mark.parametrize(
    ("minutes", "visits"),
    [
        pytest.param([0, 10, 20], 1, id="one-visit"),
        pytest.param([0, 29.99], 1, id="just-under-half-an-hour"),
        pytest.param([0, 30], 2, id="half-an-hour-is-a-new-visit"),
        pytest.param([0, 20, 40, 60, 80], 1, id="gaps-count-from-the-last-event"),
        pytest.param([0, 45, 10], 2, id="a-late-event-joins-the-first-visit"),
        pytest.param([20, 0], 1, id="an-event-from-before-the-visit-began-joins-it"),
    ],
)
def test_a_visit_is_events_with_gaps_under_thirty_minutes(minutes: list[float], visits: int) -> None:
    arrivals = [pageview(minute) for minute in minutes]
    new_visits().assign(arrivals)
    assert len({one.event.visit_id for one in arrivals}) == visits
    assert sum(one.event.visits for one in arrivals) == visits


def test_one_page_is_a_bounce_and_a_second_page_takes_it_back() -> None:
    arrivals = [pageview(0), pageview(1, path="/two"), pageview(2, path="/three")]
    new_visits().assign(arrivals)
    assert deltas(arrivals) == [(1, 1, 1), (0, -1, 1), (0, 0, 1)]


@pytest.mark.parametrize(
    ("arrivals", "expected"),
    [
        pytest.param([pageview(0), custom(1)], [(1, 1, 1), (0, -1, 0)], id="interaction-ends-the-bounce"),
        pytest.param(
            [pageview(0), custom(1, interactive=False)], [(1, 1, 1), (0, 0, 0)], id="non-interactive-does-not"
        ),
        pytest.param([custom(0), pageview(1)], [(1, 0, 0), (0, 0, 1)], id="interaction-first"),
        pytest.param([pageview(0), engagement(1, seconds=50)], [(1, 1, 1), (0, 0, 0)], id="reading-time-does-not"),
    ],
)
def test_what_ends_a_bounce(arrivals: list[Arrival], expected: list[tuple[int, int, int]]) -> None:
    new_visits().assign(arrivals)
    assert deltas(arrivals) == expected


def test_the_first_events_source_place_and_entry_page_stand_on_the_whole_visit() -> None:
    first = pageview(0, path="/entry", source="LinkedIn", city="Lyon", company="Verrier")
    second = pageview(5, path="/two", source="Google", city="Paris")
    new_visits().assign([first, second])
    event = second.event
    assert (event.source, event.city, event.company, event.entry_page) == ("LinkedIn", "Lyon", "Verrier", "/entry")
    assert event.path == "/two"


def test_the_same_event_id_of_one_visit_counts_once() -> None:
    arrivals = [pageview(0, event_id="a"), pageview(20, event_id="a"), pageview(0, event_id="a", visitor=2)]
    verdicts = new_visits().assign(arrivals)
    assert [verdict and verdict.reason for verdict in verdicts] == [None, DropReason.DUPLICATE, None]


def test_long_reading_belongs_to_the_visit_that_opened_the_page() -> None:
    view, read = pageview(0), engagement(95, seconds=95 * 60)
    new_visits().assign([view, read])
    assert read.event.visit_id == view.event.visit_id


def test_reading_time_of_nobody_known_is_not_counted() -> None:
    (verdict,) = new_visits().assign([engagement(0, seconds=10)])
    assert verdict is not None
    assert verdict.reason == DropReason.NO_VISIT


def test_a_visit_goes_on_over_midnight_under_yesterdays_id() -> None:
    before = pageview(0, visitor=1)
    after = Arrival(pageview(10).event, 2, 1, interactive=True)
    new_visits().assign([before, after])
    assert after.event.visit_id == before.event.visit_id
    assert after.event.visitor_id == 1


def test_after_midnight_a_new_visit_has_the_new_id() -> None:
    arrival = Arrival(pageview(10).event, 2, 1, interactive=True)
    new_visits().assign([arrival])
    assert arrival.event.visitor_id == 2


class Store:
    """The rows that were stored, as the event store would recall them."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def __call__(self, visitor_ids: object, from_us: int, to_us: int) -> Iterator[Recalled]:
        for event in sorted(self.events, key=lambda one: one.occurred_at):
            if event.visitor_id in visitor_ids and from_us <= event.occurred_at <= to_us:  # type: ignore[operator]
                facts = tuple(getattr(event, name) for name in VISIT_FACTS)
                yield Recalled(
                    event.visitor_id,
                    event.visit_id,
                    event.name,
                    event.occurred_at,
                    event.event_id,
                    event.bounces,
                    facts,
                )

    def keep(self, arrivals: list[Arrival], verdicts: Iterable[object]) -> None:
        self.events += [one.event for one, verdict in zip(arrivals, verdicts, strict=True) if verdict is None]

    def latest_us(self) -> int:
        return max((event.occurred_at for event in self.events), default=0)


_steps = st.lists(
    st.tuples(
        st.integers(0, 120),  # minute
        st.integers(1, 3),  # visitor
        st.sampled_from(["pageview", "custom", "engagement"]),
        st.one_of(st.none(), st.sampled_from("abcd")),  # event id
        st.booleans(),  # restart before this event
    ),
    max_size=25,
)


def _arrivals(steps: list[tuple[int, int, str, str | None, bool]]) -> list[Arrival]:
    made = []
    for minute, visitor, kind, event_id, _ in steps:
        if kind == "pageview":
            made.append(pageview(minute, visitor=visitor, event_id=event_id))
        elif kind == "custom":
            made.append(custom(minute, visitor=visitor))
        else:
            made.append(engagement(minute, seconds=5, visitor=visitor))
    return made


@example(
    [
        (0, 1, "pageview", "c", False),
        (1, 2, "pageview", None, False),
        (31, 1, "pageview", "c", False),
    ]
)
@given(_steps)
def test_restarts_and_a_tiny_memory_change_nothing(steps: list[tuple[int, int, str, str | None, bool]]) -> None:
    """The same events through one long run, and through one that restarts and keeps one visitor in memory."""
    straight = _arrivals(steps)
    # One at a time, as the memory forgets between batches; in order, as a forgotten late event may join another visit.
    order = sorted(range(len(steps)), key=lambda index: (steps[index][0], index))
    first_store, store = Store(), Store()
    whole = Visits(first_store, stored_until_us=0)
    verdicts = {}
    for index in order:
        verdicts[index] = whole.assign([straight[index]])[0]
        first_store.keep([straight[index]], [verdicts[index]])
    again = _arrivals(steps)
    visits = Visits(store, stored_until_us=0, max_visitors=1)
    for index in order:
        if steps[index][4]:
            visits = Visits(store, stored_until_us=store.latest_us(), max_visitors=1)
        verdict = visits.assign([again[index]])
        store.keep([again[index]], verdict)
        assert (verdict[0] is None) == (verdicts[index] is None)
    assert [one.event for one in again] == [one.event for one in straight]


@given(_steps)
def test_every_visit_has_one_first_event_and_at_most_one_bounce(
    steps: list[tuple[int, int, str, str | None, bool]],
) -> None:
    arrivals = _arrivals(steps)
    verdicts = new_visits().assign(arrivals)
    kept = [one.event for one, verdict in zip(arrivals, verdicts, strict=True) if verdict is None]
    for visit_id in {event.visit_id for event in kept}:
        rows = [event for event in kept if event.visit_id == visit_id]
        assert sum(row.visits for row in rows) == 1
        assert sum(row.bounces for row in rows) in (0, 1)
