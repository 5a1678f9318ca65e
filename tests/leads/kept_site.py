"""An app database with one site, for tests of what is kept of a site's companies. A conftest imports the fixtures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.databases import new_app_database
from tests.stats.conftest import SITE
from tracker.db.engine import AppDatabase
from tracker.db.models import Site
from tracker.sites.sites import add_site, find_site

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[AppDatabase]:
    opened = new_app_database(tmp_path / "app.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def site(database: AppDatabase) -> Site:
    add_site(database, SITE, now=NOW)
    found = find_site(database, SITE)
    assert found is not None
    return found
