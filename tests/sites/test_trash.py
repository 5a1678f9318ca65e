"""The trash keeps what was removed for 30 days, and then nothing of it stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from tests.databases import new_app_database
from tracker.db.workflow_models import Trash
from tracker.sites.sites import add_site
from tracker.sites.trash import Thing, empty_trash, throw_away

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


def test_what_was_removed_longer_ago_is_deleted_though_nothing_else_is_removed(tmp_path: Path) -> None:
    database = new_app_database(tmp_path / "app.sqlite")
    site = add_site(database, "a.fr", now=NOW)
    with database.transaction() as session:
        for name, days in (("old", 31), ("kept", 29)):
            throw_away(session, site.id, Thing.ALERT, name, {"secret": "x"}, by=None, now=NOW - timedelta(days=days))
    empty_trash(database, now=NOW)
    with database.transaction() as session:
        assert list(session.scalars(select(Trash.name))) == ["kept"]
    database.close()
