"""Whether a recipient gets reports, since when, and what changes that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.databases import new_app_database
from tracker.db.engine import AppDatabase
from tracker.db.models import ReportRecipient, User
from tracker.recipients.choices import Choices, choose
from tracker.recipients.subscriptions import (
    State,
    confirm,
    confirm_those_with_accounts,
    gets_reports_since,
    list_paused,
    pause,
    resume,
    state_of,
    unsubscribe,
)
from tracker.sites.sites import add_site, find_site

NOW = datetime(2026, 11, 16, 7, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
LEA, TOM = "lea@exemple.fr", "tom@exemple.fr"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[AppDatabase]:
    opened = new_app_database(tmp_path / "app.sqlite")
    with opened.transaction() as session:
        session.add(User(email=LEA, password_hash="x", created_at=NOW))
    for domain in ("a.fr", "b.fr"):
        add_site(opened, domain, now=NOW, recipients=[LEA, TOM])
    yield opened
    opened.close()


def one(database: AppDatabase, email: str, domain: str = "a.fr") -> ReportRecipient:
    site = find_site(database, domain)
    assert site is not None
    return next(one for one in site.recipients if one.email == email)


def test_who_has_an_account_is_confirmed_and_nobody_else(database: AppDatabase) -> None:
    assert (state_of(one(database, LEA)), gets_reports_since(one(database, LEA))) == (State.ACTIVE, NOW)
    assert (state_of(one(database, TOM)), gets_reports_since(one(database, TOM))) == (State.UNCONFIRMED, None)


def test_who_confirms_gets_the_reports_that_become_due_from_then_on(database: AppDatabase) -> None:
    number = one(database, TOM).id
    assert confirm(database, number, now=LATER)
    assert not confirm(database, number, now=LATER + timedelta(days=1))
    assert gets_reports_since(one(database, TOM)) == LATER


def test_who_gets_an_account_later_is_confirmed_by_it(database: AppDatabase) -> None:
    with database.transaction() as session:
        session.add(User(email=TOM, password_hash="x", created_at=LATER))
    confirm_those_with_accounts(database, now=LATER)
    assert gets_reports_since(one(database, TOM, "b.fr")) == LATER


def test_who_unsubscribes_gets_nothing_until_they_choose_a_rhythm_again(database: AppDatabase) -> None:
    number = one(database, LEA).id
    unsubscribe(database, number, now=NOW)
    assert (state_of(one(database, LEA)), gets_reports_since(one(database, LEA))) == (State.UNSUBSCRIBED, None)
    assert state_of(one(database, LEA, "b.fr")) == State.ACTIVE
    choose(database, number, Choices("en", "monthly", 0, 8, None), now=LATER)
    assert gets_reports_since(one(database, LEA)) == LATER


def test_an_hour_of_their_own_leaves_what_is_due_as_it_is(database: AppDatabase) -> None:
    choose(database, one(database, LEA).id, Choices(None, "weekly", 3, 18, "new"), now=LATER)
    assert gets_reports_since(one(database, LEA)) == NOW


def test_an_email_address_is_paused_on_all_sites_and_resumed_on_all(database: AppDatabase) -> None:
    assert pause(database, LEA, "bounce", "550 5.1.1\r\n no such user", now=LATER) == 2
    assert pause(database, LEA, "complaint", "", now=LATER) == 0
    assert [state_of(one(database, LEA, domain)) for domain in ("a.fr", "b.fr")] == [State.PAUSED] * 2
    assert [(found.email, found.site.domain, found.pause_detail) for found in list_paused(database)] == [
        (LEA, domain, "550 5.1.1 no such user") for domain in ("a.fr", "b.fr")
    ]
    resume(database, one(database, LEA).id)
    assert (list(list_paused(database)), state_of(one(database, LEA, "b.fr"))) == ([], State.ACTIVE)
