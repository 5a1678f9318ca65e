"""Behaviour that no person shows: how fast, how unread, how many at once."""

from __future__ import annotations

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.made_events import new_event
from tracker.enrichment.bots import BotRule
from tracker.enrichment.drops import DropReason
from tracker.enrichment.event import VISIT_FACTS, Event
from tracker.ingest.visits.assign import Arrival, PastEvent, Visits
from tracker.ingest.visits.behaviour import FAST_PAGES, UNREAD_PAGES, Behaviour
from tracker.ingest.visits.crowds import CROWD
from tracker.ingest.visits.history import visit_facts

SECOND = 1_000_000
NOON = 1_794_830_400_000_000  # 2026-11-16T12:00:00Z in µs


def event(second: float, name: str = "pageview", *, path: str = "/", scripted: bool = True, **columns: object) -> Event:
    snippets = {"event_id": f"{name} {second} {path}", "screen_width": 1920, "title": "A page", "language": "fr"}
    given = {"path": path, "browser": "Chrome"} | (snippets if scripted else {}) | columns
    return new_event(name, NOON + int(second * SECOND), **given)


def arrival(one: Event, *, visitor: int = 1, off: frozenset[str] = frozenset()) -> Arrival:
    return Arrival(one, visitor, None, one.name != "engagement", off)


def new_visits(stored: tuple[PastEvent, ...] = ()) -> Visits:
    return Visits(lambda *_: stored, stored_until_us=NOON if stored else 0)


def run(arrivals, visits=None):
    visits = visits or new_visits()
    return visits.assign(arrivals), list(visits.take_judged().values())


def pages(number: int, every: float, **options) -> list[Arrival]:
    off = options.pop("off", frozenset())
    return [arrival(event(n * every, path=f"/{n}", **options), off=off) for n in range(number)]


@pytest.mark.parametrize(
    ("number", "every", "rules"),
    [
        pytest.param(FAST_PAGES, 0.5, [BotRule.IMPOSSIBLE_RATE], id="two-a-second"),
        pytest.param(FAST_PAGES - 1, 0.1, [], id="a-window-of-tabs"),
        pytest.param(FAST_PAGES, 0.6, [], id="not-that-fast"),
    ],
)
def test_pages_faster_than_anyone_reads(number, every, rules):
    assert run(pages(number, every))[1] == rules


@given(st.lists(st.integers(-2, 11) | st.sampled_from([0, 0, 0, 0.4]), max_size=80))
def test_pages_are_too_fast_when_any_twenty_that_follow_one_another_lie_within_ten_seconds(steps):
    moments = [int(second * SECOND) for second in accumulate(steps)]
    behaviour = Behaviour()
    found = [behaviour.see("pageview", NOON + at, 0, scripted=True) is BotRule.IMPOSSIBLE_RATE for at in moments]
    windows = [moments[end + 1 - FAST_PAGES : end + 1] if end + 1 >= FAST_PAGES else [] for end in range(len(moments))]
    assert found == [bool(window) and max(window) - min(window) < 10 * SECOND for window in windows]


def test_many_pages_and_no_reading():
    _, judged = run(pages(UNREAD_PAGES, 20))
    assert judged == [BotRule.READS_NOTHING]


@pytest.mark.parametrize(
    "sign",
    [event(30, "engagement", engaged_ms=4000), event(30, "Signup")],
    ids=["a moment's reading", "an action"],
)
def test_whoever_reads_or_acts_may_open_many_pages(sign):
    opened = pages(UNREAD_PAGES, 20)
    assert run([*opened[:2], arrival(sign), *opened[2:]])[1] == []


@pytest.mark.parametrize("every", [0.01, 20], ids=["fast", "slow"])
def test_a_log_or_a_server_that_passes_hits_on_is_not_judged(every):
    assert run(pages(UNREAD_PAGES * 2, every, scripted=False))[1] == []
    assert run(crowd(CROWD * 2, scripted=False))[1] == []


def test_a_site_may_switch_each_rule_off():
    off = frozenset({"reads_nothing", "impossible_rate"})
    assert run(pages(UNREAD_PAGES, 0.1, off=off))[1] == []


def test_what_comes_after_the_verdict_is_dropped_by_its_name():
    visits = new_visits()
    run(pages(UNREAD_PAGES, 20), visits)
    outcome, judged = run([arrival(event(600, path="/late"))], visits)
    assert (outcome[0].reason, outcome[0].detail) == (DropReason.BOT, "Many pages and no reading")
    assert judged == []


def test_a_restart_remembers_the_pages_that_were_stored():
    facts = visit_facts(dict.fromkeys(VISIT_FACTS))
    stored = tuple(
        PastEvent(1, 7, "pageview", NOON + n * 20 * SECOND, f"id{n}", 0, facts, 0, True)
        for n in range(UNREAD_PAGES - 1)
    )
    visits = new_visits(stored)
    _, judged = run([arrival(event((UNREAD_PAGES - 1) * 20, path="/next"))], visits)
    assert judged == [BotRule.READS_NOTHING]


def crowd(number: int, *, start: int = 0, **columns) -> list[Arrival]:
    return [arrival(event(n * 10, **({"path": "/join"} | columns)), visitor=n + start) for n in range(number)]


def test_one_page_from_hundreds_of_addresses():
    outcome, judged = run(crowd(CROWD))
    assert judged == [BotRule.ONE_PAGE_MANY_IPS] * CROWD
    assert outcome == [None] * CROWD


def test_the_crowd_that_goes_on_is_dropped_as_it_comes():
    visits = new_visits()
    run(crowd(CROWD), visits)
    _, judged = run(crowd(1, start=5000), visits)
    assert judged == [BotRule.ONE_PAGE_MANY_IPS]


READERS = {
    "fewer": crowd(CROWD - 1),
    "one of them reads": [*crowd(CROWD - 1), arrival(event(15, "engagement", engaged_ms=9000)), *crowd(2, start=9000)],
    "one of them goes on": [*crowd(CROWD - 1), arrival(event(15, path="/about")), *crowd(2, start=9000)],
    "they follow a link": crowd(CROWD, referrer="https://news.example/"),
    "other agents like the page as well": [
        *crowd(CROWD - 1),
        *crowd(CROWD, start=1000, browser="Firefox", referrer="https://news.example/"),
        *crowd(1, start=9000),
    ],
    "the agent also opens other pages": [
        *crowd(CROWD - 1),
        *crowd(40, start=1000, path="/home"),
        *crowd(1, start=9000),
    ],
}


@pytest.mark.parametrize("arrivals", READERS.values(), ids=READERS)
def test_a_page_that_many_people_like_is_no_crowd_of_bots(arrivals):
    assert run(arrivals)[1] == []


def test_of_more_pages_than_memory_holds_no_crowd_is_told():
    visits = new_visits()
    run([arrival(event(n / 100, path=f"/{n}", browser="Firefox"), visitor=n) for n in range(20_000)], visits)
    assert run(crowd(CROWD, start=30_000), visits)[1] == []
