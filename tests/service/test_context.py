"""What pages and commands share."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.stats.conftest import scope
from tracker.clock import utc_now
from tracker.service.context import Context
from tracker.service.databases import open_databases
from tracker.settings import load_settings
from tracker.stats import traffic
from tracker.stats.rollups.moment import moment


def test_a_page_asks_its_moment_and_not_the_store_behind_it(tmp_path: Path) -> None:
    settings = load_settings(data=tmp_path)
    app, events = open_databases(settings)
    try:
        context = Context(settings, app, events, utc_now)
        with moment(context.event_store) as of_page:
            page = replace(context, event_store=of_page)
            assert page.event_store is of_page
            assert traffic.visitors(page.event_store, scope("2026-10")) == 0
    finally:
        events.close()
        app.close()
