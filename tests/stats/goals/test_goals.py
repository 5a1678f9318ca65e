"""What a goal is, which goals a site has, and how a publisher changes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.databases import new_app_database
from tests.stats.conftest import Blog, scope
from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid
from tracker.db.models import Site, SiteGoal
from tracker.sites.sites import add_site, find_site
from tracker.sites.trash import Thing, bring_back
from tracker.stats import traffic
from tracker.stats.filters.json import read_stored, write_stored
from tracker.stats.goals import Goal, Kind, condition_of, goals_of
from tracker.stats.goals.rows import (
    MOST_GOALS,
    add_goal,
    change_goal,
    put_back,
    put_goal_back,
    remove_goal,
    take_off,
)

NOW = datetime(2026, 11, 16, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[AppDatabase]:
    opened = new_app_database(tmp_path / "app.sqlite")
    add_site(opened, "a.fr", now=NOW)
    yield opened
    opened.close()


def goals(app: AppDatabase) -> dict[str, Goal]:
    found = find_site(app, "a.fr")
    assert found
    return {goal.name: goal for goal in goals_of(found)}


def sent(form: str) -> dict[str, str]:
    return {"props": f'{{"form":"{form}"}}'}


def linked(url: str) -> dict[str, str]:
    return {"props": f'{{"url":"{url}"}}'}


@pytest.mark.parametrize(
    ("kind", "pattern", "kept"),
    [
        pytest.param(Kind.PAGE, "/merci", 2, id="page-with-and-without-slash"),
        pytest.param(Kind.PAGE, "/merci*", 3, id="pages-by-star"),
        pytest.param(Kind.PAGE, "/", 0, id="no-home-page"),
        pytest.param(Kind.EVENT, "Signup", 1, id="event"),
        pytest.param(Kind.EVENT, "Sign*", 1, id="events-by-star"),
        pytest.param(Kind.FORM, "demo", 1, id="form"),
        pytest.param(Kind.FORM, "*", 3, id="every-form"),
        pytest.param(Kind.FORM, "", 1, id="a-form-without-name"),
        pytest.param(Kind.DOWNLOAD, "Guide.pdf", 1, id="download-by-a-part-of-its-url"),
        pytest.param(Kind.DOWNLOAD, "/files/*.pdf", 2, id="downloads-by-star"),
        pytest.param(Kind.LINK, "partner.example", 1, id="link"),
        pytest.param(Kind.LINK, "mailto:", 1, id="click-on-an-email-address"),
    ],
)
def test_a_goal_keeps_the_events_that_reach_it(blog: Blog, kind: Kind, pattern: str, kept: int) -> None:
    at = "2026-11-16T12:00:00+01:00"
    for path in ("/merci", "/merci/", "/merci/demo"):
        blog.visit(at, (0, path))
    blog.visit(at, (0, "/merci"), (5, "/merci", 1000))
    for name, facts in (
        ("Signup", {}), ("Form: Submission", sent("demo")), ("Form: Submission", sent("search")),
        ("Form: Submission", {}), ("File Download", linked("https://a.fr/files/guide.pdf")),
        ("File Download", linked("https://a.fr/files/b.pdf")), ("Outbound Link: Click", linked("https://partner.example/")),
        ("Email: Click", linked("mailto:lea@a.fr")),
    ):  # fmt: skip
        blog.visit(at, (0, "/x", name), **facts)
    extra = 1 if kind is Kind.PAGE and pattern.startswith("/merci") else 0
    condition = condition_of(kind, pattern)
    assert traffic.totals(blog.store, scope("2026-11-16", condition)).iloc[0]["events"] == kept + extra
    assert read_stored(write_stored((condition,))) == (condition,)


def test_sent_forms_and_downloads_are_goals_from_the_first_hit(app: AppDatabase) -> None:
    assert [(goal.key, goal.kind) for goal in goals(app).values()] == [
        ("forms", Kind.FORM),
        ("downloads", Kind.DOWNLOAD),
    ]


def test_own_goals_come_first_and_the_built_in_ones_count_the_rest(app: AppDatabase, blog: Blog) -> None:
    added = add_goal(app, "a.fr", kind="form", pattern="demo", name="Asked for a demo", points=40, now=NOW)
    take_off(app, "a.fr", Kind.FORM, "search")
    own, forms, _ = goals(app).values()
    assert (own.key, own.name, own.points, own.is_built_in) == (added, "Asked for a demo", 40, False)
    for form in ("demo", "search", "contact"):
        blog.visit("2026-11-16T12:00:00+01:00", (0, "/x", "Form: Submission"), **sent(form))
    blog.visit("2026-11-16T12:00:00+01:00", (0, "/x", "Form: Submission"))
    kept = [
        int(traffic.totals(blog.store, scope("2026-11-16", one.condition)).iloc[0]["events"]) for one in (own, forms)
    ]
    assert kept == [1, 2]


def test_what_is_taken_off_can_be_put_back(app: AppDatabase) -> None:
    take_off(app, "a.fr", Kind.FORM, "search")
    remove_goal(app, "a.fr", "downloads", by=None, now=NOW)
    assert list(goals(app)) == ["Forms sent"]
    put_back(app, "a.fr", Kind.DOWNLOAD, "*")
    put_back(app, "a.fr", Kind.FORM, "search")
    assert goals(app)["Forms sent"].condition == condition_of(Kind.FORM, "*")
    assert "Downloads" in goals(app)


def test_a_goal_is_changed_and_removed(app: AppDatabase) -> None:
    key = add_goal(app, "a.fr", kind="page", pattern="https://a.fr/merci/?x=1", now=NOW)
    assert "/merci/?x=1" in goals(app)
    change_goal(app, "a.fr", key, pattern="danke", name="Thanks", points=5)
    assert (goals(app)["Thanks"].pattern, goals(app)["Thanks"].points) == ("/danke", 5)
    gone = remove_goal(app, "a.fr", key, by="lea@exemple.fr", now=NOW)
    assert "Thanks" not in goals(app)
    with pytest.raises(Invalid, match="no goal"):
        remove_goal(app, "a.fr", key, by=None, now=NOW)
    assert gone is not None
    assert add_goal(app, "a.fr", kind="event", pattern="Other", now=NOW) != key, (
        "nothing that names the one means the other"
    )
    bring_back(app, 1, gone.number, {Thing.GOAL: put_goal_back}, now=NOW)
    assert (goals(app)["Thanks"].key, goals(app)["Thanks"].pattern) == (key, "/danke"), "views and alerts name its key"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param({"kind": "wish", "pattern": "x"}, "not a kind of goal; use one of form, download", id="kind"),
        pytest.param({"kind": "page", "pattern": "/*"}, "not a page", id="every-page"),
        pytest.param({"kind": "page", "pattern": "https://a.fr"}, "not a page", id="a-host-alone"),
        pytest.param({"kind": "event", "pattern": " "}, "Write what", id="nothing"),
        pytest.param({"kind": "event", "pattern": "**"}, "every event", id="every-event"),
        pytest.param({"kind": "event", "pattern": "file download"}, "of the kind download", id="another-kind"),
        pytest.param({"kind": "event", "pattern": "x", "points": 41}, "1 to 40", id="points"),
        pytest.param({"kind": "event", "pattern": "x", "name": "y" * 81}, "80 characters", id="name"),
        pytest.param({"kind": "event", "pattern": "x" * 501}, "too long", id="long"),
        pytest.param({"kind": "event", "pattern": "Signup"}, "already: Signup", id="twice"),
    ],
)  # fmt: skip
def test_what_is_not_a_goal_is_refused(app: AppDatabase, given: dict[str, object], said: str) -> None:
    add_goal(app, "a.fr", kind="event", pattern="Signup", now=NOW)
    with pytest.raises(Invalid, match=said):
        add_goal(app, "a.fr", **given, now=NOW)  # type: ignore[arg-type]


def test_what_is_taken_off_is_as_long_and_as_many_as_goals_can_be(app: AppDatabase) -> None:
    with pytest.raises(Invalid):
        take_off(app, "a.fr", Kind.FORM, "x" * 501)
    with app.transaction() as session:
        (site,) = session.scalars(select(Site)).all()
        site.goals += [
            SiteGoal(kind="form", pattern=str(n), name="x", points=1, counts=False, created_at=NOW)
            for n in range(MOST_GOALS)
        ]
    with pytest.raises(Invalid):
        take_off(app, "a.fr", Kind.FORM, "search")
