"""Answers of the app database are kept until anything in it changes, and no longer."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.databases import new_app_database
from tracker.accounts.sessions import UNUSED_LASTS, Device, end_session, find_session, open_session
from tracker.accounts.users import create_user
from tracker.clock import utc_now
from tracker.db.engine import AppDatabase, open_app_database
from tracker.db.kept.reads import KeptReads
from tracker.sites.sites import add_site, find_sites, site_to_show, update_site


@pytest.fixture
def database(tmp_path: Path) -> Iterator[AppDatabase]:
    with closing(new_app_database(tmp_path / "app.sqlite")) as opened:
        yield opened


class Asked:
    """A question, and how often it was answered."""

    def __init__(self, database: AppDatabase, answer: object = "answer") -> None:
        self.times = 0
        self._database = database
        self._answer = answer

    def __call__(self) -> object:
        return self._database.kept("question", self._read)

    def _read(self) -> object:
        self.times += 1
        return self._answer


def test_it_is_answered_once_while_nothing_changes(database: AppDatabase) -> None:
    asked = Asked(database)
    assert [asked(), asked(), asked()] == ["answer"] * 3
    assert asked.times == 1


def test_it_is_answered_again_after_a_change_here(database: AppDatabase) -> None:
    asked = Asked(database)
    asked()
    add_site(database, "blog.example.fr", now=utc_now())
    asked()
    assert asked.times == 2


def test_it_is_answered_again_after_a_change_by_another_process(database: AppDatabase) -> None:
    asked = Asked(database)
    asked()
    assert database.file is not None
    with closing(sqlite3.connect(database.file)) as other, other:
        other.execute("INSERT INTO checklist_marks (task, marked_at) VALUES ('mail', '2026-11-27 00:00:00')")
    asked()
    assert asked.times == 2


def test_what_is_only_read_changes_nothing(database: AppDatabase) -> None:
    asked = Asked(database)
    asked()
    with database.transaction() as session:
        session.execute(text("SELECT count(*) FROM sites"))
    asked()
    assert asked.times == 1


def test_long_answers_are_not_kept(database: AppDatabase) -> None:
    asked = Asked(database, answer=list(range(2_001)))
    asked()
    asked()
    assert asked.times == 2


def test_nothing_is_kept_of_a_database_in_memory() -> None:
    with closing(open_app_database("sqlite://")) as database:
        asked = Asked(database)
        asked()
        asked()
        assert asked.times == 2


def test_nothing_is_kept_while_the_file_is_known_to_be_damaged(database: AppDatabase) -> None:
    asked = Asked(database)
    asked()
    database.damage = "it was removed"
    asked()
    assert asked.times == 2


def test_an_answer_of_before_a_change_is_not_kept_for_after_it() -> None:
    versions = iter([1, 2, 2])
    kept = KeptReads(lambda: next(versions))
    assert kept.get("question", lambda: "of the first") == "of the first"
    assert kept.get("question", lambda: "of the second") == "of the second"
    assert kept.get("question", lambda: "asked in vain") == "of the second"


def test_a_session_that_ended_is_found_no_more(database: AppDatabase) -> None:
    now = utc_now()
    user = create_user(database, "a@example.com", "une phrase de passe", now=now)
    token = open_session(database, user.id, Device(None, None), now=now)
    assert find_session(database, token, now=now) is not None
    assert find_session(database, token, now=now + UNUSED_LASTS) is None
    end_session(database, token)
    assert find_session(database, token, now=now) is None


def test_a_site_is_shown_as_it_is_now(database: AppDatabase) -> None:
    add_site(database, "blog.example.fr", now=utc_now())
    before = site_to_show(database, "blog.example.fr")
    assert before is not None
    assert before is site_to_show(database, "blog.example.fr")
    add_site(database, "news.example.fr", now=utc_now())
    update_site(database, before.domain, time_zone="America/New_York", language="fr", excluded_networks="")
    after = site_to_show(database, "blog.example.fr")
    assert after is not None
    assert (after.time_zone, len(find_sites(database))) == ("America/New_York", 2)
