"""The signed links of recipients: whose they are, and that no other text is one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.databases import new_app_database
from tracker.db.engine import AppDatabase
from tracker.db.models import ReportRecipient
from tracker.recipients.links import Purpose, find_recipient, token_of
from tracker.sites.recipients import add_recipients, remove_recipient
from tracker.sites.sites import add_site, find_site

NOW = datetime(2026, 11, 16, 7, 0, tzinfo=UTC)
SITE, LEA, TOM = "blog.exemple.fr", "lea@exemple.fr", "tom@exemple.fr"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[AppDatabase]:
    opened = new_app_database(tmp_path / "app.sqlite")
    add_site(opened, SITE, now=NOW, recipients=[LEA, TOM])
    yield opened
    opened.close()


def recipients(database: AppDatabase) -> dict[str, ReportRecipient]:
    site = find_site(database, SITE)
    assert site is not None
    return {one.email: one for one in site.recipients}


def test_a_link_finds_its_recipient_and_no_other(database: AppDatabase, tmp_path: Path) -> None:
    for email, one in recipients(database).items():
        found = find_recipient(database, tmp_path, token_of(tmp_path, one, Purpose.CHOOSE), Purpose.CHOOSE)
        assert found is not None
        assert (found.email, found.site.domain) == (email, SITE)


def test_a_link_for_one_purpose_does_not_serve_another(database: AppDatabase, tmp_path: Path) -> None:
    token = token_of(tmp_path, recipients(database)[LEA], Purpose.CONFIRM)
    assert find_recipient(database, tmp_path, token, Purpose.CHOOSE) is None


def test_a_forged_link_finds_nobody(database: AppDatabase, tmp_path: Path) -> None:
    lea, tom = (token_of(tmp_path, recipients(database)[one], Purpose.CHOOSE) for one in (LEA, TOM))
    number, _, signature = lea.partition("-")
    forged = [
        f"{tom.partition('-')[0]}-{signature}",
        f"{number}-{signature[:-1]}",
        f"{number}-{signature[:-1]}{'A' if signature[-1] != 'A' else 'B'}",
        f"0{lea}", f" {lea}", f"{lea}\n", f"{number}-", "", "1", "9" * 400 + "-" + signature, f"٣-{signature}",
    ]  # fmt: skip
    for token in forged:
        assert find_recipient(database, tmp_path, token, Purpose.CHOOSE) is None, token
    other = tmp_path / "another service"
    other.mkdir()
    assert find_recipient(database, other, lea, Purpose.CHOOSE) is None


def test_a_link_of_an_entry_that_was_removed_does_not_serve_a_later_one(database: AppDatabase, tmp_path: Path) -> None:
    old = token_of(tmp_path, recipients(database)[TOM], Purpose.CHOOSE)
    tom = recipients(database)[TOM]
    remove_recipient(database, tom.site_id, tom.id)
    add_recipients(database, tom.site_id, [TOM], now=NOW + timedelta(days=1))
    assert recipients(database)[TOM].id == int(old.partition("-")[0])  # SQLite gives the number again
    assert find_recipient(database, tmp_path, old, Purpose.CHOOSE) is None
