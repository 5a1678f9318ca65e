"""What rollups answer is what the events answer, to the last digit, whatever came when."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any, cast

import pandas as pd
import pytest
from sqlalchemy import select

from tests.databases import new_event_store
from tests.stats.conftest import PARIS, SITE, Blog, scope
from tests.stats.rollups.histories import DAYS, Chain, History, chain, history
from tracker.stats import traffic
from tracker.stats.aggregation import Group
from tracker.stats.breakdowns import breakdown
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Comparison
from tracker.stats.leading import of_all, of_events
from tracker.stats.leading.of_events import leading_of_events
from tracker.stats.leading.of_groups import leading_of_groups
from tracker.stats.local_time import truncated
from tracker.stats.long_visits import followed
from tracker.stats.metrics import METRICS, Unit
from tracker.stats.periods import Period, months_after
from tracker.stats.rollups.counting import Counting, counting
from tracker.stats.rollups.day_figures import figures, updating
from tracker.stats.rollups.days import sealed as sealed_now
from tracker.stats.rollups.keeping import Keeper, seal, unsealed_days, work_out
from tracker.stats.rollups.moment import expect, moment, present
from tracker.stats.rollups.months import figures_of_month
from tracker.stats.rollups.registry import DIMENSIONS, TOTAL
from tracker.stats.rollups.wanted import Wanted
from tracker.stats.scope import Scope
from tracker.store import seals
from tracker.store.answering.store import AnsweringStore
from tracker.store.batch import Batch
from tracker.store.protocol import EventStore, Snapshot
from tracker.store.schema import events
from tracker.store.seals import MonthOfFigures

# `WEBLEADS_HISTORIES=10000 pytest tests/stats/rollups/test_counting.py` tries more of them.
HISTORIES = int(os.environ.get("WEBLEADS_HISTORIES", "200"))
# So many are of one site: most of what a small history costs are statements, which its days then share.
A_CHAIN = 20
ALL = tuple(METRICS)
# By what is the same on each event of a visit: rollups answer them, as far as they know what is asked.
FILTERS = [
    Comparison(dimension, "is", (value,))
    for dimension, values in (
        (Dimension.SOURCE, ("Google", "LinkedIn", "")),
        (Dimension.COUNTRY, ("FR", "BE", "IT")),
        (Dimension.DEVICE, ("mobile", "")),
    )
    for value in values
]
INTERVALS = [Group(interval=step) for step in ("hour", "day", "week", "month")]


@pytest.fixture
def store() -> Iterator[EventStore]:
    """Emptied for each test: a chain takes twice as long beside twenty others."""
    with new_event_store() as opened:
        yield opened


def answers(counted: Counting, groups: list[Group], *, with_total: bool) -> list[tuple[Any, ...]]:
    """The rows of all metrics by groups; a count of nothing is 0, however the engine says it."""
    rows = counted.rows(counted.statement(ALL, groups, with_total=with_total))
    counts = {name for name in ALL if METRICS[name].unit in (Unit.COUNT, Unit.SHARE)}
    found = [tuple(0 if one is None and name in counts else one for name, one in row._mapping.items()) for row in rows]
    return sorted(found, key=repr)


def pairs(frame: pd.DataFrame) -> list[tuple[str | None, int]]:
    values = frame["value"].astype(object).where(frame["value"].notna(), None)
    return list(zip(values, frame["visitors"].astype(int), strict=True))


@dataclass
class Question:
    """What is asked of a history: a period, a group or none, and which values of two dimensions lead, or what named ones have.

    `step` is an interval beside the group.
    """

    scope: Scope
    group: Group | None
    some: list[Dimension]
    wanted: Wanted
    step: Group | None = None

    @classmethod
    def at_random(cls, one: History, chance: random.Random) -> Question:
        some = chance.sample(DIMENSIONS, 2)
        return cls(
            Scope(one.site, _period(one, chance)),
            chance.choice([None, *INTERVALS, *(Group(dimension) for dimension in DIMENSIONS)]),
            some,
            chance.choice([Wanted(2), named_of(some)]),
        )

    def narrowed(self, only: Comparison) -> Question:
        """The same by one filter, of the dimension that it is about where it is of one."""
        dimension = only.dimension if self.group and self.group.dimension else None
        group = Group(dimension) if dimension else self.group
        some = list({self.some[0]: None, only.dimension: None})
        wanted = self.wanted if self.wanted.named is None else named_of(some)
        return Question(replace(self.scope, filters=(only,)), group, some, wanted)

    def by_interval(self, chance: random.Random) -> Question:
        """The same by a dimension and an interval."""
        group = Group(chance.choice(DIMENSIONS))
        return replace(self, group=group, step=chance.choice(INTERVALS))

    @property
    def dimensions(self) -> set[str]:
        of_group = [] if self.group is None or self.group.dimension is None else [self.group.dimension.value]
        return {
            *of_group,
            *(one.value for one in self.some),
            *(["hour"] if self.group == Group(interval="hour") else []),
        }

    def answers(self, counted: Counting, page: EventStore | None = None) -> list[Any]:
        """Rows of the metrics, then pairs of what leads or is named: of rollups and what a page knows, or of events alone."""
        # Companies without a name may be left out: one more is asked, and they are taken off.
        named = Dimension.COMPANY in self.some and self.wanted.named is None
        wanted = Wanted(self.wanted.first + 1) if named else self.wanted
        known = [one for one in self.some if counted.knows(one)]
        others = [one for one in self.some if one not in known]
        led = counted.leading(known, wanted) if known else {}
        if page is None:
            led |= leading_of_groups(counted, others, wanted)
        else:
            led |= leading_of_events(counted, others, wanted, of_all.most_of_all(page, self.scope, self.some))
        if named:
            led[Dimension.COMPANY] = led[Dimension.COMPANY].dropna(subset="value")
            led = {one: frame[: self.wanted.first] for one, frame in led.items()}
        found = [pairs(led[one]) for one in self.some]
        if self.wanted.named is not None:
            found = [sorted(one, key=repr) for one in found]
        groups = [group for group in (self.group, self.step) if group is not None]
        return [answers(counted, groups, with_total=self.group in INTERVALS), *found]


def named_of(some: list[Dimension]) -> Wanted:
    return Wanted(named={dimension: ["/a", "Google", "FR", None] for dimension in some})


def _period(one: History, chance: random.Random) -> Period:
    """Some days of a history, sometimes with the whole of a month; sometimes cut, as what an unfinished one is compared with."""
    start = one.first + timedelta(days=chance.randint(-1, DAYS))
    end = start + timedelta(days=chance.randint(1, DAYS))
    if chance.random() < 0.3:
        start, end = start.replace(day=1), months_after(end, 1) + timedelta(days=chance.randint(0, 2))
        start -= timedelta(days=chance.randint(0, 2))
    elif chance.random() < 0.2:
        end = months_after(end, chance.randint(1, 2))
    period = Period(start, end, one.zone, "")
    if chance.random() < 0.3:
        cut = period.end_at - chance.randrange(1, 24) * timedelta(hours=1)
        period = replace(period, moments=(period.start_at, cut))
    return period


def from_events(store: EventStore, question: Question) -> list[Any]:
    return question.answers(Counting(store, followed(store, question.scope), None))


def days_with_events(store: EventStore, scope: Scope) -> set[date]:
    day = truncated(scope.period, "day").label("day")
    return {row.day.date() for row in store.rows(select(day).where(scope.span()).distinct())}


def compare(store: EventStore, one: History, chance: random.Random) -> int:
    """Compares what a question is answered from rollups with the answer from events; returns how many were."""
    question = Question.at_random(one, chance)
    if one.seed % 2:
        of_seed = random.Random(one.seed)
        found = _compare(store, one, question) + _compare(store, one, question.narrowed(of_seed.choice(FILTERS)))
        return found + _compare(store, one, question.by_interval(of_seed))
    return _compare(store, one, question)


def _compare(store: EventStore, one: History, question: Question) -> int:
    with present(store) as page, counting(page, question.scope, fewest_events=0) as counted:
        if counted.days is None:
            return 0
        meant = question.answers(Counting(counted.source, followed(counted.source, counted.scope), None))
        assert question.answers(counted, page) == meant, (one.seed, question)
        return 1


@dataclass
class Before:
    """What a page is to answer while the days that have changed are not counted again."""

    question: Question
    meant: list[Any]
    days: set[date]

    @classmethod
    def of(cls, store: EventStore, question: Question) -> Before:
        return cls(question, from_events(store, question), days_with_events(store, question.scope))

    def compare(self, store: EventStore, seed: int) -> int:
        """Compares a page's answer with that of the events of before, or of now where the page takes no earlier figures."""
        with moment(store) as page, counting(page, self.question.scope, fewest_events=0) as counted:
            expect(page, [TOTAL, *self.question.some])
            if counted.days is None:
                return 0
            if counted.days.beyond & self.question.dimensions:
                return 0  # what has too many values to be kept is of now
            kept = sealed_now(counted.source, self.question.scope.site, self.question.scope.period)
            is_of_before = sum((end - first).days for first, end in counted.days.kept) > len(kept)
            if is_of_before and not all(
                any(first <= day < end for first, end in counted.days.kept) for day in self.days
            ):
                return 0  # a day that was never counted has lost all its events, which nothing can tell any more
            meant = self.meant if is_of_before else from_events(store, self.question)
            assert self.question.answers(counted) == meant, (seed, self.question, is_of_before)
            return int(is_of_before)


