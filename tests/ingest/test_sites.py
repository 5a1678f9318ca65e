from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tracker.db.engine import open_app_database
from tracker.db.sites import add_site
from tracker.ingest.sites import SiteDirectory

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


def test_a_site_that_was_just_added_has_its_first_hit_counted(tmp_path: Path) -> None:
    database = open_app_database(f"sqlite:///{tmp_path / 'app.sqlite'}")
    sites = SiteDirectory(database, monotonic=lambda: 100.0)  # no second passes
    sites.refresh()
    assert sites.find("a.fr") is None
    add_site(database, "a.fr", now=NOW)
    assert sites.find("a.fr") is None  # once a batch, so that a flood of unknown sites costs one query
    sites.refresh()
    found = sites.find("www.a.fr")
    assert found is not None
    assert found.domain == "a.fr"
    database.close()
