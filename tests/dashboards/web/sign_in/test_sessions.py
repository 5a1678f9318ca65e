"""Signed in on some devices: what ends a session, who waits at the sign-in, and what the cookies are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from tests.dashboards.web.conftest import EMAIL, PASSWORD, Browser, Clock
from tracker.accounts.sessions import find_session
from tracker.db.engine import AppDatabase
from tracker.db.models import User
from tracker.settings import Settings
from tracker.store.protocol import EventStore

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
STRANGER = {"REMOTE_ADDR": "203.0.113.66"}


def sign_in(app: Flask, agent: str = FIREFOX) -> Browser:
    other = Browser(app.test_client())
    other.client.environ_base["HTTP_USER_AGENT"] = agent
    assert other.post("/sign-in", email=EMAIL, password=PASSWORD).status_code == 302
    return other


def attack(app: Flask, times: int, **where: str) -> list[int]:
    eve = Browser(app.test_client())
    eve.client.environ_base.update(where)
    return [eve.post("/sign-in", email=EMAIL, password=f"wrong {number}").status_code for number in range(times)]


def is_in(one: Browser) -> bool:
    return one.get("/sites/add").status_code == 200


def test_a_copied_cookie_is_worth_nothing_after_sign_out(app: Flask, signed_in: Browser) -> None:
    kept = signed_in.client.get_cookie("session")
    assert kept is not None
    thief = app.test_client()
    thief.set_cookie("session", kept.value)
    assert thief.get("/sites/add").status_code == 200
    signed_in.post("/sign-out", form="/sites/add")
    assert thief.get("/sites/add").status_code == 302


def test_a_copied_cookie_is_worth_nothing_after_a_password_change(app: Flask, signed_in: Browser) -> None:
    kept = signed_in.client.get_cookie("session")
    assert kept is not None
    assert signed_in.post("/account", password=PASSWORD, new_password="une autre phrase").status_code == 302
    thief = app.test_client()
    thief.set_cookie("session", kept.value)
    assert thief.get("/sites/add").status_code == 302
    assert is_in(signed_in)


def test_signing_in_again_ends_the_session_before(app: Flask, database: AppDatabase, signed_in: Browser) -> None:
    kept = signed_in.client.get_cookie("session")
    assert kept is not None
    thief = app.test_client()
    thief.set_cookie("session", kept.value)
    form = signed_in.get("/sites/add")
    token = form.text.split('name="csrf_token" value="')[1].split('"')[0]
    signed_in.client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD, "csrf_token": token})
    assert is_in(signed_in)
    assert thief.get("/sites/add").status_code == 302


def test_the_account_lists_devices_and_ends_them(app: Flask, user: str) -> None:
    here, phone, other = sign_in(app), sign_in(app, "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1"), sign_in(app, "")  # fmt: skip
    page = here.get("/account").text
    assert "Firefox on Linux" in page
    assert "iOS" in page
    assert "Unknown device" in page
    assert page.count("This device") == 1
    number = page.split('name="session" value="')[2].split('"')[0]
    ends = here.post("/account/sign-out", form="/account", session=number)
    assert ends.location == "/account"
    assert [is_in(one) for one in (here, phone, other)] == [True, False, True]
    here.post("/account/sign-out", form="/account")
    assert [is_in(one) for one in (here, phone, other)] == [True, False, False]


def test_nobody_ends_the_session_of_another(app: Flask, database: AppDatabase, signed_in: Browser) -> None:
    with database.transaction() as session:
        lea = session.query(User).one()
        session.add(User(email="eve@exemple.fr", password_hash=lea.password_hash, created_at=lea.created_at))
    eve = Browser(app.test_client())
    eve.post("/sign-in", email="eve@exemple.fr", password=PASSWORD)
    assert eve.get("/account").text.count("This device") == 1
    eve.post("/account/sign-out", form="/account", session="1")
    eve.post("/account/sign-out", form="/account")
    assert is_in(signed_in)
    assert is_in(eve)


@pytest.mark.parametrize("number", ["9" * 40, "-1", "１", "1e3", "x", "\x00", "1 or 1=1"])
def test_a_session_that_is_none_ends_none(app: Flask, signed_in: Browser, number: str) -> None:
    other = sign_in(app)
    assert signed_in.post("/account/sign-out", form="/account", session=number).status_code == 302
    assert is_in(other)
    assert is_in(signed_in)


def test_a_stranger_locks_no_owner_out(app: Flask, user: str) -> None:
    assert attack(app, 8, **STRANGER).count(429) == 3
    assert is_in(sign_in(app))


def test_a_device_that_signed_in_before_gets_in_through_an_attack_from_its_own_ip(
    app: Flask, signed_in: Browser
) -> None:
    signed_in.post("/sign-out", form="/sites/add")
    assert 429 in attack(app, 40)
    assert signed_in.post("/sign-in", email=EMAIL, password=PASSWORD).status_code == 302


@pytest.mark.parametrize("cookie", ["forged", "WyJkIixbImEiXV0.aaaa.bbbb", "é", "x" * 3000])
def test_a_forged_device_is_a_stranger(app: Flask, user: str, cookie: str) -> None:
    eve = Browser(app.test_client())
    eve.client.set_cookie("webleads_device", cookie)
    answers = [eve.post("/sign-in", email=EMAIL, password=f"wrong {number}").status_code for number in range(6)]
    assert answers == [422] * 5 + [429]


def test_a_device_of_one_account_is_a_stranger_to_another(
    app: Flask, database: AppDatabase, signed_in: Browser
) -> None:
    signed_in.post("/sign-out", form="/sites/add")
    for number in range(25):
        answer = signed_in.post("/sign-in", email=f"{number}@exemple.fr", password="wrong password")
    assert answer.status_code == 429
    assert signed_in.post("/sign-in", email=EMAIL, password=PASSWORD).status_code == 302


def test_a_parallel_race_lets_no_more_through(app: Flask, user: str) -> None:
    def one(number: int) -> int:
        return attack(app, 1)[0]

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(one, range(24)))
    assert answers.count(422) == 5
    assert answers.count(429) == 19


def test_the_password_asked_on_the_account_page_has_a_limit(signed_in: Browser) -> None:
    answers = [signed_in.post("/account", password="wrong", new_password="une autre phrase") for _ in range(8)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429] * 3
    assert answers[-1].headers["Retry-After"] == "1"
    assert signed_in.post("/account", password=PASSWORD, new_password="une autre phrase").status_code == 429


@pytest.mark.parametrize("password", [" " * 10, EMAIL, "azertyuiop123", "   court    "])
def test_the_account_refuses_what_is_easily_guessed(signed_in: Browser, password: str) -> None:
    answer = signed_in.post("/account", password=PASSWORD, new_password=password)
    assert answer.status_code == 422
    assert "Nothing was saved." in answer.text


@pytest.mark.parametrize("is_secure", [True, False])
def test_every_cookie_is_for_this_site_alone(
    database: AppDatabase, store: EventStore, clock: Clock, user: str, tmp_path: Path, is_secure: bool
) -> None:
    from tracker.api.health import Health
    from tracker.app import create_app

    settings = Settings(data=tmp_path, base_url=f"http{'s' if is_secure else ''}://stats.exemple.fr")
    well = Health(*[lambda: None] * 4, ingest_lag_bytes=lambda: 0, events_stored=lambda: 0)
    made = create_app(settings, app_database=database, store=store, probes=well, operator_key="key")
    browser = made.test_client()
    base = "https://stats.exemple.fr" if is_secure else "http://stats.exemple.fr"
    form = browser.get("/sign-in", base_url=base)
    token = form.text.split('name="csrf_token" value="')[1].split('"')[0]
    fields = {"email": EMAIL, "password": PASSWORD, "csrf_token": token}
    answer = browser.post("/sign-in", data=fields, base_url=base, headers={"Referer": f"{base}/sign-in"})
    assert answer.status_code == 302
    cookies = answer.headers.getlist("Set-Cookie")
    assert {cookie.split("=")[0] for cookie in cookies} == {"session", "webleads_device"}
    for cookie in [*form.headers.getlist("Set-Cookie"), *cookies]:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert ("Secure" in cookie) == is_secure


def test_a_cookie_of_an_earlier_version_is_signed_out(app: Flask, user: str) -> None:
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["_user_id"] = "1:0123456789abcdef"
    assert browser.get("/sites/add").status_code == 302


def test_the_language_and_nothing_else_outlives_a_sign_in(
    app: Flask, database: AppDatabase, user: str, clock: Clock
) -> None:
    browser = Browser(app.test_client())
    with browser.client.session_transaction() as session:
        session["language"], session["planted"] = "fr", "by a stranger"
    assert browser.post("/sign-in", email=EMAIL, password=PASSWORD).status_code == 302
    with browser.client.session_transaction() as session:
        assert session["language"] == "fr"
        assert "planted" not in session
        assert find_session(database, session["_user_id"], now=clock()) is not None
