"""When the app database cannot be written or read, what only reads goes on; the rest says so with 503, never with 500."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from tests.dashboards.web.conftest import EMAIL, PASSWORD, Browser
from tracker.db.engine import AppDatabase


@pytest.fixture
def no_writing(database: AppDatabase) -> Any:
    """Makes SQLite refuse to write, as on a full disk, while it reads."""

    def refuse(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA query_only=ON")

    def begin() -> None:
        database.forget_deleted()
        event.listen(database.engine, "connect", refuse)
        database.engine.dispose()

    return begin


@pytest.fixture
def no_reading(database: AppDatabase) -> Any:
    def begin() -> None:
        database.forget_deleted()
        database.engine.dispose()
        assert database.file is not None
        database.file.write_bytes(b"garbage" * 10_000)

    return begin


def test_signing_in_says_that_it_cannot_be_saved(browser: Browser, user: str, no_writing: Any) -> None:
    no_writing()
    answer = browser.post("/sign-in", email=EMAIL, password=PASSWORD)
    assert answer.status_code == 503
    assert "This cannot be saved or read now" in answer.text
    assert "most often because the disk is full" in answer.text
    assert browser.get("/account").status_code == 302


@pytest.mark.parametrize("path", ["/account", "/status", "/", "/blog.exemple.fr", "/blog.exemple.fr/settings"])
def test_what_only_reads_goes_on(signed_in: Browser, site: str, no_writing: Any, clock: Any, path: str) -> None:
    no_writing()
    assert signed_in.get(path).status_code in {200, 302}


def test_a_form_says_that_nothing_was_changed(signed_in: Browser, site: str, no_writing: Any) -> None:
    no_writing()
    fields = {"time_zone": "UTC", "report_language": "en", "recipients": "", "excluded_networks": ""}
    answer = signed_in.post(f"/{site}/settings", **fields)
    assert answer.status_code == 503
    assert "Nothing was changed" in answer.text


@pytest.mark.parametrize("path", ["/", "/sign-in", "/account", "/blog.exemple.fr", "/opt-out/blog.exemple.fr"])
def test_a_damaged_database_is_a_503_for_people(signed_in: Browser, site: str, no_reading: Any, path: str) -> None:
    no_reading()
    answer = signed_in.get(path)
    assert answer.status_code == 503
    assert "This cannot be saved or read now" in answer.text
    assert EMAIL not in answer.text


def test_it_is_said_in_french(signed_in: Browser, site: str, no_reading: Any) -> None:
    no_reading()
    signed_in.language = "fr"
    assert "le disque est plein" in signed_in.get("/").text
