"""What is kept of goals on sealed days: the same figures as from the events, and gone with the day's seal."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Any, cast

import pytest
from sqlalchemy import func, select

from tests.stats.conftest import PARIS, SITE, Blog, scope
from tests.stats.goals.test_goals import sent
from tracker.enrichment.event import IDENTIFY
from tracker.leads.corrections.corrected_store import CorrectedStore
from tracker.leads.corrections.rules import Kind as Correction
from tracker.leads.corrections.rules import Rule, Rules
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Comparison
from tracker.stats.goals import Goal, Kind, condition_of, few_events
from tracker.stats.goals.actions import Action, actions
from tracker.stats.goals.figures import GoalFigures, figures_and_actions, goal_figures
from tracker.stats.goals.keeping import forget_other_goals, keep_goals
from tracker.stats.rollups.checking import compare_with_events
from tracker.stats.rollups.keeping import Keeper
from tracker.store import goals_of_days
from tracker.store.batch import Batch
from tracker.store.protocol import EventStore
from tracker.store.schema import BEYOND, events, goal_days, goal_events, goal_ids, goal_sums, goal_values

FORM = "Form: Submission"
TODAY = date(2026, 11, 18)
DAYS = scope("2026-11-16,2026-11-18")


def goal(key: str, kind: Kind, pattern: str) -> Goal:
    return Goal(key, key, kind, pattern, 20, condition_of(kind, pattern))


DEMO = goal("demo", Kind.FORM, "demo")
READ = goal("read", Kind.SCROLL, "75 /blog/*")
LONG = goal("long", Kind.TIME, "60")
PAID = goal("paid", Kind.REVENUE, "*")
ADDED = goal("added", Kind.PAGE, "/blog/*")
THANKS = goal("thanks", Kind.PAGE, "/merci")
GOALS = (DEMO, READ, LONG, PAID, THANKS)


def tell(blog: Blog, *, consented: bool | None = None) -> None:
    """`consented` is whether ids last; None where nobody knows."""
    acme: dict[str, Any] = {"company": "Acme", "company_confidence": 0.9}
    visit = partial(blog.visit, consented=consented)
    visit("2026-11-16T10:00:00+01:00", (0, "/blog/a"), (30, "/blog/a", 29_000, 80), (70, "/blog/a", 31_000, 95), **acme)
    visit("2026-11-16T11:00:00+01:00", (0, "/x", FORM), visitor=1, **sent("demo"), **acme)
    visit("2026-11-17T10:00:00+01:00", (0, "/x", FORM), (5, "/x", FORM), **sent("demo"), company="Bolt")
    visit("2026-11-17T11:00:00+01:00", (0, "/merci/"), (9, "/merci/", "Order"), revenue=12.5, currency="EUR")
    visit("2026-11-18T09:00:00+01:00", (0, "/blog/b"), (9, "/blog/b", 70_000, 40), (19, "/x", 1, 90))
    visit("2026-11-18T10:00:00+01:00", (0, "/y", "Order"), revenue=7.0, currency="USD", visitor=1)


EXPECTED = {
    "demo": GoalFigures(3, 2, 2, 2),
    "read": GoalFigures(1, 1, 1, 1),
    "long": GoalFigures(2, 2, 2, 1),
    "paid": GoalFigures(3, 2, 2, 0, {"EUR": 25.0, "USD": 7.0}),
    "thanks": GoalFigures(1, 1, 1, 0, {"EUR": 12.5}),
}


NO_PHONES = scope("2026-11-16,2026-11-18", Comparison(Dimension.DEVICE, "is_not", ("mobile",)))


@pytest.mark.parametrize("is_sealed", [False, True], ids=["open", "sealed"])
def test_goals_and_actions_of_a_filter_are_those_that_are_read_apart(blog: Blog, is_sealed: bool) -> None:
    tell(blog)
    phone = {"device": "mobile", "company": "Acme", "company_confidence": 0.9}
    blog.visit("2026-11-17T12:00:00+01:00", (0, "/merci"), (5, "/merci", FORM), **sent("demo"), **phone)
    blog.visit("2026-11-17T13:00:00+01:00", (0, "/x", IDENTIFY))
    if is_sealed:
        seal(blog, *GOALS)
    figures, done = figures_and_actions(blog.store, NO_PHONES, GOALS, first=9)
    assert figures == EXPECTED == goal_figures(blog.store, NO_PHONES, GOALS)
    assert done == [Action(FORM, "demo", 3, 2, 2, 2), Action("Order", None, 2, 2, 2, 0)]
    assert done == actions(blog.store, NO_PHONES, limit=9)
    assert figures_and_actions(blog.store, NO_PHONES, [DEMO], first=1) == ({"demo": EXPECTED["demo"]}, done[:1])
    assert figures_and_actions(blog.store, NO_PHONES, [], first=9) == ({}, done)
    of_all, all_done = figures_and_actions(blog.store, DAYS, [DEMO], first=9)
    assert (of_all["demo"], all_done[0]) == (GoalFigures(4, 3, 3, 2), Action(FORM, "demo", 4, 3, 3, 2))


@pytest.mark.parametrize("most", [20_000, 3], ids=["few", "more than a few"])
def test_goals_and_actions_are_the_same_however_many_their_events_are(
    blog: Blog, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(few_events, "MOST", most)
    tell(blog)
    blog.visit("2026-11-18T11:00:00+01:00", (0, "/z", "Order"), revenue=0.1, currency="USD", company="Acme", visitor=7)
    figures, done = figures_and_actions(blog.store, NO_PHONES, [DEMO, PAID], first=9)
    paid = GoalFigures(4, 3, 3, 1, {"EUR": 25.0, "USD": 7.1})
    assert figures == {"demo": EXPECTED["demo"], "paid": paid} == goal_figures(blog.store, NO_PHONES, [DEMO, PAID])
    assert done == [Action(FORM, "demo", 3, 2, 2, 2), Action("Order", None, 3, 3, 3, 1)]
    assert done[:1] == figures_and_actions(blog.store, NO_PHONES, [DEMO, PAID], first=1)[1]


def seal(blog: Blog, *goals: Goal, today: date = TODAY) -> None:
    Keeper(blog.store).seal_all(SITE, PARIS, today=today, on_progress=lambda done, left: None)
    while keep_goals(blog.store, SITE, PARIS, goals):
        pass


def kept(blog: Blog) -> list[tuple[date, int]]:
    """How many seals of goals each day has; that of all goals together is one of them."""
    seals = select(goal_days.c.day, func.count()).group_by(goal_days.c.day).order_by(goal_days.c.day)
    return [(day, number) for day, number in blog.store.rows(seals)]


@pytest.mark.parametrize("consented", [None, False, True])
def test_goals_are_the_same_from_events_and_from_sealed_days(blog: Blog, consented: bool | None) -> None:
    tell(blog, consented=consented)
    assert goal_figures(blog.store, DAYS, GOALS) == EXPECTED
    seal(blog, *GOALS)
    assert kept(blog) == [(date(2026, 11, day), 6) for day in (16, 17, 18)]
    assert goal_figures(blog.store, DAYS, GOALS) == EXPECTED
    assert not keep_goals(blog.store, SITE, PARIS, GOALS)


def test_a_goal_that_is_added_is_counted_backwards_and_one_that_is_gone_is_forgotten(blog: Blog) -> None:
    tell(blog)
    seal(blog, DEMO)
    assert goal_figures(blog.store, DAYS, GOALS) == EXPECTED
    seal(blog, PAID, DEMO)
    assert [number for _, number in kept(blog)] == [4, 4, 4]
    forget_other_goals(blog.store, SITE, [PAID])
    assert blog.store.rows(select(goal_sums.c.goal).distinct()) == [(PAID.meant,)]
    assert [number for _, number in kept(blog)] == [1, 1, 1]


def test_a_change_of_events_takes_the_goals_of_its_days_out_of_use(blog: Blog) -> None:
    tell(blog)
    seal(blog, *GOALS)
    blog.visit("2026-11-17T12:00:00+01:00", (0, "/x", FORM), visitor=5, **sent("demo"))
    assert [day for day, _ in kept(blog)] == [date(2026, 11, 16)]
    assert goal_figures(blog.store, DAYS, [DEMO])["demo"].events == 4
    seal(blog, *GOALS)
    assert [number for _, number in kept(blog)] == [6, 6, 6]
    assert goal_figures(blog.store, DAYS, [DEMO])["demo"].events == 4
    blog.store.unseal(SITE, date.min, date.max)
    assert kept(blog) == []


def test_a_day_whose_events_change_while_goals_are_counted_is_not_kept(blog: Blog) -> None:
    tell(blog, consented=False)
    Keeper(blog.store).seal_all(SITE, PARIS, today=TODAY, on_progress=lambda done, left: None)
    count, found = blog.store.keep_goals, []

    class Between:
        def __getattr__(self, name: str) -> object:
            return getattr(blog.store, name)

        def keep_goals(self, site: str, work_out):  # type: ignore[no-untyped-def]
            def and_then(snapshot):  # type: ignore[no-untyped-def]
                made = work_out(snapshot)
                blog.visit("2026-11-17T12:00:00+01:00", (0, "/x", FORM), **sent("demo"))
                return made

            found.append(count(site, and_then))
            return found[-1]

    keep_goals(Between(), SITE, PARIS, [DEMO])  # type: ignore[arg-type]
    assert found == [{date(2026, 11, 16)}]
    assert goal_figures(blog.store, DAYS, [DEMO])["demo"].events == 4


def test_single_events_are_kept_of_visits_with_a_company_alone(blog: Blog) -> None:
    tell(blog)
    seal(blog, *GOALS)
    found = select(goal_events.c.goal, func.count()).group_by(goal_events.c.goal)
    assert dict(map(tuple, blog.store.rows(found))) == {DEMO.meant: 3, READ.meant: 1, LONG.meant: 1}


def test_ids_that_last_are_kept_and_those_of_a_day_are_sums(blog: Blog) -> None:
    tell(blog, consented=False)
    seal(blog, *GOALS)
    assert blog.store.rows(select(func.count()).select_from(goal_ids)) == [(0,)]
    blog.visit("2026-11-18T12:00:00+01:00", (0, "/x", FORM), **sent("demo"), consented=True)
    seal(blog, *GOALS)
    assert blog.store.rows(select(goal_ids.c.goal)) == [(DEMO.meant,)]
    assert goal_figures(blog.store, DAYS, [DEMO])["demo"].visitors == 3


def test_a_goal_of_more_single_rows_than_are_kept_of_a_day_has_none_and_is_counted_from_the_events(
    blog: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(goals_of_days, "MOST_ROWS", 1)
    tell(blog, consented=False)
    seal(blog, *GOALS)
    marks = select(goal_sums.c.goal, goal_sums.c.day, goal_sums.c.events).where(goal_sums.c.dimension == BEYOND)
    assert blog.store.rows(marks) == [(DEMO.meant, date(2026, 11, 17), 2)]
    of_the_day = select(goal_sums.c.goal).where(goal_sums.c.goal == DEMO.meant, goal_sums.c.day == date(2026, 11, 17))
    assert len(blog.store.rows(of_the_day)) == 1
    assert goal_figures(blog.store, DAYS, GOALS) == EXPECTED
    assert not keep_goals(blog.store, SITE, PARIS, GOALS)


def test_what_is_kept_of_days_whose_events_are_gone_stays_whichever_goals_come(blog: Blog) -> None:
    tell(blog)
    seal(blog, *GOALS)
    blog.visit("2026-11-25T12:00:00+01:00", (0, "/x", FORM), **sent("demo"))
    with blog.store.transaction() as connection:  # type: ignore[attr-defined]
        connection.execute(events.delete().where(events.c.occurred_at < datetime(2026, 11, 20)))  # noqa: DTZ001
    seal(blog, *GOALS, ADDED, today=date(2026, 11, 25))
    found = goal_figures(blog.store, scope("2026-11-16,2026-11-25"), (*GOALS, ADDED))
    assert found.pop("added") == GoalFigures()
    assert found == EXPECTED | {"demo": GoalFigures(4, 3, 3, 2)}


def test_a_correction_of_companies_holds_for_what_is_kept(blog: Blog) -> None:
    tell(blog)
    seal(blog, *GOALS)
    merged = CorrectedStore(blog.store, lambda: Rules([Rule(None, Correction.MERGE, "Bolt", "Acme")]))
    assert goal_figures(cast(EventStore, merged), DAYS, [DEMO])["demo"].companies == 1


def test_visits_that_are_taken_back_are_no_longer_counted(blog: Blog) -> None:
    tell(blog)
    blog.visit("2026-11-17T15:00:00+01:00", (0, "/x", FORM), **sent("demo"), visit_id=-5)
    seal(blog, *GOALS)
    assert goal_figures(blog.store, DAYS, [DEMO])["demo"].events == 4
    blog.store.append(Batch({}, retracted=[-5]))
    assert goal_figures(blog.store, DAYS, GOALS) == EXPECTED
    seal(blog, *GOALS)
    assert goal_figures(blog.store, DAYS, GOALS) == EXPECTED


def test_who_reaches_a_goal_on_both_sides_of_midnight_is_one_visitor_in_one_visit(blog: Blog) -> None:
    late = ("2026-11-16T23:58:00+01:00", (0, "/x", FORM), (300, "/x", FORM))
    blog.visit(*late, **sent("demo"), consented=False)
    seal(blog, DEMO)
    assert kept(blog) == [(date(2026, 11, day), 2) for day in (16, 17, 18)]
    assert goal_figures(blog.store, DAYS, [DEMO])["demo"] == GoalFigures(2, 1, 1, 0)
    assert goal_figures(blog.store, scope("2026-11-17"), [DEMO])["demo"] == GoalFigures(1, 1, 1, 0)


def test_what_is_kept_is_compared_with_the_events_and_each_table_that_differs_is_found(blog: Blog) -> None:
    tell(blog, consented=False)
    blog.visit("2026-11-18T12:00:00+01:00", (0, "/x", FORM), **sent("demo"), consented=True)
    seal(blog, *GOALS)
    assert compare_with_events(blog.store, SITE, goals=GOALS) == (3, {})
    day, tables = date(2026, 11, 18), (goal_sums, goal_ids, goal_values)
    for table in tables:
        with blog.store.transaction() as connection:  # type: ignore[attr-defined]
            connection.execute(table.delete().where(table.c.day == day))
        assert compare_with_events(blog.store, SITE).different == {}
        assert table.name in compare_with_events(blog.store, SITE, goals=GOALS).different[day]
    with blog.store.transaction() as connection:  # type: ignore[attr-defined]
        connection.execute(goal_events.update().values(detail="another"))
    assert compare_with_events(blog.store, SITE, goals=GOALS).different == {
        date(2026, 11, 16): [goal_events.name],
        date(2026, 11, 17): [goal_events.name],
        day: [table.name for table in tables],
    }


def test_what_was_too_much_to_be_kept_is_not_compared(blog: Blog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(goals_of_days, "MOST_ROWS", 1)
    tell(blog, consented=False)
    seal(blog, *GOALS)
    assert compare_with_events(blog.store, SITE, goals=GOALS) == (3, {})
