"""The log of what was sent: one sender a report and recipient, whatever dies or runs at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.databases import new_app_database
from tracker.db.engine import AppDatabase
from tracker.db.models import Site
from tracker.delivery import sent_log
from tracker.delivery.sent_log import DeliveryKey

NOW = datetime(2026, 11, 16, 7, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[AppDatabase]:
    opened = new_app_database(tmp_path / "app.sqlite")
    with opened.transaction() as session:
        session.add(Site(domain="a.fr", created_at=NOW))
    yield opened
    opened.close()


KEY = DeliveryKey(1, "weekly", "2026-W46", "anna@example.fr")


def test_it_is_claimed_once(database: AppDatabase) -> None:
    assert sent_log.claim(database, KEY, now=NOW) is not None
    assert sent_log.claim(database, KEY, now=NOW) is None


def test_of_many_at_once_one_gets_it(database: AppDatabase) -> None:
    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda _: sent_log.claim(database, KEY, now=NOW), range(16)))
    assert sum(claim is not None for claim in claims) == 1


def test_what_was_sent_is_never_claimed_again(database: AppDatabase) -> None:
    claimed = sent_log.claim(database, KEY, now=NOW)
    assert claimed is not None
    sent_log.mark_sent(database, claimed, now=NOW)
    assert sent_log.claim(database, KEY, now=NOW + timedelta(days=30), retry_early=True) is None


def test_another_week_and_another_recipient_are_their_own(database: AppDatabase) -> None:
    sent_log.claim(database, KEY, now=NOW)
    assert sent_log.claim(database, DeliveryKey(1, "weekly", "2026-W47", KEY.recipient), now=NOW) is not None
    assert sent_log.claim(database, DeliveryKey(1, "weekly", "2026-W46", "ben@example.fr"), now=NOW) is not None


def test_a_failed_one_is_claimed_again_after_its_wait(database: AppDatabase) -> None:
    claimed = sent_log.claim(database, KEY, now=NOW)
    assert claimed is not None
    sent_log.mark_failed(database, claimed, error="550 no such user", now=NOW)
    assert sent_log.claim(database, KEY, now=NOW + timedelta(minutes=4)) is None
    assert sent_log.claim(database, KEY, now=NOW + timedelta(minutes=6)) == claimed


def test_a_person_who_asks_need_not_wait(database: AppDatabase) -> None:
    claimed = sent_log.claim(database, KEY, now=NOW)
    assert claimed is not None
    sent_log.mark_failed(database, claimed, error="550 no such user", now=NOW)
    assert sent_log.claim(database, KEY, now=NOW, retry_early=True) == claimed


def test_waits_grow_with_each_failure(database: AppDatabase) -> None:
    moment, waits = NOW, []
    for _ in range(3):
        claimed = sent_log.claim(database, KEY, now=moment)
        assert claimed is not None
        sent_log.mark_failed(database, claimed, error="timeout", now=moment)
        found = sent_log.status_of(database, KEY)
        assert found is not None
        assert found.retry_at is not None
        waits.append(found.retry_at - moment)
        moment = found.retry_at
    assert waits == [timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1)]


@pytest.mark.parametrize(
    ("sending", "taken_over"),
    [
        pytest.param(False, True, id="died-before-sending-is-taken-over"),
        pytest.param(True, False, id="died-while-sending-may-have-sent"),
    ],
)
def test_a_sender_that_died(database: AppDatabase, sending: bool, taken_over: bool) -> None:
    claimed = sent_log.claim(database, KEY, now=NOW)
    assert claimed is not None
    if sending:
        sent_log.mark_sending(database, claimed)
    again = sent_log.claim(database, KEY, now=NOW + timedelta(hours=1))
    assert (again is not None) == taken_over
