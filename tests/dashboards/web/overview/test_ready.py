"""An overview that somebody looks at is ready when a hit's figures are: nobody waits for them."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import cast

from flask import Flask

from dashboards import web
from dashboards.web.goals.panels import first_actions
from dashboards.web.overview.drawn import Reader
from dashboards.web.overview.ready import note_overview
from dashboards.web.panels import first_values, open_tabs
from dashboards.web.site.selection import Selection
from tests.databases import new_app_database
from tests.leads.listing.test_first_rows import NOW, SCOPE, Counted
from tests.stats.conftest import SITE, Blog, blog  # noqa: F401 - a fixture
from tracker.db.engine import AppDatabase
from tracker.leads.corrections.changes import rules_now
from tracker.leads.corrections.corrected_store import CorrectedStore
from tracker.service.context import Context
from tracker.service.sealing import Sealing
from tracker.settings import Settings
from tracker.sites.sites import add_site, find_site
from tracker.stats import traffic
from tracker.stats.companies.identified import identified
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Comparison
from tracker.stats.goals import goals_of
from tracker.stats.goals.figures import goal_figures
from tracker.stats.rollups.moment import moment
from tracker.store.answering.store import AnsweringStore
from tracker.store.protocol import EventStore

_READER = Reader("en", "", may_see_settings=True, may_see_status=True)


def _dashboard(context: Context) -> Flask:
    made = Flask("tracker", static_folder=None)
    made.config.update(SECRET_KEY="only for this test")
    web.register(made, context, web.ServiceStatus)
    return made


def _context(app: AppDatabase, page: EventStore) -> Context:
    return Context(Settings(data=Path()), app, page, lambda: NOW)


def test_an_overview_that_is_looked_at_is_ready_with_the_figures_of_the_next_hit(tmp_path: Path, blog: Blog) -> None:  # noqa: F811
    app = new_app_database(tmp_path / "app.sqlite")
    add_site(app, SITE, now=NOW)
    site = find_site(app, SITE)
    assert site is not None
    selection = Selection(site, SCOPE.period)
    counted = Counted(blog.store)
    blog.store = answering = cast(EventStore, AnsweringStore(cast(EventStore, counted)))
    pages = cast(EventStore, CorrectedStore(answering, lambda: rules_now(app)))
    sealing = Sealing(
        app, answering, now=lambda: NOW, lag_bytes=lambda: 0, monotonic=iter(range(0, 10_000, 10)).__next__
    )

    dashboard = _dashboard(_context(app, pages))

    def looked_at() -> dict[str, object]:
        with moment(pages) as page:
            totals, series = traffic.course(page, selection.scope, selection.interval)
            note_overview(dashboard, _context(app, page), selection, _READER)
            visitors = int(totals["visitors"].iloc[0])
            values = first_values(page, selection.scope, open_tabs(selection), everybody=visitors)
            return {
                "visitors": visitors,
                "of the last day": int(series["visitors"].iloc[-1]),
                "named": identified(page, selection.scope).visits,
                "of the page": int(values[Dimension.PAGE]["visitors"].iloc[0]),
                "goals": sum(one.events for one in goal_figures(page, selection.scope, goals_of(site)).values()),
                "actions": sum(one.events for one in first_actions(page, selection.scope)),
            }

    def expected(number: int) -> dict[str, object]:
        names = ("visitors", "of the last day", "named", "of the page", "goals", "actions")
        return dict.fromkeys(names, number)

    blog.visit("2026-11-18T10:00:00+01:00", (0, "/a"), (5, "/a", "Form: Submission"))
    sealing.step(threading.Event())
    assert looked_at() == expected(1)
    blog.visit("2026-11-18T10:05:00+01:00", (0, "/a"), (5, "/a", "Form: Submission"))
    asked = counted.asked
    assert looked_at() == expected(1)
    # Which days have figures, and whether all events are on one: the rest is kept while these figures are.
    assert counted.asked - asked == 2
    sealing.step(threading.Event())
    asked = counted.asked
    assert looked_at() == expected(2)
    # That all events are on days with figures was found out with these.
    assert counted.asked == asked
    app.close()


def test_a_filtered_overview_is_not_made_ready(tmp_path: Path, blog: Blog) -> None:  # noqa: F811
    """Each hit changes what is read from the events: for nobody in advance."""
    app = new_app_database(tmp_path / "app.sqlite")
    add_site(app, SITE, now=NOW)
    site = find_site(app, SITE)
    assert site is not None
    answering = AnsweringStore(blog.store)
    filters = (Comparison(Dimension.DEVICE, "is", ("mobile",)),)
    selection = Selection(site, SCOPE.period)
    dashboard = _dashboard(_context(app, cast(EventStore, answering)))
    with moment(cast(EventStore, answering)) as page:
        note_overview(dashboard, _context(app, page), replace(selection, filters=filters), _READER)
        assert not answering.lately.take(SITE)
        note_overview(dashboard, _context(app, page), selection, _READER)
        assert answering.lately.take(SITE)
    app.close()
