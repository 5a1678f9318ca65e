"""A forgotten password: the link comes by email, works once, and says nothing of who has an account."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from flask import Flask

from tests.dashboards.web.conftest import EMAIL, PASSWORD, Browser, Clock
from tests.dashboards.web.people.test_people import app_with_mail, mailbox  # noqa: F401 - fixtures
from tests.mail_server import Mailbox
from tracker.accounts.password_resets import reset_token
from tracker.accounts.users import find_user_by_email
from tracker.db.engine import AppDatabase

NEW = "une autre phrase de passe"
LINK = re.compile(r"https://stats\.exemple\.fr(/new-password/[\w-]+)")


@pytest.fixture
def stranger(app_with_mail: Flask, user: str) -> Browser:  # noqa: F811
    return Browser(app_with_mail.test_client())


def arrived(mailbox: Mailbox, number: int) -> list[str]:  # noqa: F811
    """The texts of so many messages, for which it waits a while."""
    until = time.monotonic() + 60
    while len(mailbox.envelopes) < number and time.monotonic() < until:
        time.sleep(0.02)
    return [next(message.iter_parts()).get_content() for message in mailbox.messages]  # type: ignore[attr-defined]


def test_a_new_password_is_chosen_behind_a_link_that_comes_by_email(
    app_with_mail: Flask,  # noqa: F811
    stranger: Browser,
    mailbox: Mailbox,  # noqa: F811
) -> None:
    elsewhere = Browser(app_with_mail.test_client())
    elsewhere.post("/sign-in", email=EMAIL, password=PASSWORD)
    assert "/forgotten-password" in stranger.get("/sign-in").text
    stranger.post("/forgotten-password", email=EMAIL.upper())
    (text,) = arrived(mailbox, 1)
    link = LINK.search(text)[1]  # type: ignore[index]
    assert EMAIL in stranger.get(link).text
    assert stranger.post(link, new_password="court").status_code == 422
    assert stranger.post(link, new_password=NEW).location == "/sign-in"
    assert "Your password is changed" in stranger.get("/sign-in").text
    assert elsewhere.get("/sites/add").status_code == 302  # signed out
    assert stranger.post(link, new_password=NEW).status_code == 410
    assert stranger.post("/sign-in", email=EMAIL, password=PASSWORD).status_code == 422
    assert stranger.post("/sign-in", email=EMAIL, password=NEW).status_code == 302


def test_the_answer_is_the_same_for_an_unknown_email(
    stranger: Browser,
    mailbox: Mailbox,  # noqa: F811
) -> None:
    unknown = stranger.post("/forgotten-password", email="eve@exemple.fr")
    known = stranger.post("/forgotten-password", email=EMAIL)
    assert known.status_code == unknown.status_code == 200

    def without_tokens(text: str) -> str:
        return re.sub(r'name="csrf_token" value="[^"]+"', "", text)

    assert without_tokens(known.text) == without_tokens(unknown.text).replace("eve@exemple.fr", EMAIL)
    assert set(known.headers.keys()) == set(unknown.headers.keys())
    arrived(mailbox, 1)
    assert mailbox.recipients == [EMAIL]


def test_a_stranger_sends_nobody_a_flood_and_takes_no_link_away(
    stranger: Browser,
    mailbox: Mailbox,  # noqa: F811
    clock: Clock,
) -> None:
    for _ in range(3):
        stranger.post("/forgotten-password", email=EMAIL)
    first = LINK.search(arrived(mailbox, 1)[0])[1]  # type: ignore[index]
    clock.now += timedelta(minutes=6)
    stranger.post("/forgotten-password", email=EMAIL)
    second = LINK.search(arrived(mailbox, 2)[1])[1]  # type: ignore[index]
    assert len(mailbox.envelopes) == 2
    assert stranger.get(first).status_code == 200
    stranger.post(second, new_password=NEW)
    assert stranger.get(first).status_code == 410  # a password that was set ends the others


def test_asking_has_a_limit_for_whoever_asks(stranger: Browser) -> None:
    answers = [stranger.post("/forgotten-password", email=f"p{number}@exemple.fr") for number in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert "Retry-After" in answers[-1].headers


def test_a_link_lasts_an_hour(stranger: Browser, database: AppDatabase, clock: Clock) -> None:
    user = find_user_by_email(database, EMAIL)
    assert user is not None
    link = "/new-password/" + reset_token(database, user, now=clock())
    assert stranger.get(link).status_code == 200
    clock.now += timedelta(hours=1)
    assert stranger.get(link).status_code == 410
    assert stranger.get("/new-password/guessed").status_code == 410


def test_the_link_leads_to_the_public_url_whatever_host_was_asked(
    stranger: Browser,
    mailbox: Mailbox,  # noqa: F811
) -> None:
    page = stranger.get("/forgotten-password", headers={"Host": "evil.example"}).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]  # type: ignore[index]
    sent = stranger.client.post(
        "/forgotten-password", data={"email": EMAIL, "csrf_token": token}, headers={"Host": "evil.example"}
    )
    assert sent.status_code == 200
    (text,) = arrived(mailbox, 1)
    assert "evil" not in text
    assert LINK.search(text)


def test_without_a_mail_server_the_page_says_who_can_help(browser: Browser, user: str) -> None:
    assert "webleads user reset" in browser.get("/forgotten-password").text
    assert "webleads user reset" in browser.post("/forgotten-password", form="/sign-in", email=EMAIL).text


def test_a_changed_password_is_told_by_email_to_whom_it_belongs(
    app_with_mail: Flask,  # noqa: F811
    stranger: Browser,
    mailbox: Mailbox,  # noqa: F811
) -> None:
    stranger.post("/sign-in", email=EMAIL, password=PASSWORD)
    assert stranger.post("/account", password=PASSWORD, new_password="court").status_code == 422  # nothing to tell
    stranger.post("/account", password=PASSWORD, new_password=NEW)
    (on_the_account_page,) = arrived(mailbox, 1)
    stranger.post("/forgotten-password", email=EMAIL)
    link = LINK.search(arrived(mailbox, 2)[1])[1]  # type: ignore[index]
    stranger.post(link, new_password=PASSWORD)
    for text in (on_the_account_page, arrived(mailbox, 3)[2]):
        assert f"The password of the account {EMAIL} was changed." in text
        assert "https://stats.exemple.fr/forgotten-password" in text
    assert [message["To"] for message in mailbox.messages] == [EMAIL] * 3
