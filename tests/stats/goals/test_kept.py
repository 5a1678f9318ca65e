"""What is kept of goals on sealed days: the same figures as from the events, and gone with the day's seal."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from tests.stats.conftest import PARIS, SITE, Blog, scope
from tests.stats.goals.test_goals import sent
from tracker.stats.goals import Goal, Kind, condition_of
from tracker.stats.goals.figures import GoalFigures, goal_figures
from tracker.stats.goals.kept import forget_other_goals, keep_goals
from tracker.stats.rollups.keeping import Keeper
from tracker.store.schema import goal_days, goal_events

FORM = "Form: Submission"
TODAY = date(2026, 11, 18)
DAYS = scope("2026-11-16,2026-11-18")


def goal(key: str, kind: Kind, pattern: str) -> Goal:
    return Goal(key, key, kind, pattern, 20, condition_of(kind, pattern))


DEMO = goal("demo", Kind.FORM, "demo")
READ = goal("read", Kind.SCROLL, "75 /blog/*")
LONG = goal("long", Kind.TIME, "60")
PAID = goal("paid", Kind.REVENUE, "*")
THANKS = goal("thanks", Kind.PAGE, "/merci")
GOALS = (DEMO, READ, LONG, PAID, THANKS)


def tell(blog: Blog) -> None:
    acme = {"company": "Acme", "company_confidence": 0.9}
    blog.visit(
        "2026-11-16T10:00:00+01:00", (0, "/blog/a"), (30, "/blog/a", 29_000, 80), (70, "/blog/a", 31_000, 95), **acme
    )
    blog.visit("2026-11-16T11:00:00+01:00", (0, "/x", FORM), visitor=1, **sent("demo"), **acme)
    blog.visit("2026-11-17T10:00:00+01:00", (0, "/x", FORM), (5, "/x", FORM), **sent("demo"), company="Bolt")
    blog.visit("2026-11-17T11:00:00+01:00", (0, "/merci/"), (9, "/merci/", "Order"), revenue=12.5, currency="EUR")
    blog.visit("2026-11-18T09:00:00+01:00", (0, "/blog/b"), (9, "/blog/b", 70_000, 40), (19, "/x", 1, 90))
    blog.visit("2026-11-18T10:00:00+01:00", (0, "/y", "Order"), revenue=7.0, currency="USD", visitor=1)


EXPECTED = {
    "demo": GoalFigures(3, 2, 2, 2),
    "read": GoalFigures(1, 1, 1, 1),
    "long": GoalFigures(2, 2, 2, 1),
    "paid": GoalFigures(3, 2, 2, 0, {"EUR": 25.0, "USD": 7.0}),
    "thanks": GoalFigures(1, 1, 1, 0, {"EUR": 12.5}),
}


def seal(blog: Blog, *goals: Goal) -> None:
    Keeper(blog.store).seal_all(SITE, PARIS, today=TODAY, on_progress=lambda done, left: None)
    while keep_goals(blog.store, SITE, PARIS, goals):
        pass


def kept(blog: Blog) -> list[tuple[date, int]]:
    seals = select(goal_days.c.day, func.count()).group_by(goal_days.c.day).order_by(goal_days.c.day)
    return [(day, number) for day, number in blog.store.rows(seals)]


def test_goals_are_the_same_from_events_and_from_sealed_days(blog: Blog) -> None:
    tell(blog)
    assert goal_figures(blog.store, DAYS, GOALS) == EXPECTED
    seal(blog, *GOALS)
    assert kept(blog) == [(date(2026, 11, day), 5) for day in (16, 17, 18)]
    assert goal_figures(blog.store, DAYS, GOALS) == EXPECTED
    assert not keep_goals(blog.store, SITE, PARIS, GOALS)


def test_a_goal_that_is_added_is_counted_backwards_and_one_that_is_gone_is_forgotten(blog: Blog) -> None:
    tell(blog)
    seal(blog, DEMO)
    assert goal_figures(blog.store, DAYS, GOALS) == EXPECTED
    seal(blog, PAID, DEMO)
    assert [number for _, number in kept(blog)] == [2, 2, 2]
    forget_other_goals(blog.store, SITE, [PAID])
    assert blog.store.rows(select(goal_events.c.goal).distinct()) == [(PAID.meant,)]
    assert [number for _, number in kept(blog)] == [1, 1, 1]


def test_a_change_of_events_takes_the_goals_of_its_days_out_of_use(blog: Blog) -> None:
    tell(blog)
    seal(blog, *GOALS)
    blog.visit("2026-11-17T12:00:00+01:00", (0, "/x", FORM), visitor=5, **sent("demo"))
    assert [day for day, _ in kept(blog)] == [date(2026, 11, 16)]
    assert goal_figures(blog.store, DAYS, [DEMO])["demo"].events == 4
    seal(blog, *GOALS)
    assert [number for _, number in kept(blog)] == [5, 5, 5]
    assert goal_figures(blog.store, DAYS, [DEMO])["demo"].events == 4
    blog.store.unseal(SITE, date.min, date.max)
    assert kept(blog) == []


def test_a_day_whose_events_change_while_goals_are_counted_is_not_kept(blog: Blog) -> None:
    tell(blog)
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
