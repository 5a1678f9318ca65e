from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from tests.databases import new_app_database
from tracker.accounts.sessions import (
    MOST_OF_ONE_USER,
    UNUSED_LASTS,
    USED_LASTS,
    Device,
    end_session,
    end_session_of,
    end_sessions,
    find_session,
    list_sessions,
    open_session,
)
from tracker.accounts.users import create_user, set_password
from tracker.db.engine import AppDatabase
from tracker.db.models import UserSession

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
FIREFOX = Device("Firefox", "Linux")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[AppDatabase]:
    opened = new_app_database(tmp_path / "app.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def lea(database: AppDatabase) -> int:
    return create_user(database, "lea@exemple.fr", "une phrase de passe", now=NOW).id


@pytest.fixture
def eve(database: AppDatabase) -> int:
    return create_user(database, "eve@exemple.fr", "une autre phrase", now=NOW).id


def test_a_token_finds_its_session_and_nothing_else_does(database: AppDatabase, lea: int) -> None:
    token = open_session(database, lea, FIREFOX, now=NOW)
    found = find_session(database, token, now=NOW)
    assert found is not None
    assert (found.user.email, found.browser, found.system) == ("lea@exemple.fr", "Firefox", "Linux")
    for other in (token[:-1], token.upper(), "", "1:abc", "\ud800", found.token_hash):
        assert find_session(database, other, now=NOW) is None


def test_the_database_does_not_hold_the_token(database: AppDatabase, lea: int) -> None:
    token = open_session(database, lea, FIREFOX, now=NOW)
    with database.transaction() as session:
        kept = session.execute(text("select * from user_sessions")).one()
    assert token not in map(str, kept)


def test_a_session_ends_when_it_is_ended_or_its_password_changes(database: AppDatabase, lea: int, eve: int) -> None:
    tokens = [open_session(database, lea, FIREFOX, now=NOW) for _ in range(4)]
    others = open_session(database, eve, FIREFOX, now=NOW)
    end_session(database, tokens[0])
    kept = find_session(database, tokens[1], now=NOW)
    assert kept is not None
    assert not end_session_of(database, eve, kept.id)
    assert end_sessions(database, lea, but=kept.id) == 2
    assert [find_session(database, one, now=NOW) is not None for one in tokens] == [False, True, False, False]
    set_password(database, lea, "encore une phrase")
    assert find_session(database, tokens[1], now=NOW) is None
    assert find_session(database, others, now=NOW) is not None


def test_a_session_ends_unused_for_a_month_and_after_half_a_year(database: AppDatabase, lea: int) -> None:
    token = open_session(database, lea, FIREFOX, now=NOW)
    used = NOW
    while used < NOW + USED_LASTS - timedelta(days=20):
        used += timedelta(days=20)
        assert find_session(database, token, now=used) is not None
    assert find_session(database, token, now=NOW + USED_LASTS) is None
    unused = open_session(database, lea, FIREFOX, now=NOW)
    assert find_session(database, unused, now=NOW + UNUSED_LASTS) is None


def test_the_sessions_of_a_user_are_bounded_and_ended_ones_deleted(database: AppDatabase, lea: int, eve: int) -> None:
    old = open_session(database, eve, FIREFOX, now=NOW - timedelta(days=90))
    first = open_session(database, lea, FIREFOX, now=NOW)
    for minute in range(MOST_OF_ONE_USER + 5):
        last = open_session(database, lea, FIREFOX, now=NOW + timedelta(minutes=minute))
    assert len(list_sessions(database, lea, now=NOW)) == MOST_OF_ONE_USER
    assert find_session(database, first, now=NOW) is None
    assert find_session(database, last, now=NOW) is not None
    assert find_session(database, old, now=NOW) is None
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(UserSession)) == MOST_OF_ONE_USER
