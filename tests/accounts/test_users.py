from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.databases import new_app_database
from tracker.accounts.users import (
    authenticate,
    count_users,
    create_user,
    find_user_by_email,
    set_language,
    set_password,
)
from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid
from tracker.sites.sites import add_site

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
PASSWORD = "une phrase de passe"


@pytest.fixture
def database(tmp_path: Path):
    opened = new_app_database(tmp_path / "app.sqlite")
    yield opened
    opened.close()


def test_signs_in_with_the_right_password_only(database: AppDatabase) -> None:
    created = create_user(database, " Lea@Exemple.fr", PASSWORD, now=NOW)
    found = authenticate(database, "LEA@exemple.fr ", PASSWORD, now=NOW)
    assert found is not None
    assert found.id == created.id
    stored = find_user_by_email(database, "lea@exemple.fr")
    assert stored is not None
    assert stored.last_sign_in_at == NOW
    assert authenticate(database, "lea@exemple.fr", PASSWORD + "!", now=NOW) is None
    assert authenticate(database, "other@exemple.fr", PASSWORD, now=NOW) is None


def test_keeps_only_a_scrypt_hash_of_the_password(database: AppDatabase) -> None:
    created = create_user(database, "lea@exemple.fr", PASSWORD, now=NOW)
    assert created.password_hash.startswith("scrypt:32768:8:3$")
    assert PASSWORD not in created.password_hash


def test_an_unknown_email_takes_as_long_as_a_wrong_password(database: AppDatabase) -> None:
    create_user(database, "lea@exemple.fr", PASSWORD, now=NOW)

    def fastest(email: str) -> float:
        times = []
        for _ in range(3):
            started = time.process_time()
            authenticate(database, email, "wrong password", now=NOW)
            times.append(time.process_time() - started)
        return min(times)

    fastest("nobody@exemple.fr")  # the comparison hash is made on first use
    assert fastest("nobody@exemple.fr") > 0.5 * fastest("lea@exemple.fr")


@pytest.mark.parametrize("password", ["", "court", " " * 10, "lea@exemple.fr", "blog.exemple.fr", "azertyuiop"])
def test_refuses_what_will_not_do_for_a_password(database: AppDatabase, password: str) -> None:
    add_site(database, "blog.exemple.fr", now=NOW)
    with pytest.raises(Invalid, match=r"^The password"):
        create_user(database, "lea@exemple.fr", password, now=NOW)
    assert count_users(database) == 0
    created = create_user(database, "lea@exemple.fr", PASSWORD, now=NOW)
    with pytest.raises(Invalid, match=r"^The password"):
        set_password(database, created.id, password)


def test_refuses_a_second_user_of_one_email(database: AppDatabase) -> None:
    create_user(database, "lea@exemple.fr", PASSWORD, now=NOW)
    with pytest.raises(Invalid, match="already has an account"):
        create_user(database, "LEA@exemple.fr", PASSWORD, now=NOW)
    assert count_users(database) == 1


def test_changes_password_and_language(database: AppDatabase) -> None:
    created = create_user(database, "lea@exemple.fr", PASSWORD, now=NOW)
    set_password(database, created.id, "une autre phrase")
    set_language(database, created.id, "en")
    assert authenticate(database, "lea@exemple.fr", PASSWORD, now=NOW) is None
    found = authenticate(database, "lea@exemple.fr", "une autre phrase", now=NOW)
    assert found is not None
    assert found.language == "en"
