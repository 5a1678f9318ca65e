"""Visits: the 30-minute rule, bounces, duplicates, late events, and a memory that may forget."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.made_events import new_event
from tracker.enrichment.drops import DropReason
from tracker.enrichment.event import VISIT_FACTS, Event, VisitFacts, columns_of
from tracker.ingest.visits.assign import Arrival, PastEvent, Visits
from tracker.ingest.visits.history import visit_facts

MINUTE = 60_000_000
NOON = 1_794_830_400_000_000  # 2026-11-16T12:00:00Z in µs


def pageview(
    minute: float, *, path: str = "/", visitor: int = 1, event_id: str | None = None, **facts: object
) -> Arrival:
    event = new_event("pageview", NOON + int(minute * MINUTE), path=path, event_id=event_id, **facts)
    return Arrival(event, visitor, None, interactive=True)


def engagement(minute: float, *, seconds: float, visitor: int = 1) -> Arrival:
    event = new_event("engagement", NOON + int(minute * MINUTE), engaged_ms=int(seconds * 1000))
    return Arrival(event, visitor, None, interactive=False)


def custom(minute: float, *, interactive: bool = True, visitor: int = 1) -> Arrival:
    return Arrival(new_event("Signup", NOON + int(minute * MINUTE)), visitor, None, interactive)


def stored_facts(event: Event) -> VisitFacts:
    return visit_facts(columns_of(event))


def empty_store(*_: object) -> Iterable[PastEvent]:
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
    running = new_visits()
    for arrival in arrivals:
        running.assign([arrival])
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
    names = ("source", "city", "company", "entry_page")
    assert [columns_of(second.event)[name] for name in names] == ["LinkedIn", "Lyon", "Verrier", "/entry"]
    assert second.event.path == "/two"


def test_the_same_event_id_of_one_visit_counts_once() -> None:
    arrivals = [pageview(0, event_id="a"), pageview(20, event_id="a"), pageview(0, event_id="a", visitor=2)]
    verdicts = new_visits().assign(arrivals)
    assert [verdict and verdict.reason for verdict in verdicts] == [None, DropReason.DUPLICATE, None]


def test_an_event_id_is_known_however_many_events_the_visit_has() -> None:
    ids = [f"0.{number}" for number in range(40)]
    visits = new_visits()
    assert visits.assign([pageview(minute, event_id=one) for minute, one in enumerate(ids)]) == [None] * 40
    again = visits.assign([pageview(41, event_id=one) for one in ids])
    assert {verdict and verdict.reason for verdict in again} == {DropReason.DUPLICATE}


def test_each_fact_of_a_visit_stands_in_its_own_column() -> None:
    second = pageview(5)
    new_visits().assign([pageview(0, **{name: name for name in VISIT_FACTS}), second])
    facts = {name: columns_of(second.event)[name] for name in VISIT_FACTS if name != "entry_page"}
    assert facts == {name: name for name in VISIT_FACTS if name != "entry_page"}


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


def night(minute: float, *, today: int = 2, yesterday: int | None = 1) -> Arrival:
    """An event so many minutes after midnight."""
    return Arrival(pageview(minute).event, today, yesterday, interactive=True)


def test_a_visit_that_began_before_midnight_runs_on_through_the_night_as_one() -> None:
    arrivals = [pageview(-10, visitor=1), *(night(minute) for minute in (15, 40, 65, 90))]
    new_visits().assign(arrivals)
    assert len({one.event.visit_id for one in arrivals}) == 1
    assert {one.event.visitor_id for one in arrivals} == {1}


def test_after_a_pause_in_the_night_the_visitor_is_the_new_days() -> None:
    arrivals = [pageview(-10, visitor=1), night(15), night(50)]
    new_visits().assign(arrivals)
    assert [one.event.visitor_id for one in arrivals] == [1, 1, 2]
    assert [one.event.visits for one in arrivals] == [1, 0, 1]


def test_a_restart_in_the_night_does_not_cut_the_visit() -> None:
    store = Store()
    before = [pageview(-10, visitor=1), night(15)]
    store.keep(before, Visits(store, stored_until_us=0).assign(before))
    after = night(40)
    Visits(store, stored_until_us=store.latest_us()).assign([after])
    assert after.event.visit_id == before[0].event.visit_id


def test_reading_time_that_arrives_with_but_before_its_page_is_counted() -> None:
    read, view = engagement(1, seconds=30), pageview(0)
    assert new_visits().assign([read, view]) == [None, None]
    assert read.event.visit_id == view.event.visit_id


def test_an_old_event_after_a_restart_does_not_hide_the_visit_that_still_runs() -> None:
    store = Store()
    running = pageview(0)
    store.keep([running], Visits(store, stored_until_us=0).assign([running]))
    visits = Visits(store, stored_until_us=store.latest_us())
    late, live = pageview(-600), pageview(10)
    visits.assign([late])
    visits.assign([live])
    assert live.event.visit_id == running.event.visit_id


def test_an_event_from_days_ago_finds_its_visit_though_its_visitor_is_in_memory() -> None:
    """A visitor with an id given by consent: read on Monday, restarted since, and here again on Wednesday."""
    store = Store()
    monday = pageview(0, event_id="a")
    store.keep([monday], Visits(store, stored_until_us=0).assign([monday]))
    visits = Visits(store, stored_until_us=store.latest_us())
    visits.assign([pageview(2880)])
    late, again = pageview(5, event_id="b"), pageview(0, event_id="a")
    verdicts = visits.assign([late, again])
    assert late.event.visit_id == monday.event.visit_id
    assert [verdict and verdict.reason for verdict in verdicts] == [None, DropReason.DUPLICATE]


def test_a_bounce_taken_back_by_an_earlier_page_stays_taken_back_after_a_restart() -> None:
    store = Store()
    visits = Visits(store, stored_until_us=0)
    for minute in (10, 5):
        arrival = pageview(minute)
        store.keep([arrival], visits.assign([arrival]))
    third = pageview(12)
    Visits(store, stored_until_us=store.latest_us()).assign([third])
    assert deltas([third]) == [(0, 0, 1)]


def test_two_tabs_are_one_visit() -> None:
    arrivals = [
        pageview(0, path="/one"),
        pageview(1, path="/two"),
        engagement(20, seconds=60),
        engagement(25, seconds=300),
        pageview(40, path="/three"),
    ]
    new_visits().assign(arrivals)
    assert len({one.event.visit_id for one in arrivals}) == 1
    assert sum(one.event.bounces for one in arrivals) == 0


def test_a_campaign_that_arrives_in_mid_visit_starts_no_visit_and_takes_no_credit() -> None:
    first, campaign = pageview(0, source="Google", channel="Organic Search"), pageview(10, source="Newsletter")
    new_visits().assign([first, campaign])
    assert (campaign.event.visits, columns_of(campaign.event)["source"], columns_of(campaign.event)["channel"]) == (
        0,
        "Google",
        "Organic Search",
    )


def test_a_late_event_between_two_visits_joins_the_nearer_and_leaves_two() -> None:
    """Nothing stored is ever changed, so two visits that one event would have made one stay two."""
    arrivals = [pageview(0), pageview(45)]
    visits = new_visits()
    visits.assign(arrivals)
    late = pageview(20)
    visits.assign([late])
    assert late.event.visit_id == arrivals[0].event.visit_id
    assert sum(one.event.visits for one in [*arrivals, late]) == 2


class Store:
    """The rows that were stored, as the event store would return them."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def __call__(self, visitor_ids: object, from_us: int, to_us: int) -> Iterator[PastEvent]:
        for event in sorted(self.events, key=lambda one: one.occurred_at):
            if event.visitor_id in visitor_ids and from_us <= event.occurred_at <= to_us:  # type: ignore[operator]
                facts = stored_facts(event)
                yield PastEvent(
                    event.visitor_id,
                    event.visit_id,
                    event.name,
                    event.occurred_at,
                    event.event_id,
                    event.bounces,
                    facts,
                    visit_age_seconds=event.visit_age_seconds,
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
def _through(steps: list[tuple[int, int, str, str | None, bool]], *, restarts: bool, memory: int) -> list[object]:
    """What becomes of the events, one by one in the given order: the event, or why it is not counted."""
    store = Store()
    visits = Visits(store, stored_until_us=0, max_visitors=memory)
    outcome: list[object] = []
    for arrival, step in zip(_arrivals(steps), steps, strict=True):
        if step[4] and restarts:
            visits = Visits(store, stored_until_us=store.latest_us(), max_visitors=memory)
        (verdict,) = visits.assign([arrival])
        store.keep([arrival], [verdict])
        outcome.append(verdict or arrival.event)
    return outcome


@given(_steps)
def test_restarts_and_a_tiny_memory_change_nothing(steps: list[tuple[int, int, str, str | None, bool]]) -> None:
    """The same events, in any order, through one long run, and through one that restarts and remembers one visitor."""
    assert _through(steps, restarts=True, memory=1) == _through(steps, restarts=False, memory=100)


@given(_steps)
def test_what_is_recalled_is_what_was_never_forgotten(steps: list[tuple[int, int, str, str | None, bool]]) -> None:
    """Within the hour in which nobody is forgotten, a memory without a store is the measure."""
    steps = [(step[0] % 60, *step[1:]) for step in steps]
    remembering = new_visits()
    expected = [verdict or arrival.event for arrival in _arrivals(steps) for verdict in remembering.assign([arrival])]
    assert _through(steps, restarts=True, memory=1) == expected


@given(_steps, st.randoms(use_true_random=False))
def test_events_that_arrive_together_may_do_so_in_any_order(
    steps: list[tuple[int, int, str, str | None, bool]], random: Random
) -> None:
    # One event a moment, as nothing says which of two at once came first.
    steps = [step for index, step in enumerate(steps) if step[0] not in {earlier[0] for earlier in steps[:index]}]
    ordered, mixed = _arrivals(sorted(steps)), _arrivals(sorted(steps))
    random.shuffle(shuffled := list(mixed))
    new_visits().assign(ordered)
    new_visits().assign(shuffled)
    assert [one.event for one in mixed] == [one.event for one in ordered]


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


@given(
    st.lists(st.tuples(st.integers(0, 7_200_000), st.sampled_from(["page", "read"]), st.booleans()), max_size=25),
    st.lists(st.integers(1, 5)),
    st.sampled_from([1, 100]),
)
def test_the_seconds_of_a_visits_events_add_up_to_its_length(
    steps: list[tuple[int, str, bool]], cuts: list[int], memory: int
) -> None:
    """In any order of arrival, in batches cut anywhere, with restarts before some of them and a memory of one visitor."""
    store, left, sizes = Store(), list(steps), iter(cuts)
    visits = Visits(store, stored_until_us=0, max_visitors=memory)
    while left:
        size = next(sizes, 1)
        batch, left = left[:size], left[size:]
        if batch[0][2]:
            visits = Visits(store, stored_until_us=store.latest_us(), max_visitors=memory)
        arrivals = [
            pageview(moment / 60_000) if kind == "page" else engagement(moment / 60_000, seconds=5)
            for moment, kind, _ in batch
        ]
        store.keep(arrivals, visits.assign(arrivals))
    for visit_id in {event.visit_id for event in store.events}:
        rows = [event for event in store.events if event.visit_id == visit_id]
        seconds = [row.occurred_at // 1_000_000 for row in rows]
        assert sum(row.visit_seconds for row in rows) == max(seconds) - min(seconds)
        began = next(row.occurred_at // 1_000_000 for row in rows if row.visits)
        assert [row.visit_age_seconds for row in rows] == [second - began for second in seconds]


@pytest.mark.parametrize(
    ("minutes", "seconds", "ages"),
    [
        pytest.param([0, 5, 8], [0, 300, 180], [0, 300, 480], id="one-after-the-other"),
        pytest.param([0, 8, 5], [0, 480, 0], [0, 480, 300], id="late-and-inside"),
        pytest.param([5, 8, 0], [0, 180, 300], [0, 180, -300], id="late-and-before"),
        pytest.param([0, 0], [0, 0], [0, 0], id="at-once"),
        pytest.param([0.0165, 0.0167], [0, 1], [0, 1], id="the-clocks-seconds"),
    ],
)
def test_an_event_says_by_how_much_it_lengthens_its_visit(
    minutes: list[float], seconds: list[int], ages: list[int]
) -> None:
    visits, arrivals = new_visits(), [pageview(minute) for minute in minutes]
    for arrival in arrivals:
        visits.assign([arrival])
    assert [one.event.visit_seconds for one in arrivals] == seconds
    assert [one.event.visit_age_seconds for one in arrivals] == ages


GIVEN = {"company": "Acme", "company_domain": "acme.fr", "company_method": "given", "company_confidence": 0.95}
NETWORK = {"company": "Transit SA", "company_method": "as_organisation", "source": "LinkedIn"}


def test_a_company_that_the_visitor_names_in_mid_visit_is_the_visit_s_from_then_on() -> None:
    arrivals = [pageview(0, **NETWORK), pageview(1, **GIVEN), pageview(2), engagement(3, seconds=20)]
    new_visits().assign(arrivals)
    assert [columns_of(one.event)["company"] for one in arrivals] == ["Transit SA", "Acme", "Acme", "Acme"]
    assert [columns_of(one.event)["company_domain"] for one in arrivals] == [None, "acme.fr", "acme.fr", "acme.fr"]
    assert {columns_of(one.event)["source"] for one in arrivals} == {"LinkedIn"}
    assert len({one.event.visit_id for one in arrivals}) == 1
    assert sum(one.event.visits for one in arrivals) == 1


def test_a_restart_does_not_forget_the_company_that_the_visitor_named() -> None:
    before = [pageview(0, **NETWORK), pageview(1, **GIVEN)]
    new_visits().assign(before)

    def history(*_: object) -> Iterator[PastEvent]:
        for one in (arrival.event for arrival in before):
            facts = stored_facts(one)
            yield PastEvent(one.visitor_id, one.visit_id, one.name, one.occurred_at, None, one.bounces, facts)

    after = pageview(2)
    Visits(history, stored_until_us=NOON + 2 * MINUTE).assign([after])
    assert (columns_of(after.event)["company"], columns_of(after.event)["source"]) == ("Acme", "LinkedIn")


def test_consent_in_mid_visit_begins_no_second_visit() -> None:
    first = pageview(0, visitor=1)
    agreed = replace(first, event=pageview(5).event, visitor_id=99, yesterdays_id=1)
    next_day = replace(first, event=pageview(24 * 60).event, visitor_id=99, yesterdays_id=2)
    new_visits().assign([first, agreed, next_day])
    assert [one.event.visits for one in (first, agreed, next_day)] == [1, 0, 1]
    assert [one.event.visitor_id for one in (first, agreed, next_day)] == [1, 1, 99]
