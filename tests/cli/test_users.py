"""`webleads user`: invitations and password resets by a printed link, the list, and removal."""

from __future__ import annotations

from pathlib import Path

from tests.running_service import webleads
from tracker.accounts.invitations import accept
from tracker.accounts.password_resets import reset_password
from tracker.accounts.sessions import Device, find_session, open_session
from tracker.accounts.users import authenticate, create_user
from tracker.clock import utc_now
from tracker.db.engine import open_app_database

PASSWORD, NEW = "une phrase de passe", "une autre phrase de passe"
BASE = "https://stats.exemple.fr"


def test_links_are_printed_and_a_user_is_removed(tmp_path: Path) -> None:
    data, environment = tmp_path / "data", {"WEBLEADS_BASE_URL": BASE}
    unknown = webleads("user", "reset", "anna@exemple.fr", data=data)
    assert unknown.returncode == 2
    assert "there is no user anna@exemple.fr" in unknown.stderr
    database = open_app_database(f"sqlite:///{data / 'webleads.sqlite'}")
    anna = create_user(database, "anna@exemple.fr", PASSWORD, now=utc_now())

    reset = webleads("user", "reset", "Anna@exemple.fr", data=data, **environment).stdout.strip()
    assert reset.startswith(f"{BASE}/new-password/")
    assert reset_password(database, reset.rpartition("/")[2], NEW, now=utc_now()) is not None
    assert authenticate(database, "anna@exemple.fr", NEW, now=utc_now()) is not None

    last = webleads("user", "remove", "anna@exemple.fr", data=data)
    assert last.returncode == 2
    assert "is the only account; invite somebody first" in last.stderr

    invited = webleads("user", "invite", "ben@exemple.fr", data=data, **environment).stdout.strip()
    assert "invited until" in webleads("user", "list", data=data).stdout
    token = invited.removeprefix(f"{BASE}/invitation/")
    assert accept(database, token, name="Ben", password=PASSWORD, language=None, now=utc_now()) is not None
    session = open_session(database, anna.id, Device("Firefox", "Linux"), now=utc_now())
    assert webleads("user", "remove", "anna@exemple.fr", data=data).stdout == "anna@exemple.fr can no longer sign in\n"
    assert find_session(database, session, now=utc_now()) is None
    listed = webleads("user", "list", data=data).stdout.splitlines()
    assert len(listed) == 1
    assert listed[0].split()[:2] == ["ben@exemple.fr", "Ben"]
    database.close()
