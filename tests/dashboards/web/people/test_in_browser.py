"""In real browsers: somebody invited by email signs in on a phone, and replaces a forgotten password on another one."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page

from tests.dashboards.web.conftest import EMAIL, PASSWORD
from tests.dashboards.web.people.test_new_password import arrived
from tests.dashboards.web.people.test_people import app_with_mail, mailbox  # noqa: F401 - fixtures
from tests.mail_server import Mailbox

PAUL, HIS_PASSWORD, NEW = "paul@exemple.fr", "une longue phrase à lui", "une autre phrase de passe"


@pytest.fixture
def app(app_with_mail: Flask) -> Flask:  # noqa: F811
    return app_with_mail


def path_in(text: str) -> str:
    found = re.search(r"https://stats\.exemple\.fr(/[\w-]+/[\w-]+)", text)
    assert found is not None
    return found[1]


def sign_in(page: Page, address: str, email: str, password: str) -> None:
    page.goto(f"{address}/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_a_second_person_is_invited_and_resets_the_password(
    new_context: Callable[..., BrowserContext],
    address: str,
    user: str,
    site: str,
    mailbox: Mailbox,  # noqa: F811
) -> None:
    own = new_context(locale="en-GB").new_page()
    other, third = (new_context(viewport={"width": 390, "height": 844}, locale="fr-FR").new_page() for _ in range(2))
    sign_in(own, address, EMAIL, PASSWORD)
    own.get_by_label("Your account").click()
    own.get_by_role("link", name="People").click()
    own.get_by_role("textbox", name="Email").fill(PAUL)
    own.get_by_label("Language of the email").select_option("fr")
    own.get_by_role("button", name="Invite").click()
    own.get_by_text("on its way by email").wait_for()

    other.goto(address + path_in(arrived(mailbox, 1)[0]))
    other.get_by_label("Votre nom").fill("Paul Durand")
    other.get_by_label("Mot de passe").fill(HIS_PASSWORD)
    other.get_by_role("button", name="Créer mon compte").click()
    other.wait_for_url(f"{address}/{site}")
    own.goto(f"{address}/people")
    own.get_by_text("Paul Durand").wait_for()

    third.goto(f"{address}/sign-in")
    third.get_by_role("link", name="Mot de passe oublié").click()
    third.get_by_label("E-mail").fill(PAUL)
    third.get_by_role("button", name="Recevoir un lien").click()
    third.get_by_role("heading", name="Consultez vos e-mails").wait_for()
    third.goto(address + path_in(arrived(mailbox, 2)[1]))
    third.get_by_label("Nouveau mot de passe").fill(NEW)
    third.get_by_role("button", name="Changer le mot de passe").click()
    third.get_by_label("E-mail").fill(PAUL)
    third.get_by_label("Mot de passe", exact=True).fill(NEW)
    third.get_by_role("button", name="Se connecter").click()
    third.wait_for_url(f"{address}/{site}")
    other.goto(f"{address}/account")
    assert "/sign-in" in other.url  # the session before the new password has ended
