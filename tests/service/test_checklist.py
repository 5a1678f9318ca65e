"""What the first day's checklist sees to be done, and what somebody ticks off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.databases import new_app_database, new_event_store
from tests.stats.conftest import SITE, Blog
from tracker.db.models import Delivery, Site
from tracker.service.checklist import Task, dismiss, open_checklist, tick
from tracker.service.context import Context
from tracker.settings import Settings
from tracker.sites.recipients import add_recipients
from tracker.sites.sites import add_site, find_site, update_site

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SERVED = Settings(base_url="https://stats.exemple.fr", smtp_url="smtp://127.0.0.1", mail_from="a@exemple.fr")


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    database = new_app_database(tmp_path / "app.sqlite")
    add_site(database, SITE, now=NOW)
    with new_event_store() as store:
        yield Context(SERVED, database, store, lambda: NOW)
    database.close()


def site(context: Context) -> Site:
    found = find_site(context.app_db, SITE)
    assert found is not None
    return found


def left(context: Context, of: Site | None, *, knows_networks: bool = False) -> set[Task]:
    return {state.task for state in open_checklist(context, of, knows_networks=knows_networks) if not state.is_done}


def test_a_new_site_has_all_to_do_but_what_the_settings_say(context: Context) -> None:
    assert left(context, site(context)) == set(Task) - {Task.PUBLIC_URL}


@pytest.mark.parametrize("base_url", ["", "http://localhost:8080", "http://192.168.1.5", "http://stats.local"])
def test_a_url_that_nobody_else_reaches_is_none(context: Context, base_url: str) -> None:
    there = Context(Settings(base_url=base_url), context.app_db, context.event_store, context.now)
    assert Task.PUBLIC_URL in left(there, site(context))


def test_what_can_be_seen_is_seen(context: Context) -> None:
    Blog(context.event_store).visit("2026-11-20T10:00:00+01:00", (0, "/a"))
    update_site(context.app_db, SITE, time_zone="Europe/Paris", language="fr", excluded_networks="203.0.113.7")
    add_recipients(context.app_db, site(context).id, ["lea@exemple.fr"], now=NOW)
    with context.app_db.transaction() as session:
        about = {"site_id": site(context).id, "report": "weekly", "period": "2026-W46", "recipient": "lea@exemple.fr"}
        session.add(Delivery(**about, status="sent", attempts=1, claimed_at=NOW))
    for of in (site(context), None):
        assert left(context, of, knows_networks=True) == {Task.BACKUPS}


def test_what_somebody_ticks_off_is_done_and_all_done_is_no_list(context: Context) -> None:
    test_what_can_be_seen_is_seen(context)
    tick(context, Task.BACKUPS, site(context))
    assert open_checklist(context, site(context), knows_networks=True) == []
    assert open_checklist(context, None, knows_networks=True) == []


def test_a_tick_for_one_site_is_none_for_another(context: Context) -> None:
    other = add_site(context.app_db, "autre.fr", now=NOW)
    tick(context, Task.LEAVE_YOURSELF_OUT, site(context))
    tick(context, Task.LEAVE_YOURSELF_OUT, site(context))
    assert Task.LEAVE_YOURSELF_OUT not in left(context, site(context))
    assert Task.LEAVE_YOURSELF_OUT in left(context, other)


def test_it_is_dismissed_for_good(context: Context) -> None:
    dismiss(context)
    assert open_checklist(context, site(context), knows_networks=False) == []
