"""The publisher's list of recipients, the preview and test of a report, the provider's notices, and emails in doubt."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboards import web
from tests.dashboards.web.conftest import EMAIL, SITE, Browser, Clock, ToldStatus
from tests.mail_server import Mailbox, mail_server
from tracker.db.engine import AppDatabase
from tracker.db.models import ReportRecipient
from tracker.delivery import sent_log
from tracker.delivery.at_once import sender_at_once
from tracker.delivery.mailing import mailing
from tracker.delivery.sent_log import DeliveryKey
from tracker.recipients.links import secret_of_notices
from tracker.recipients.subscriptions import State, pause, state_of
from tracker.service.context import Context
from tracker.settings import Settings
from tracker.sites.sites import add_site, find_site
from tracker.store.protocol import EventStore

LEA, TOM = "lea@société.fr", "tom@exemple.fr"
PAGE = f"/{SITE}/recipients"


@pytest.fixture
def server() -> Iterator[Mailbox]:
    with mail_server() as running:
        yield running


@pytest.fixture
def app(
    database: AppDatabase, store: EventStore, clock: Clock, status: ToldStatus, tmp_path: Path, server: Mailbox
) -> Flask:
    made = Flask("tracker", static_folder=None)
    made.config.update(SECRET_KEY="only for this test", TESTING=False, PROPAGATE_EXCEPTIONS=False)
    settings = Settings(
        data=tmp_path, base_url="https://stats.exemple.fr", smtp_url=server.url, mail_from="S <stats@exemple.fr>"
    )
    context = Context(settings, database, store, clock)
    add_site(database, SITE, now=clock() - timedelta(days=30), recipients=[LEA, TOM], language="en")
    web.register(made, context, status, sender_at_once(settings), mailing=mailing(context))
    return made


def recipient(database: AppDatabase, email: str) -> ReportRecipient:
    site = find_site(database, SITE)
    assert site is not None
    return next(one for one in site.recipients if one.email == email)


def test_the_list_says_what_keeps_reports_from_each(signed_in: Browser, database: AppDatabase, clock: Clock) -> None:
    pause(database, TOM, "bounce", "550 5.1.1 no such <b>user</b>", now=clock())
    page = signed_in.get(PAGE).text
    assert "Not confirmed yet" in page
    assert "Paused: the mail server refused this email address." in page
    assert "550 5.1.1 no such &lt;b&gt;user&lt;/b&gt;" in page
    assert signed_in.post(f"{PAGE}/resume", form=PAGE, recipient=str(recipient(database, TOM).id)).status_code == 302
    assert state_of(recipient(database, TOM)) == State.UNCONFIRMED


def test_recipients_are_added_once_each_and_removed(signed_in: Browser, database: AppDatabase) -> None:
    answer = signed_in.post(PAGE, form=PAGE, emails=f"Anna@exemple.fr\r\n{EMAIL}, {TOM}")
    assert answer.location == PAGE
    page = signed_in.get(PAGE).text
    assert page.count(f'name">{TOM}<') == page.count('name">anna@exemple.fr<') == 1
    assert state_of(recipient(database, "anna@exemple.fr")) == State.UNCONFIRMED
    assert state_of(recipient(database, EMAIL)) == State.ACTIVE
    anna = str(recipient(database, "anna@exemple.fr").id)
    assert signed_in.post(f"{PAGE}/remove", form=PAGE, recipient=anna).location == PAGE
    page = signed_in.get(PAGE).text
    assert "anna@exemple.fr gets no more reports." in page
    assert 'name">anna@exemple.fr<' not in page
    assert signed_in.post(f"{PAGE}/remove", form=PAGE, recipient=anna).status_code == 404


def test_what_is_no_email_address_adds_nobody_and_is_typed_again(signed_in: Browser, database: AppDatabase) -> None:
    answer = signed_in.post(PAGE, form=PAGE, emails="anna@exemple.fr </textarea>")
    assert answer.status_code == 422
    assert answer.text.count("is not an email address") == 1
    assert "anna@exemple.fr &lt;/textarea&gt;</textarea>" in answer.text
    site = find_site(database, SITE)
    assert site is not None
    assert [one.email for one in site.recipients] == [LEA, TOM]


def test_the_publisher_chooses_for_a_recipient(signed_in: Browser, database: AppDatabase) -> None:
    number = str(recipient(database, TOM).id)
    signed_in.post(f"{PAGE}/choices", form=PAGE, recipient=number, rhythm="monthly", hour="18", language="fr")
    found = recipient(database, TOM)
    assert (found.rhythm, found.hour, found.language) == ("monthly", 18, "fr")
    assert signed_in.post(f"{PAGE}/choices", form=PAGE, recipient=number, hour="24").status_code == 422
    assert signed_in.post(f"{PAGE}/choices", form=PAGE, recipient="999", hour="9").status_code == 404


def test_a_preview_is_the_email_and_runs_nothing(signed_in: Browser) -> None:
    answer = signed_in.get(f"{PAGE}/preview?rhythm=monthly&language=fr")
    assert "Entreprises du mois" in answer.text
    assert "script" not in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert signed_in.get(f"{PAGE}/preview?rhythm=daily").status_code == 400


def test_a_test_is_sent_to_whoever_asks_and_the_servers_own_answer_is_shown(
    signed_in: Browser, server: Mailbox
) -> None:
    signed_in.post(f"{PAGE}/test", form=PAGE, rhythm="weekly", language="en")
    assert server.recipients == [EMAIL]
    assert "Companies of the week" in str(server.messages[0].get_body(("plain",)))
    server.answers["RCPT"] = "554 5.7.1 Relay access denied"
    signed_in.post(f"{PAGE}/test", form=PAGE, rhythm="weekly", language="en")
    assert "was not sent: 554 5.7.1 Relay access denied" in signed_in.get(PAGE).text


def test_a_providers_notice_pauses_whom_it_is_about(
    app: Flask, database: AppDatabase, tmp_path: Path, signed_in: Browser
) -> None:
    stranger: FlaskClient = app.test_client()
    url = f"/email-notices/{secret_of_notices(tmp_path)}"
    assert url in signed_in.get(PAGE).text
    assert stranger.post("/email-notices/guessed", json={}).status_code == 404
    assert stranger.post(url, data="{").status_code == 400
    bounce = {"event": "hard_bounce", "email": "lea@xn--socit-esab.fr", "reason": "550 no such user"}
    answer = stranger.post(url, data=json.dumps(bounce), content_type="text/plain")
    assert (answer.status_code, answer.get_json()) == (200, {"recipients": 1})
    assert state_of(recipient(database, LEA)) == State.PAUSED
    status = signed_in.get("/status").text
    assert "Paused recipients" in status
    assert "550 no such user" in status
    signed_in.post("/status/recipients", form="/status", recipient=str(recipient(database, LEA).id))
    assert state_of(recipient(database, LEA)) != State.PAUSED


def test_an_email_in_doubt_is_named_on_the_status_page_and_sent_by_one_click(
    signed_in: Browser, database: AppDatabase, clock: Clock, server: Mailbox
) -> None:
    with database.transaction() as session:
        session.get_one(ReportRecipient, recipient(database, TOM).id).confirmed_at = clock() - timedelta(days=20)
    key = DeliveryKey(recipient(database, TOM).site_id, "weekly", "2026-W46", TOM)
    claimed = sent_log.claim(database, key, now=clock())
    assert claimed is not None
    sent_log.mark_unsure(database, claimed, error="killed")
    page = signed_in.get("/status").text
    assert "report of week 46, 2026" in page
    assert re.search(rf'name="email" value="{claimed}"', page)
    for _ in range(2):
        signed_in.post("/status/emails", form="/status", email=str(claimed))
    assert server.recipients == [TOM]
    assert "Emails that may have arrived" not in signed_in.get("/status").text


def test_a_request_to_confirm_is_sent_again(signed_in: Browser, database: AppDatabase, server: Mailbox) -> None:
    signed_in.post(f"{PAGE}/confirmation", form=PAGE, recipient=str(recipient(database, LEA).id))
    assert server.recipients == ["lea@xn--socit-esab.fr"]
    link = re.search(
        r"https://stats.exemple.fr(/email/\S+/confirm)", str(server.messages[0].get_body(("plain",)).get_content())
    )  # type: ignore[union-attr]
    assert link is not None
    assert signed_in.client.get(link[1]).status_code == 200


def test_without_a_mail_server_the_page_says_so(
    database: AppDatabase, store: EventStore, clock: Clock, status: ToldStatus, tmp_path: Path, signed_in: Browser
) -> None:
    assert "cannot send email" not in signed_in.get(PAGE).text
    bare = Flask("tracker", static_folder=None)
    bare.config.update(SECRET_KEY="only for this test")
    context = Context(Settings(data=tmp_path), database, store, clock)
    web.register(bare, context, status)
    other = Browser(bare.test_client())
    other.post("/sign-in", email=EMAIL, password="une phrase de passe")
    assert "cannot send email" in other.get(PAGE).text
