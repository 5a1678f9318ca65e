from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.databases import new_app_database
from tracker.accounts.one_time_links import create_link, link_works, redeem_link
from tracker.db.engine import AppDatabase
from tracker.db.models import OneTimeLink

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def database(tmp_path: Path):
    opened = new_app_database(tmp_path / "app.sqlite")
    yield opened
    opened.close()


def test_a_link_works_once(database: AppDatabase) -> None:
    token = create_link(database, "first-user", now=NOW, lasts=DAY)
    assert link_works(database, token, "first-user", now=NOW)
    assert redeem_link(database, token, "first-user", now=NOW)
    assert not link_works(database, token, "first-user", now=NOW)
    assert not redeem_link(database, token, "first-user", now=NOW)


def test_a_link_serves_its_purpose_only_and_ends(database: AppDatabase) -> None:
    token = create_link(database, "first-user", now=NOW, lasts=DAY)
    assert not redeem_link(database, token, "new-password", now=NOW)
    assert not redeem_link(database, token, "first-user", now=NOW + DAY)
    assert not redeem_link(database, "guessed", "first-user", now=NOW)
    assert redeem_link(database, token, "first-user", now=NOW + DAY - timedelta(seconds=1))


def test_one_of_many_at_once_wins(database: AppDatabase) -> None:
    token = create_link(database, "first-user", now=NOW, lasts=DAY)
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda _: redeem_link(database, token, "first-user", now=NOW), range(8)))
    assert outcomes.count(True) == 1


def test_the_token_is_not_in_the_database_and_expired_links_go(database: AppDatabase) -> None:
    old = create_link(database, "first-user", now=NOW - 2 * DAY, lasts=DAY)
    new = create_link(database, "first-user", now=NOW, lasts=DAY)
    with database.transaction() as session:
        kept = session.scalars(select(OneTimeLink)).all()
    assert len(kept) == 1
    assert old not in kept[0].token_hash
    assert new not in kept[0].token_hash
