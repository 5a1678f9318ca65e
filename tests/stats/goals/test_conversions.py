"""Conversions by company: each event once for each goal that it reaches, for the company of its visit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import literal, select

from tests.stats.conftest import Blog, scope
from tests.stats.goals.test_goals import linked, sent
from tracker.stats.goals import Goal, Kind, condition_of
from tracker.stats.goals.conversions import COLUMNS, conversions_by_company
from tracker.store.schema import events

DEMO = Goal("1", "Demo", Kind.FORM, "demo", 40, condition_of(Kind.FORM, "demo"))
FORMS = Goal("forms", "Forms", Kind.FORM, "*", 30, condition_of(Kind.FORM, "*"))
PDF = Goal("2", "PDF", Kind.DOWNLOAD, ".pdf", 20, condition_of(Kind.DOWNLOAD, ".pdf"))
THANKS = Goal("3", "Thanks", Kind.PAGE, "/merci*", 20, condition_of(Kind.PAGE, "/merci*"))
FORM, FILE = "Form: Submission", "File Download"


def rows(blog: Blog, *goals: Goal) -> dict[tuple[str, str], tuple[object, ...]]:
    frame = conversions_by_company(blog.store, scope("2026-11-16"), goals)
    assert tuple(frame.columns) == COLUMNS
    return {(row.company, row.goal): tuple(row)[3:] for row in frame.itertuples()}


def test_each_event_counts_for_each_goal_that_it_reaches(blog: Blog) -> None:
    blog.visit("2026-11-16T10:00:00+01:00", (0, "/merci/a"), company="Acme")
    blog.visit("2026-11-16T11:00:00+01:00", (0, "/x", FORM), (9, "/x", FORM), company="Acme", **sent("demo"))
    blog.visit("2026-11-16T12:00:00+01:00", (0, "/x", FORM), company="Acme", **sent("contact"))
    blog.visit("2026-11-16T12:30:00+01:00", (0, "/x", FILE), company="Bolt", **linked("https://a.fr/a.pdf"))
    blog.visit("2026-11-16T13:00:00+01:00", (0, "/x", FILE), **linked("https://a.fr/a.pdf"))
    blog.visit("2026-11-17T00:00:00+01:00", (0, "/x", FORM), company="Acme", **sent("demo"))
    assert rows(blog, DEMO, FORMS, PDF, THANKS) == {
        ("Acme", "1"): (2, 1, datetime(2026, 11, 16, 10, 0, 9), "demo"),  # noqa: DTZ001
        ("Acme", "forms"): (3, 2, datetime(2026, 11, 16, 11), "contact"),  # noqa: DTZ001
        ("Acme", "3"): (1, 1, datetime(2026, 11, 16, 9), "/merci/a"),  # noqa: DTZ001
        ("Bolt", "2"): (1, 1, datetime(2026, 11, 16, 11, 30), "https://a.fr/a.pdf"),  # noqa: DTZ001
    }


def test_a_conversion_belongs_to_the_company_that_its_visit_named_last(blog: Blog) -> None:
    first = blog.visit("2026-11-16T23:59:50+01:00", (0, "/x", FORM), company="Provider SA", **sent("demo"))
    blog.visit("2026-11-17T00:00:10+01:00", (0, "/x", "Identify"), company="Acme")
    identified = blog._visits
    blog.add([_as_visit(blog, identified, first)])
    assert list(rows(blog, DEMO)) == [("Acme", "1")]


def _as_visit(blog: Blog, number: int, visit: int) -> dict[str, object]:
    row = blog.store.rows(select(events).where(events.c.visit_id == number))[0]
    return dict(row._mapping) | {"visit_id": visit, "visits": 0}


def test_nothing_reached_and_no_goals_are_empty_frames(blog: Blog) -> None:
    blog.visit("2026-11-16T10:00:00+01:00", (0, "/a"), company="Acme")
    assert rows(blog, DEMO) == {}
    assert rows(blog) == {}
    assert conversions_by_company(blog.store, scope("2026-11-16"), [DEMO])["conversions"].dtype == "int64"


def test_other_columns_group_as_well(blog: Blog) -> None:
    blog.visit("2026-11-16T11:00:00+01:00", (0, "/x", FORM), company="Acme", company_confidence=0.9, **sent("demo"))
    sure = (events.c.company_confidence >= literal(0.5)).label("sure")
    frame = conversions_by_company(blog.store, scope("2026-11-16"), [DEMO], sure)
    assert frame["sure"].tolist() == [True]