class Played:
    """A chain that is stored step by step: some of its days are counted in between, and answers compared after each step."""

    def __init__(self, store: EventStore, first: int, number: int) -> None:
        self.store, self.answering = store, cast(EventStore, AnsweringStore(store))
        self.chain, self.chance = chain(first, number), random.Random(-first)
        self.all_days = Period(self.chain.first - timedelta(days=1), self.chain.end, self.chain.zone, "")
        self.before: list[Before] = []
        self.of_now = self.of_before = 0

    def play(self) -> None:
        for step, batch in enumerate(self.chain.steps):
            self.answering.append(batch)
            self.of_before += sum(one.compare(self.store, self.chain.histories[0].seed) for one in self.before)
            self._compare_kept()
            self._count_some()
            for month in self._months():
                if self.chance.random() < 0.7:
                    make_month(self.store, self.chain, month, self.all_days)
            for one in self.chain.histories:
                if step + 1 == len(one.batches) or (step < len(one.batches) and self.chance.random() < 0.5):
                    self.of_now += compare(self.store, one, self.chance)
            if self.chance.random() < 0.6:
                Keeper(self.store).refresh(self.chain.site, self.chain.zone, today=self.all_days.last_day)
                self.before.clear()
            self._compare_kept()
            if not self.before:
                asked = [Question.at_random(one, self.chance) for one in self.chance.sample(self.chain.histories, 3)]
                self.before = [Before.of(self.store, one) for one in asked]

    def _count_some(self) -> None:
        """Counts the days of the histories and between them but for some, those days together or each alone."""
        left = {*unsealed_days(self.store, self.chain.site, self.all_days)}
        for one in self.chain.histories:
            days = [one.first + timedelta(days=number) for number in range(-1, DAYS + 1)]
            if self.chance.random() < 0.12:
                left.discard(self.chance.choice(days))
            elif self.chance.random() < 0.05 and (alone := self.chance.choice(days)) in left:
                left.discard(alone)
                self._count([alone])
        self._count(sorted(left))

    def _count(self, days: list[date]) -> None:
        if days:
            work = partial(work_out, site=self.chain.site, days=days, time_zone=self.chain.zone)
            assert self.store.count(self.chain.site, work) == {*days}
            self.before.clear()

    def _months(self) -> list[date]:
        days = [self.all_days.start + timedelta(days=number) for number in range(self.all_days.days)]
        return sorted({day.replace(day=1) for day in days})

    def _compare_kept(self) -> None:
        """Compares what a page answers, which may have been kept from an earlier step, with what is answered anew."""
        for days in (
            self.all_days,
            replace(self.all_days, end=self.chain.histories[len(self.chain.histories) // 2].first),
        ):
            asked = Scope(self.chain.site, days)
            with moment(self.store) as fresh, moment(self.answering) as kept:
                for found, meant in zip(*(traffic.course(page, asked, "day") for page in (kept, fresh)), strict=True):
                    assert found.equals(meant), self.chain.site


def make_month(store: EventStore, of: Chain, month: date, all_days: Period) -> None:
    """Makes a month's figures if its days are sealed, of which only those of the chain have events."""

    def work_out(snapshot: Snapshot) -> MonthOfFigures | None:
        kept = sealed_now(snapshot, of.site, all_days)
        days = [all_days.start + timedelta(days=number) for number in range(all_days.days)]
        if any(day.replace(day=1) == month and day not in kept for day in days):
            return None
        return figures_of_month(of.site, month, of.zone)

    store.count_month(work_out)


@pytest.mark.parametrize("first", range(0, HISTORIES, A_CHAIN))
def test_answers_from_rollups_are_those_from_events(
    store: EventStore, first: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if first % (4 * A_CHAIN) == A_CHAIN:
        monkeypatch.setattr(seals, "MOST_VALUES", 2)  # some days have more
    if first % (2 * A_CHAIN):
        monkeypatch.setattr(updating, "_FEWEST_EVENTS", 0)  # days are brought up to date that were counted
        monkeypatch.setattr(updating, "_MOST_ADDED", 100.0)
    if first % (3 * A_CHAIN):
        monkeypatch.setattr(figures, "FEWEST_EVENTS", 0)  # what is alike of their events is added up before
    if first % (4 * A_CHAIN) == 2 * A_CHAIN:
        for module in (of_all, of_events):
            monkeypatch.setattr(module, "MOST", 2)  # and periods
    played = Played(store, first, min(A_CHAIN, HISTORIES - first))
    played.play()
    assert played.of_now
    # Held for the histories of CI: of a later chain, no day may have been sealed before, by chance.
    assert played.of_before or first >= 200


def test_where_sealed_days_have_few_events_an_open_day_is_counted_with_them_from_the_events(store: EventStore) -> None:
    one = history(1)
    for batch in one.batches:
        store.append(Batch(batch.columns))
    assert seal(store, one.site, one.first, one.zone)
    two_days = Scope(one.site, Period(one.first, one.first + timedelta(days=2), one.zone, ""))
    with counting(store, two_days) as few, counting(store, two_days, fewest_events=0) as any_number:
        assert few.open_days is None
        assert any_number.open_days is not None


@pytest.mark.parametrize(
    ("one", "is_known"),
    [
        pytest.param(Comparison(Dimension.DEVICE, "is", ("mobile",)), True, id="a value of each visit"),
        pytest.param(Comparison(Dimension.DEVICE, "is", ("",)), True, id="the missing one"),
        pytest.param(
            Comparison(Dimension.DEVICE, "is", ("mobile", "desktop")), False, id="a visitor may have had both"
        ),
        pytest.param(Comparison(Dimension.DEVICE, "is_not", ("mobile",)), False, id="any but one"),
        pytest.param(Comparison(Dimension.PAGE, "is", ("/a",)), False, id="events of a visit differ"),
        pytest.param(Comparison(Dimension.COMPANY, "is", ("Alpha",)), False, id="a visit may name it late"),
        pytest.param(Comparison(Dimension.EXIT_PAGE, "is", ("/a",)), False, id="a visit's last page"),
    ],
)
def test_by_one_value_that_each_event_of_a_visit_has_rollups_answer(
    store: EventStore, one: Comparison, *, is_known: bool
) -> None:
    of = history(3)
    if not store.rows(select(events.c.site).where(events.c.site == of.site).limit(1)):
        for batch in of.batches:
            store.append(Batch(batch.columns))
    assert seal(store, of.site, of.first, of.zone)
    day = Scope(of.site, Period(of.first, of.first + timedelta(days=1), of.zone, ""), (one,))
    with counting(store, day) as counted:
        assert (counted.days is not None) is is_known


def test_a_day_that_lost_all_of_its_events_has_none(store: EventStore) -> None:
    """What is kept of it is of before."""
    blog = Blog(store)
    blog.visit("2026-11-16T12:00:00+01:00", (0, "/a"), visit_id=-7)
    blog.visit("2026-11-20T12:00:00+01:00", (0, "/a"))
    for day in range(16, 24):
        assert seal(store, SITE, date(2026, 11, day), PARIS)
    store.append(Batch({}, retracted=[-7]))
    with counting(store, scope("2026-11-16,2026-11-23"), fewest_events=0) as counted:
        assert counted.open_days == []
        assert answers(counted, [Group(interval="day")], with_total=False)[0][-2] == 1
        assert len(answers(counted, [Group(interval="day")], with_total=False)) == 1


def test_a_month_of_a_day_that_lost_all_of_its_events_is_not_used(store: EventStore) -> None:
    store.forget_site(SITE)
    blog, year = Blog(store), scope("2026-01-01,2026-11-20")
    blog.visit("2026-10-16T12:00:00+02:00", (0, "/a"), visit_id=-8)
    blog.visit("2026-10-20T12:00:00+02:00", (0, "/a"))
    Keeper(store).seal_all(SITE, PARIS, today=date(2026, 11, 20), on_progress=lambda done, left: None)

    def visitors() -> tuple[int, bool]:
        with counting(store, year, fewest_events=0) as counted:
            assert counted.days is not None
            return counted.rows(counted.statement(["visitors"]))[0][0], bool(counted.days.months)

    assert visitors() == (2, True)
    store.append(Batch({}, retracted=[-8]))
    assert visitors() == (1, False)
    Keeper(store).refresh(SITE, PARIS, today=date(2026, 11, 20))
    Keeper(store).seal_all(SITE, PARIS, today=date(2026, 11, 20), on_progress=lambda done, left: None)
    assert visitors() == (1, True)


def test_a_month_is_not_used_while_one_of_its_days_is_out_of_use(store: EventStore) -> None:
    """A late change takes a day's seal; where others are counted before it, its figures are gone until it is counted too."""
    blog, year = Blog(store), scope("2026-01-01,2026-11-20")
    blog.visit("2026-10-16T12:00:00+02:00", (0, "/a"), visit_id=-8)
    blog.visit("2026-10-16T14:00:00+02:00", (0, "/a"))
    blog.visit("2026-10-20T12:00:00+02:00", (0, "/a"))
    Keeper(store).seal_all(SITE, PARIS, today=date(2026, 11, 20), on_progress=lambda done, left: None)
    store.append(Batch({}, retracted=[-8]))
    assert seal(store, SITE, date(2026, 11, 10), PARIS)
    with counting(store, year, fewest_events=0) as counted:
        assert counted.days is not None
        assert counted.rows(counted.statement(["pageviews"]))[0][0] == 2
    # The same where no day is to be counted at all.
    blog.visit("2026-10-16T16:00:00+02:00", (0, "/a"))
    assert store.count(SITE, lambda _: []) == set()
    with counting(store, year, fewest_events=0) as counted:
        assert counted.days is not None
        assert counted.rows(counted.statement(["pageviews"]))[0][0] == 3


def test_pages_have_their_newest_title_as_the_events_say(store: EventStore) -> None:
    store.forget_site(SITE)
    blog, of_days = Blog(store), scope("2026-11-16,2026-11-20")
    for day, title in ((16, "Prix 2025"), (17, "Tarifs: tout, 100 %"), (18, "Tarifs_2026")):
        blog.visit(f"2026-11-{day}T12:00:00+01:00", (0, "/a"), (60, "/b%_"), title=title)
    blog.visit("2026-11-19T12:00:00+01:00", (0, "/b"), (5, "/c"), title=None)
    by_one = replace(of_days, filters=(Comparison(Dimension.COUNTRY, "is", ("",)),))
    by_events, by_events_of_one = (breakdown(store, one, Dimension.PAGE) for one in (of_days, by_one))
    for day in range(16, 21):
        assert seal(store, SITE, date(2026, 11, day), PARIS)
    for one in (of_days, by_one):
        with counting(store, one) as counted:
            assert counted.open_days == []
    assert breakdown(store, of_days, Dimension.PAGE).equals(by_events)
    assert breakdown(store, by_one, Dimension.PAGE).equals(by_events_of_one)
    assert by_events_of_one["title"].tolist() == by_events["title"].tolist()
    assert dict(zip(by_events["value"], by_events["title"], strict=True)) == {
        "/a": "Tarifs_2026",
        "/b%_": "Tarifs_2026",
        "/b": None,
        "/c": None,
    }
