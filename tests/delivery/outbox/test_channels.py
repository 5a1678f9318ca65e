"""Each channel's form: Slack, Teams and email, in the site's language and with nothing of a company's name in it but text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from dashboards.email.alert_message import alert_message
from dashboards.presentation.alerts.words import told
from tests.delivery.outbox.conftest import Posted
from tests.mail_server import Mailbox, mail_server
from tracker.db.alert_models import OutgoingMessage
from tracker.db.models import Delivery, ReportRecipient, User
from tracker.delivery.mailing import mailing
from tracker.delivery.outbox.delivering import Outbox
from tracker.leads.alerts.log import replay
from tracker.leads.alerts.rules_vocabulary import Channel, Trigger
from tracker.service.context import Context

PARIS = ZoneInfo("Europe/Paris")
EVIL = "<!channel> *Evil* [x](http://evil.example) & Co | Ltd"
LEA = "lea@exemple.fr"


def payload(trigger: Trigger = Trigger.VISIT, *, number: int = 1, name: str = EVIL, **facts: object) -> str:
    company = {"company": {"id": "armor.example/é", "name": name, "score": 41}} if name else {}
    alert = {"happened_at": "2026-11-16T09:05:00+00:00", **company, **facts}
    rule = {"id": 1, "name": "Any <b>", "trigger": trigger.value}
    data = {"site": "blog.exemple.fr", "rule": rule, "alerts": [alert] * number}
    return json.dumps({"type": "alert.raised", "timestamp": "2026-11-16T09:05:05+00:00", "data": data})


def put(posted: Posted, text: str) -> None:
    with posted.database.transaction() as session:
        session.execute(update(OutgoingMessage).values(payload=text))


@pytest.mark.parametrize("number", [1, 3, 40])
def test_slack_gets_a_text_and_blocks_in_which_a_name_calls_nobody(posted: Posted, number: int) -> None:
    posted.message(posted.rule("/services/T0/B0/x", Channel.SLACK))
    put(posted, payload(number=number))
    assert posted.deliver() == ["delivered"]
    (one,) = posted.hooks.received
    body = json.loads(one.body)
    assert "<!channel>" not in one.body.decode()
    assert "&lt;!channel&gt;" in body["text"] or number > 1
    assert len(body["blocks"]) <= 50
    assert all(block["type"] in ("section", "context") for block in body["blocks"])
    assert "https://stats.exemple.fr/blog.exemple.fr/leads/armor.example%2F%C3%A9" in one.body.decode()
    assert ("and 10 more" in one.body.decode()) == (number == 40)


@pytest.mark.parametrize("number", [1, 3, 40])
def test_teams_gets_an_adaptive_card_of_less_than_28_kb(posted: Posted, number: int) -> None:
    posted.message(posted.rule("/workflows/x", Channel.TEAMS))
    put(posted, payload(number=number))
    assert posted.deliver() == ["delivered"]
    (one,) = posted.hooks.received
    body = json.loads(one.body)
    assert body["type"] == "message"
    (attachment,) = body["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    assert all(block["type"] == "TextBlock" for block in card["body"])
    assert "](http://evil" not in one.body.decode()
    assert len(one.body) < 28_000


FACTS = {
    Trigger.BACK: {"days_away": 31},
    Trigger.GOAL: {"goal": "Demo", "detail": "/demo"},
    Trigger.OWNER: {"owner": "tom@exemple.fr", "by": LEA},
    Trigger.REMINDER: {"remind_on": "2026-11-16"},
    Trigger.SPIKE: {"hour": "2026-11-16T08:00+00:00", "pageviews": 300, "expected": 40},
    Trigger.DROP: {"hour": "2026-11-16T08:00+00:00", "pageviews": 3, "expected": 40},
    Trigger.SILENCE: {"hours": 6, "last_at": None},
    Trigger.OTHER_DOMAIN: {"host": "copie.example", "pageviews": 3},
}


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("trigger", list(Trigger))
def test_each_trigger_is_a_sentence_of_its_facts(trigger: Trigger, language: str) -> None:
    facts = FACTS.get(trigger, {"source": "LinkedIn"})
    said = told(payload(trigger, name="Armor", **facts), language=language, zone=PARIS, base_url="https://s.fr")
    assert said.title == said.lines[0].text
    shown = [facts[name] for name in ("days_away", "goal", "owner", "pageviews", "hours", "source") if name in facts]
    assert all(str(one) in said.title for one in shown if trigger is not Trigger.OTHER_DOMAIN)
    assert "%(" not in said.title


@pytest.fixture
def server() -> Iterator[Mailbox]:
    with mail_server() as running:
        yield running


@pytest.fixture
def mailed(posted: Posted, server: Mailbox) -> Posted:
    settings = replace(posted.context.settings, smtp_url=server.url, mail_from="S <stats@exemple.fr>")
    posted.context = Context(settings, posted.database, posted.context.event_store, posted.clock)
    posted.outbox = Outbox(posted.context)
    with posted.database.transaction() as session:
        session.add(User(email=LEA, password_hash="", created_at=posted.clock()))
    return posted


def test_an_email_has_the_news_in_its_subject_and_is_sent_once(mailed: Posted, server: Mailbox) -> None:
    message = mailed.message(mailed.rule(channel=Channel.EMAIL, url=LEA))
    put(mailed, payload(name="Armor", number=2))
    assert mailed.deliver() == ["delivered"]
    assert replay(mailed.database, mailed.site.id, message.uid, now=mailed.clock())
    assert mailed.deliver() == ["delivered"]
    (received,) = server.messages
    assert str(received["Subject"]) == "2 alerts: Any <b> · blog.exemple.fr"
    assert message.uid in str(received["Message-ID"])
    html = received.get_body(("html",))
    assert isinstance(html, EmailMessage)
    assert "Any &lt;b&gt;" in html.get_content()
    assert "https://stats.exemple.fr/blog.exemple.fr/alerts" in received.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_an_email_that_may_have_arrived_is_not_sent_again_but_by_a_click(mailed: Posted, server: Mailbox) -> None:
    server.hang_up = "DATA_DONE"
    mailed.message(mailed.rule(channel=Channel.EMAIL, url=LEA))
    with mailed.database.transaction() as session:
        (one,) = session.scalars(select(OutgoingMessage))
        session.add(
            Delivery(
                site_id=mailed.site.id,
                report="alert",
                period=one.uid,
                recipient=LEA,
                status="unsure",
                claimed_at=mailed.clock(),
            )
        )
    assert mailed.deliver() == ["failed"]
    server.hang_up = None
    (doubt,) = mailing(mailed.context).in_doubt()
    assert server.envelopes == []
    assert mailing(mailed.context).send_again(doubt).problem is None
    assert len(server.envelopes) == 1
    assert [one.status for one in mailed.messages()] == ["delivered"]


def test_a_mail_server_that_is_away_is_tried_again(mailed: Posted, server: Mailbox) -> None:
    server.answers["RCPT"] = "451 4.3.0 later"
    mailed.message(mailed.rule(channel=Channel.EMAIL, url=LEA))
    assert mailed.deliver() == ["waiting"]
    del server.answers["RCPT"]
    assert mailed.deliver(later=timedelta(minutes=1)) == ["delivered"]


def test_whoever_is_refused_for_good_or_has_not_agreed_gets_nothing_more(mailed: Posted, server: Mailbox) -> None:
    site = mailed.site.id
    for email, values in {
        "paused@exemple.fr": {"confirmed_at": mailed.clock(), "paused_at": mailed.clock()},
        "unasked@exemple.fr": {},
        "yes@exemple.fr": {"confirmed_at": mailed.clock()},
        "stranger@exemple.fr": None,
    }.items():
        if values is not None:
            with mailed.database.transaction() as session:
                session.add(ReportRecipient(site_id=site, email=email, created_at=mailed.clock(), **values))
        mailed.message(mailed.rule(channel=Channel.EMAIL, url=email))
        mailed.deliver()
    assert server.recipients == ["yes@exemple.fr"]
    server.refused = {LEA}
    mailed.message(mailed.rule(channel=Channel.EMAIL, url=LEA))
    assert mailed.deliver()[-1] == "failed"


def test_a_long_subject_is_cut_and_has_no_line_break() -> None:
    said = told(payload(name="A\nB" * 100), language="en", zone=PARIS, base_url="https://s.fr")
    message = alert_message(
        said, "msg_x", language="en", sender="s@s.fr", recipient=LEA, now=datetime(2026, 11, 16, tzinfo=UTC)
    )
    assert len(str(message["Subject"])) <= 120
    assert "\n" not in str(message["Subject"])
