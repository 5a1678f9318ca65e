"""The checklist on overview and status, and what its buttons do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from flask import Flask

from dashboards import web
from tests.dashboards.web.conftest import PASSWORD, SITE, Browser, Clock, ToldStatus
from tests.mail_server import Mailbox, mail_server
from tracker.db.engine import AppDatabase
from tracker.delivery.at_once import sender_at_once
from tracker.service.context import Context
from tracker.service.finding import Finding
from tracker.settings import Settings
from tracker.store.protocol import EventStore

TITLES = ["Count the first visit", "Fetch the network database", "Try the mail server", "Say who gets the weekly email"]


def titles(page: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'<li class="task">.*?<h3>([^<]+)<', page, re.DOTALL)]


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as started:
        yield started


@pytest.fixture
def with_mail(
    database: AppDatabase,
    store: EventStore,
    clock: Clock,
    status: ToldStatus,
    tmp_path: Path,
    mailbox: Mailbox,
    user: str,
) -> Browser:
    app = Flask("tracker", static_folder=None)
    app.config.update(SECRET_KEY="only for this test")
    settings = Settings(data=tmp_path, base_url="https://stats.exemple.fr", smtp_url=mailbox.url, mail_from="a@b.fr")
    found = [
        Finding("good", "all fine <b>"),
        Finding("problem", "the disk is full"),
        Finding("good", "reverse DNS: %(server)s answers", {"server": "192.0.2.53"}),
    ]
    web.register(app, Context(settings, database, store, clock), status, sender_at_once(settings), lambda: found)
    browser = Browser(app.test_client())
    browser.post("/sign-in", email=user, password=PASSWORD)
    return browser


def test_overview_and_status_show_what_is_left(signed_in: Browser, site: str, visit: Callable[..., None]) -> None:
    for address in (f"/{SITE}", "/status"):
        assert set(TITLES) <= set(titles(signed_in.get(address).text)), address
    assert "something is left to set up" in signed_in.get("/status").text
    visit("/")
    assert "Count the first visit" not in titles(signed_in.get(f"/{SITE}").text)
    assert signed_in.get(f"/{SITE}").text.count("Fetch it now") == 1  # no database is one button, once


def test_a_task_is_ticked_off_and_the_list_hidden(signed_in: Browser, site: str) -> None:
    answer = signed_in.post("/status/checklist", f"/{SITE}", task="backups", next=f"/{SITE}")
    assert answer.location == f"/{SITE}"
    assert "Back the data up" not in titles(signed_in.get(f"/{SITE}").text)
    signed_in.post("/status/checklist", f"/{SITE}", task="leave_yourself_out", site=SITE)
    assert "Leave your own visits out" not in titles(signed_in.get(f"/{SITE}").text)
    assert signed_in.post("/status/checklist", f"/{SITE}", task="counting").status_code == 400
    assert signed_in.post("/status/checklist", f"/{SITE}", task="backups", site="autre.fr").status_code == 404
    signed_in.post("/status/checklist", f"/{SITE}", task="dismissed")
    page = signed_in.get(f"/{SITE}").text
    assert titles(page) == []
    assert page.count("Fetch it now") == 1  # the database is still missing, and this is what the page can do about it


def test_the_backups_say_what_the_service_copied_itself(
    signed_in: Browser, site: str, database: AppDatabase, clock: Clock
) -> None:
    assert (
        "Copy the data folder to another machine every day: sites, users and all visits"
        in signed_in.get("/status").text
    )
    database.copy(clock() - timedelta(hours=3))
    page = unescape(signed_in.get("/status").text)
    assert "on the same disk, without the visits; last copy: 3 h ago." in page
    assert "Back the data up" in titles(page), "a copy on the same disk is no backup"


def test_a_test_message_arrives_and_the_task_is_done(
    with_mail: Browser, site: str, mailbox: Mailbox, user: str
) -> None:
    assert "Try the mail server" in titles(with_mail.get(f"/{SITE}").text)
    with_mail.post("/status/test-mail", f"/{SITE}", next=f"/{SITE}")
    page = with_mail.get(f"/{SITE}").text
    assert f"The mail server took the test message for {user}." in page
    assert "Try the mail server" not in titles(page)
    [message] = mailbox.messages
    assert message["To"] == user
    assert "The mail server works." in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_message_that_is_refused_says_why(with_mail: Browser, site: str, mailbox: Mailbox, user: str) -> None:
    mailbox.refused.add(user)
    with_mail.post("/status/test-mail", f"/{SITE}")
    page = with_mail.get(f"/{SITE}").text
    assert "The test message was not sent: " in page
    assert "550 5.1.1 No such user here" in page
    assert "Try the mail server" in titles(page)


def test_without_a_mail_server_it_says_what_to_set(signed_in: Browser, site: str) -> None:
    page = signed_in.get(f"/{SITE}").text
    assert "give WEBLEADS_SMTP_URL and WEBLEADS_MAIL_FROM" in page
    assert "Send me a test message" not in page


def test_what_the_doctor_knows_the_browser_shows(with_mail: Browser) -> None:
    page = with_mail.get("/status/diagnosis").text
    assert page.index("The disk is full") < page.index("All fine &lt;b&gt;")
    assert "Reverse DNS: 192.0.2.53 answers" in page
    page = with_mail.get("/status/diagnosis", headers={"Accept-Language": "fr"}).text
    assert "DNS inverse\xa0: 192.0.2.53 répond" in page
    assert 'Problème, </span><span lang="en">The disk is full' in page
    assert 'href="/status/diagnosis"' in with_mail.get("/status").text


@pytest.mark.parametrize("address", ["/status/geo", "/status/diagnosis"])
def test_strangers_get_none_of_it(browser: Browser, user: str, address: str) -> None:
    assert browser.get(address).status_code == 302
