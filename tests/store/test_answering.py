"""The same question is asked of the engine once, its answer is kept as long as its events stay, and never longer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any, cast

import pandas as pd
import pytest
from sqlalchemy import Select, func, select

from tests.databases import new_event_store
from tests.stats.conftest import PARIS, SITE, Blog, period, scope
from tracker.stats import traffic
from tracker.stats.rollups.keeping import Keeper
from tracker.stats.rollups.moment import Caveats, caveats_of, moment, once_of_site
from tracker.stats.rollups.ready import asked as note_asked
from tracker.stats.rollups.ready import make_ready
from tracker.stats.scope import Scope
from tracker.store.answering.kept import Kept, KeptAnswers
from tracker.store.answering.store import AnsweringStore
from tracker.store.batch import Batch
from tracker.store.patience import Superseded, TookTooLong, Waiting, waiting
from tracker.store.protocol import EventStore, Snapshot
from tracker.store.schema import events

OCTOBER, YEAR = scope("2026-10"), scope("2025-11-01,2026-10-31")


# What is asked after a change of events, to know that all days with events have figures.
OF_COVERAGE = 2


class Slow:
    """An event store that counts what it is asked, and answers when it is let."""

    def __init__(self, inner: EventStore) -> None:
        self.inner, self.asked, self.let = inner, 0, threading.Event()
        self.begun = threading.Semaphore(0)
        self.let.set()
        self.problems: list[Exception] = []
        self.begun_snapshots = self.statements = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    @contextmanager
    def snapshot(self) -> Iterator[Any]:
        self.begun_snapshots += 1
        with self.inner.snapshot() as snapshot:
            yield SlowSnapshot(self, snapshot)

    def rows(self, statement: Select[Any]) -> Sequence[Any]:
        self._meet()
        return self.inner.rows(statement)

    def frame(self, statement: Select[Any]) -> pd.DataFrame:
        self._meet()
        return self.inner.frame(statement)

    def _meet(self) -> None:
        self.asked += 1
        self.begun.release()
        assert self.let.wait(30)
        if self.problems:
            raise self.problems.pop()


class SlowSnapshot:
    """A snapshot of a slow store."""

    def __init__(self, of: Slow, inner: Snapshot) -> None:
        self.of, self.inner = of, inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def rows(self, statement: Select[Any]) -> Sequence[Any]:
        self._meet()
        return self.inner.rows(statement)

    def frame(self, statement: Select[Any]) -> pd.DataFrame:
        self._meet()
        return self.inner.frame(statement)

    def _meet(self) -> None:
        self.of.statements += 1
        self.of.begun.release()
        assert self.of.let.wait(30)


@pytest.fixture
def slow() -> Iterator[Slow]:
    with new_event_store() as opened:
        yield Slow(opened)


@pytest.fixture
def store(slow: Slow) -> EventStore:
    return cast(EventStore, AnsweringStore(cast(EventStore, slow)))


def views(of: Scope = OCTOBER) -> Select[Any]:
    statement = select(events.c.path, func.count().label("views")).where(of.where()).group_by(events.c.path)
    return cast(Select[Any], of.asked(statement).order_by(events.c.path))


def visit(store: EventStore, day: str, path: str = "/a") -> int:
    return Blog(store).visit(f"{day}T10:00:00+01:00", (0, path))


def test_an_answer_is_kept_until_its_events_change(slow: Slow, store: EventStore) -> None:
    visit(store, "2026-10-05")
    for _ in range(3):
        assert store.rows(views()) == [("/a", 1)]
    assert slow.asked == 1
    visit(store, "2026-11-05")
    assert store.rows(views()) == [("/a", 1)]
    assert slow.asked == 1
    visit(store, "2026-10-06")
    assert store.rows(views()) == [("/a", 2)]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda store, seen: store.append(Batch({}, retracted=[seen])), id="a-visit-taken-back"),
        pytest.param(lambda store, seen: store.forget_site(SITE), id="a-site-removed"),
    ],
)
def test_what_takes_events_away_is_seen(store: EventStore, change: Callable[[EventStore, int], None]) -> None:
    seen = visit(store, "2026-10-05")
    assert len(store.rows(views())) == 1
    change(store, seen)
    assert store.rows(views()) == []


def test_a_batch_that_failed_is_asked_about_anew(slow: Slow, store: EventStore) -> None:
    store.rows(views())
    with pytest.raises(KeyError):
        store.append(Batch({"site": [SITE], "occurred_at": [int(datetime(2026, 10, 5, tzinfo=UTC).timestamp() * 1e6)]}))
    store.rows(views())
    assert slow.asked == 2


def test_other_values_and_other_ways_are_other_questions(slow: Slow, store: EventStore) -> None:
    visit(store, "2026-10-05")
    assert store.rows(views(scope("2026-09"))) == []
    assert store.rows(views()) == [("/a", 1)]
    assert store.frame(views())["views"].tolist() == [1]
    assert store.rows(views().limit(0)) == []
    assert slow.asked == 4


def test_who_changes_an_answer_changes_their_own(store: EventStore) -> None:
    visit(store, "2026-10-05")
    frame = store.frame(views())
    frame["views"] = 99
    assert store.frame(views())["views"].tolist() == [1]


def test_a_statement_that_does_not_say_what_it_reads_is_asked_each_time(slow: Slow, store: EventStore) -> None:
    for _ in range(2):
        store.rows(select(func.count()).select_from(events))
    assert slow.asked == 2


def test_alike_questions_at_once_are_one(slow: Slow, store: EventStore) -> None:
    visit(store, "2026-10-05")
    slow.let.clear()
    with ThreadPoolExecutor(6) as pool:
        asked = [pool.submit(store.rows, views()) for _ in range(6)]
        assert slow.begun.acquire(timeout=60)
        slow.let.set()
        assert [one.result(timeout=60) for one in asked] == [[("/a", 1)]] * 6
    assert slow.asked == 1


@pytest.mark.parametrize("problem", [Superseded("newer"), TookTooLong("too long")])
def test_who_still_waits_asks_again_when_the_one_who_asked_does_not(
    slow: Slow, store: EventStore, problem: Exception
) -> None:
    visit(store, "2026-10-05")
    slow.let.clear()
    slow.problems.append(problem)
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(store.rows, views()) for _ in range(2)]
        assert slow.begun.acquire(timeout=60)
        slow.let.set()
        found = [one.exception(timeout=60) or one.result() for one in asked]
    assert [("/a", 1)] in found
    assert sum(one is problem for one in found) == 1


def test_a_long_period_holds_up_no_short_one_and_no_batch(slow: Slow, store: EventStore) -> None:
    visit(store, "2026-10-05")
    slow.let.clear()
    with ThreadPoolExecutor(3) as pool:
        long = [pool.submit(store.rows, views(scope(f"{year}-01-01,{year}-12-31"))) for year in (2025, 2026)]
        assert slow.begun.acquire(timeout=60)
        visit(store, "2026-10-05")
        assert store.positions() == {}
        short = pool.submit(store.rows, views())
        assert slow.begun.acquire(timeout=60)  # the short one; the second long one waits for its turn
        assert slow.asked == 2
        slow.let.set()
        assert short.result(timeout=60) == [("/a", 2)]
        assert [one.result(timeout=60) for one in long] == [[], [("/a", 2)]]


def test_who_waits_for_others_long_periods_is_told_in_time(slow: Slow, store: EventStore) -> None:
    slow.let.clear()
    with ThreadPoolExecutor(1) as pool:
        long = pool.submit(store.rows, views(YEAR))
        assert slow.begun.acquire(timeout=60)
        with waiting(Waiting(0.1)), pytest.raises(TookTooLong, match="try again"):
            store.rows(views(scope("2024-11-01,2025-10-31")))
        with waiting(Waiting(0.1)), pytest.raises(TookTooLong):
            store.rows(views(YEAR))
        slow.let.set()
        long.result(timeout=60)


def test_what_is_kept_is_bounded(slow: Slow) -> None:
    store = cast(EventStore, AnsweringStore(cast(EventStore, slow), kept_bytes=2000))
    for number in range(20):
        visit(store, "2026-10-05", f"/{number}")
    for month in ("2026-10", "2026-09", "2026-08"):
        store.rows(views(scope(month)))
    store.rows(views())  # more than a quarter of what may be kept: asked again
    assert slow.asked == 4


def course(store: EventStore, of: Scope = OCTOBER) -> list[int]:
    with moment(store) as page:
        _, series = traffic.course(page, of, "month")
        found = [int(one) for one in series["pageviews"]]
        series["pageviews"] = 99  # whoever changes an answer changes their own
        return found


@pytest.fixture
def counted(store: EventStore) -> EventStore:
    """October is sealed, and an event of today came since."""
    visit(store, "2026-10-30")
    visit(store, "2026-11-04")
    Keeper(store).seal_all(SITE, PARIS, today=date(2026, 11, 4), on_progress=lambda done, left: None)
    visit(store, "2026-11-04")
    return store


def test_a_pages_figures_are_kept_until_their_days_change(slow: Slow, counted: EventStore) -> None:
    assert course(counted) == [1]
    asked = slow.begun_snapshots
    visit(counted, "2026-11-04")
    Keeper(counted).refresh(SITE, PARIS, today=date(2026, 11, 4))
    asked_by_snapshots = slow.statements
    assert course(counted) == [1]
    assert slow.statements == asked_by_snapshots
    assert slow.begun_snapshots > asked
    visit(counted, "2026-10-31")
    Keeper(counted).refresh(SITE, PARIS, today=date(2026, 11, 4))
    assert course(counted) == [2]


def test_alike_questions_of_pages_at_once_are_one(slow: Slow, counted: EventStore) -> None:
    slow.statements = 0
    slow.let.clear()
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(course, counted) for _ in range(4)]
        assert slow.begun.acquire(timeout=60)
        slow.let.set()
        assert [one.result(timeout=60) for one in asked] == [[1]] * 4
    alone = slow.statements
    assert course(counted, scope("2026-09")) == [0]
    assert slow.statements <= 2 * alone


def test_what_is_to_be_said_of_figures_is_kept_with_them(counted: EventStore) -> None:
    said = []
    for _ in range(2):
        with moment(counted) as page:
            traffic.visitors(page, Scope(SITE, period("2026-10", "Europe/London")))
            said.append(caveats_of(page))
    assert said == [Caveats(in_zone_of_before=True)] * 2


def test_a_question_within_another_waits_for_nobody(store: EventStore) -> None:
    answering = cast(AnsweringStore, store)
    assert answering.answer_once("outer", 1, lambda: answering.answer_once("outer", 1, lambda: 1) + 1) == 2


def test_what_depends_on_all_of_a_site_is_kept_until_anything_of_it_changes(counted: EventStore) -> None:
    def asked(question: str) -> int:
        with moment(counted) as page:
            return once_of_site(page, SITE, question, lambda: made.append(question) or len(made))

    made: list[str] = []
    assert [asked("a"), asked("a"), asked("b")] == [1, 1, 2]
    visit(counted, "2026-11-04")
    assert asked("a") == 3


def test_only_the_answer_of_the_newest_state_is_kept() -> None:
    kept = KeptAnswers(1000)
    kept.keep("question", 2, "two", 100)
    kept.keep("question", 1, "one", 100)
    assert (kept.find("question", 1), kept.find("question", 2)) == (None, Kept("two", 2, 100))
    kept.keep("question", 3, "three", 240)
    for number in range(7):
        kept.keep(number, 1, number, 100)
    assert kept.find("question", 3) == Kept("three", 3, 240)
    assert kept.find("question", 2) is None


def test_hits_leave_a_pages_answers_until_their_figures_are_counted(counted: EventStore) -> None:
    """A page takes figures of a moment before, and the answer about them with them."""

    def views(store: EventStore) -> list[int]:
        return course(store, scope("2026-10-01,2026-11-04"))

    Keeper(counted).refresh(SITE, PARIS, today=date(2026, 11, 4))
    before = views(counted)
    asked = slow_of(counted).statements
    visit(counted, "2026-11-04")
    assert views(counted) == before == [1, 2]
    assert slow_of(counted).statements - asked == OF_COVERAGE
    Keeper(counted).refresh(SITE, PARIS, today=date(2026, 11, 4))
    assert views(counted) == [1, 3]


def test_hits_of_a_day_without_figures_are_in_the_next_answer(counted: EventStore) -> None:
    """What is worked out from events changes with each hit, whichever days beside it have figures."""
    of = scope("2026-10-01,2026-11-05")
    Keeper(counted).refresh(SITE, PARIS, today=date(2026, 11, 4))
    assert course(counted, of) == [1, 2]
    visit(counted, "2026-11-05")
    assert course(counted, of) == [1, 3]
    visit(counted, "2026-11-05")
    assert course(counted, of) == [1, 4]


def test_what_was_asked_lately_is_answered_with_the_figures(counted: EventStore) -> None:
    """Whoever looks while days are counted has the answers of before, and after that those of then: never half of them."""
    of = scope("2026-10-01,2026-11-04")
    Keeper(counted).refresh(SITE, PARIS, today=date(2026, 11, 4))
    note_asked(counted, SITE, "course", lambda page: traffic.course(page, of, "month"))
    before, seen = course(counted, of), []
    visit(counted, "2026-11-04")

    def ready(_site: str, snapshot: Snapshot) -> None:
        make_ready(counted, snapshot, SITE, lambda store: store)
        with ThreadPoolExecutor(1) as another:
            seen.append(another.submit(course, counted, of).result(timeout=60))

    Keeper(counted, ready).refresh(SITE, PARIS, today=date(2026, 11, 4))
    asked = slow_of(counted).statements
    assert (before, seen, course(counted, of)) == ([1, 2], [[1, 2]], [1, 3])
    assert slow_of(counted).statements - asked == OF_COVERAGE


def test_a_question_that_fails_is_not_asked_again(counted: EventStore) -> None:
    def fail(_page: EventStore) -> None:
        raise OSError("cannot be asked")

    note_asked(counted, SITE, "fails", fail)
    keeper = Keeper(counted, lambda site, snapshot: make_ready(counted, snapshot, site, lambda store: store))
    with pytest.raises(OSError, match="cannot be asked"):
        keeper.refresh(SITE, PARIS, today=date(2026, 11, 4))
    keeper.refresh(SITE, PARIS, today=date(2026, 11, 4))
    assert course(counted, scope("2026-10-01,2026-11-04")) == [1, 2]


def slow_of(store: EventStore) -> Slow:
    return cast(Slow, store._inner)  # type: ignore[attr-defined]
