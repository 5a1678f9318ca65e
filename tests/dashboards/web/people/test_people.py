"""People: invited by email or by a link that is copied, with their own name and language, and removed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from dashboards import web
from tests.dashboards.web.conftest import EMAIL, PASSWORD, Browser, Clock, ToldStatus
from tests.mail_server import Mailbox, mail_server
from tracker.accounts.invitations import invite
from tracker.accounts.users import find_user_by_email, list_users
from tracker.db.engine import AppDatabase
from tracker.delivery.at_once import sender_at_once
from tracker.service.context import Context
from tracker.settings import Settings
from tracker.store.protocol import EventStore

PAUL, HIS_PASSWORD = "paul@exemple.fr", "une longue phrase à lui"
LINK = re.compile(r"https://stats\.exemple\.fr(/invitation/[\w-]+)")


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as started:
        yield started


@pytest.fixture
def app_with_mail(
    database: AppDatabase, store: EventStore, clock: Clock, status: ToldStatus, tmp_path: Path, mailbox: Mailbox
) -> Flask:
    made = Flask("tracker", static_folder=None)
    made.config.update(SECRET_KEY="only for this test", TESTING=False, PROPAGATE_EXCEPTIONS=False)
    settings = Settings(
        data=tmp_path,
        base_url="https://stats.exemple.fr",
        smtp_url=mailbox.url,
        mail_from="Stats <stats@exemple.fr>",
    )
    web.register(made, Context(settings, database, store, clock), status, sender_at_once(settings))
    return made


def sign_in(app: Flask) -> Browser:
    browser = Browser(app.test_client())
    assert browser.post("/sign-in", email=EMAIL, password=PASSWORD).status_code == 302
    return browser


def link_in(page: str) -> str:
    found = LINK.search(page)
    assert found is not None
    return found[1]


def test_a_copied_link_lets_a_second_person_in_without_a_mail_server(
    app: Flask, signed_in: Browser, site: str, database: AppDatabase
) -> None:
    page = signed_in.post("/people", email=" Paul@Exemple.fr").text
    assert "cannot send email" in page
    elsewhere = Browser(app.test_client(), language="fr")
    link = link_in(page)
    assert PAUL in elsewhere.get(link).text
    assert elsewhere.post(link, name="Paul Durand", password=HIS_PASSWORD).location == "/"
    assert elsewhere.get("/sites/add").status_code == 200
    paul = find_user_by_email(database, PAUL)
    assert paul is not None
    assert (paul.name, paul.language) == ("Paul Durand", "fr")
    assert "Paul Durand" in signed_in.get("/people").text


def test_an_invitation_arrives_by_email_in_the_chosen_language(
    app_with_mail: Flask, user: str, mailbox: Mailbox
) -> None:
    browser = sign_in(app_with_mail)
    page = browser.post("/people", email=PAUL, with_email="on", language="fr").text
    assert "on its way by email" in page
    (message,) = mailbox.messages
    assert mailbox.recipients == [PAUL]
    assert message["Subject"] == "Invitation aux statistiques web"
    text, html = (part.get_content() for part in message.iter_parts())  # type: ignore[attr-defined]
    assert link_in(text) == link_in(html) == link_in(page)
    assert "vous invite" in text
    assert Browser(app_with_mail.test_client()).get(link_in(text)).status_code == 200


def test_an_email_that_is_refused_is_told_and_the_link_shown(app_with_mail: Flask, user: str, mailbox: Mailbox) -> None:
    mailbox.refused.add(PAUL)
    page = sign_in(app_with_mail).post("/people", email=PAUL, with_email="on", language="en").text
    assert "The email was not sent: 550 5.1.1 No such user here" in page
    assert link_in(page)


@pytest.mark.parametrize(
    ("email", "says"),
    [("nobody", "“nobody” is not an email address"), ("LEA@exemple.fr", "lea@exemple.fr already has an account.")],
)
def test_who_cannot_be_invited_is_told_why(signed_in: Browser, email: str, says: str) -> None:
    answer = signed_in.post("/people", email=email)
    assert answer.status_code == 422
    assert says in answer.text
    assert f'value="{email}"' in answer.text


def test_an_invitation_works_once_for_a_week_and_until_it_is_withdrawn(
    app: Flask, signed_in: Browser, database: AppDatabase, clock: Clock
) -> None:
    other = Browser(app.test_client())
    first = "/invitation/" + invite(database, PAUL, now=clock())[1]
    second = "/invitation/" + invite(database, PAUL, now=clock())[1]
    assert other.get(first).status_code == 410  # a new one replaces it
    assert other.get(second).status_code == 200
    assert PAUL in signed_in.get("/people").text
    signed_in.post("/people/withdraw", form="/people", email=PAUL)
    assert other.get(second).status_code == 410
    third = "/invitation/" + invite(database, PAUL, now=clock())[1]
    clock.now += timedelta(days=7)
    assert other.get(third).status_code == 410
    assert len(list_users(database)) == 1


def test_a_refused_password_leaves_the_invitation(app: Flask, user: str, database: AppDatabase, clock: Clock) -> None:
    link = "/invitation/" + invite(database, PAUL, now=clock())[1]
    other = Browser(app.test_client())
    answer = other.post(link, name="Paul", password="court")
    assert answer.status_code == 422
    assert 'value="Paul"' in answer.text
    assert other.post(link, name="Paul", password=HIS_PASSWORD).status_code == 302
    assert other.post(link, name="Eve", password=HIS_PASSWORD).status_code == 410


def test_someone_removed_is_signed_out_at_once(app: Flask, signed_in: Browser, database: AppDatabase) -> None:
    link = link_in(signed_in.post("/people", email=PAUL).text)
    paul = Browser(app.test_client())
    paul.post(link, name="Paul", password=HIS_PASSWORD)
    number = find_user_by_email(database, PAUL).id  # type: ignore[union-attr]
    assert paul.get("/sites/add").status_code == 200
    answer = signed_in.post("/people/remove", form="/people", user=str(number))
    assert answer.location == "/people"
    assert paul.get("/sites/add").status_code == 302
    assert paul.post("/sign-in", email=PAUL, password=HIS_PASSWORD).status_code == 422
    assert [one.email for one in list_users(database)] == [EMAIL]


@pytest.mark.parametrize("number", ["", "x", "²", "99999999999999999999", "-1", "0", "77"])
def test_nobody_is_removed_by_a_wrong_number_nor_by_their_own(
    signed_in: Browser, database: AppDatabase, number: str
) -> None:
    assert signed_in.post("/people/remove", form="/people", user=number).status_code == 302
    own = str(list_users(database)[0].id)
    assert signed_in.post("/people/remove", form="/people", user=own).status_code == 302
    assert [one.email for one in list_users(database)] == [EMAIL]


def test_everybody_has_their_own_name_and_language(signed_in: Browser, database: AppDatabase) -> None:
    answer = signed_in.post("/account/profile", form="/account", name="  Léa\tMartin ", language="fr")
    assert answer.location == "/account"
    page = signed_in.get("/account").text
    assert 'value="Léa Martin"' in page
    assert "Votre nom et votre langue sont enregistrés." in page
    refused = signed_in.post("/account/profile", form="/account", name="x" * 101, language="fr")
    assert refused.status_code == 422
    assert "101" not in refused.text
    assert "x" * 101 in refused.text  # what was typed is kept
    assert list_users(database)[0].name == "Léa Martin"
    assert signed_in.post("/account/profile", form="/account", name="", language="tlh").status_code == 404


def test_invitations_have_a_limit(signed_in: Browser) -> None:
    answers = [signed_in.post("/people", email=f"p{number}@exemple.fr").status_code for number in range(11)]
    assert answers == [200] * 10 + [429]
