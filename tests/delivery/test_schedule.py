"""The weekly report goes out on Monday at 08:00 of the site, once to each, whatever stops, fails or runs at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.mail_server import Mailbox, mail_server
from tests.stats.conftest import SITE, Blog
from tracker.db import recovery
from tracker.db.engine import AppDatabase, open_app_database
from tracker.db.models import Delivery, ReportRecipient, Site
from tracker.delivery import sent_log
from tracker.delivery.schedule import due, last_complete_week, send_due, send_weekly
from tracker.delivery.sent_log import DeliveryKey
from tracker.recipients.links import Purpose, find_recipient
from tracker.recipients.subscriptions import confirm, unsubscribe
from tracker.service.context import Context
from tracker.settings import Settings
from tracker.sites.sites import add_site, list_sites
from tracker.store.engines import open_event_store
from tracker.store.protocol import EventStore

MONDAY_8 = datetime(2026, 11, 16, 7, 0, tzinfo=UTC)  # 08:00 in Paris
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
BOTH = ["anna@exemple.fr", "ben@exemple.fr"]


@pytest.mark.parametrize(
    ("now", "zone", "due_at", "week"),
    [
        pytest.param("2026-11-16T06:59:59", "Europe/Paris", "2026-11-09T07:00", "2026-W45", id="a-second-early"),
        pytest.param("2026-11-16T07:00:00", "Europe/Paris", "2026-11-16T07:00", "2026-W46", id="on-time"),
        pytest.param("2026-11-22T22:59:00", "Europe/Paris", "2026-11-16T07:00", "2026-W46", id="late-on-sunday"),
        pytest.param("2026-07-20T06:00:00", "Europe/Paris", "2026-07-20T06:00", "2026-W29", id="summer-time"),
        pytest.param(
            "2026-03-30T06:00:00", "Europe/Paris", "2026-03-30T06:00", "2026-W13", id="day-after-spring-change"
        ),
        pytest.param("2026-10-26T06:59:00", "Europe/Paris", "2026-10-19T06:00", "2026-W42", id="autumn-change-not-yet"),
        pytest.param("2026-10-26T07:00:00", "Europe/Paris", "2026-10-26T07:00", "2026-W43", id="autumn-change"),
        pytest.param("2026-11-16T12:59:00", "America/New_York", "2026-11-09T13:00", "2026-W45", id="new-york-before"),
        pytest.param("2026-11-16T13:00:00", "America/New_York", "2026-11-16T13:00", "2026-W46", id="new-york"),
        pytest.param(
            "2026-11-15T19:00:00", "Pacific/Auckland", "2026-11-15T19:00", "2026-W46", id="auckland-on-utc-sunday"
        ),
        pytest.param("2026-11-16T02:15:00", "Asia/Kathmandu", "2026-11-16T02:15", "2026-W46", id="kathmandu"),
        pytest.param("2027-01-04T07:00:00", "Europe/Paris", "2027-01-04T07:00", "2026-W53", id="week-53"),
    ],
)
def test_when_it_is_due_and_of_which_week(now: str, zone: str, due_at: str, week: str) -> None:
    found_at, found_week = due(zone, datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert (found_at, found_week) == (datetime.fromisoformat(due_at).replace(tzinfo=UTC), week)


@pytest.mark.parametrize(
    ("now", "zone", "week"),
    [
        pytest.param("2026-11-15T22:59:59", "Europe/Paris", "2026-W45", id="sunday-is-not-over"),
        pytest.param("2026-11-15T23:00:00", "Europe/Paris", "2026-W46", id="monday-in-paris"),
        pytest.param("2026-11-16T03:00:00", "America/New_York", "2026-W45", id="still-sunday-in-new-york"),
    ],
)
def test_the_last_complete_week_never_has_an_unfinished_day(now: str, zone: str, week: str) -> None:
    assert last_complete_week(zone, datetime.fromisoformat(now).replace(tzinfo=UTC)) == week


def confirm_all(database: AppDatabase) -> None:
    with database.transaction() as session:
        session.execute(update(ReportRecipient).values(confirmed_at=LONG_AGO))


class Clock:
    def __init__(self) -> None:
        self.now = MONDAY_8

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[AppDatabase]:
    opened = open_app_database(f"sqlite:///{tmp_path}/app.sqlite")
    add_site(opened, SITE, now=LONG_AGO, recipients=BOTH)
    confirm_all(opened)
    yield opened
    opened.close()


@pytest.fixture
def store() -> Iterator[EventStore]:
    opened = open_event_store("duckdb:///:memory:")
    Blog(opened).visit("2026-11-10T10:00:00+01:00", (0, "/a"))
    yield opened
    opened.close()


@pytest.fixture
def server() -> Iterator[Mailbox]:
    with mail_server() as running:
        yield running


@pytest.fixture
def context(database: AppDatabase, store: EventStore, server: Mailbox, clock: Clock, tmp_path: Path) -> Context:
    settings = Settings(data=tmp_path, smtp_url=server.url, mail_from="Webleads <stats@exemple.fr>")
    return Context(settings, database, store, clock)


def test_each_recipient_gets_one_message_of_their_own(context: Context, server: Mailbox) -> None:
    send_due(context)
    assert sorted(server.recipients) == BOTH
    assert [len(envelope.rcpt_tos) for envelope in server.envelopes] == [1, 1]
    assert sorted(str(message["To"]) for message in server.messages) == BOTH
    assert {str(message["Message-ID"]) for message in server.messages}.__len__() == 2


def test_it_is_sent_once_however_often_it_is_looked_at(context: Context, server: Mailbox, clock: Clock) -> None:
    for minutes in (0, 1, 2, 600, 6 * 24 * 60):
        clock.now = MONDAY_8 + timedelta(minutes=minutes)
        send_due(context)
    assert len(server.envelopes) == 2


def test_nothing_goes_out_before_eight(context: Context, server: Mailbox, clock: Clock, database: AppDatabase) -> None:
    clock.now = MONDAY_8 - timedelta(seconds=1)
    with database.transaction() as session:
        session.execute(update(Site).values(created_at=MONDAY_8 - timedelta(days=2)))
    send_due(context)
    assert server.envelopes == []


def test_it_is_caught_up_after_a_stop_and_only_the_last_one(context: Context, server: Mailbox, clock: Clock) -> None:
    clock.now = MONDAY_8 + timedelta(days=18)
    send_due(context)
    assert len(server.envelopes) == 2
    assert all("23 – 29 nov." in str(one["Subject"]) or "23" in str(one["Subject"]) for one in server.messages)


def test_many_at_once_send_it_once(context: Context, server: Mailbox) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: send_due(context), range(4)))
    assert sorted(server.recipients) == BOTH


def test_one_who_is_refused_does_not_stop_the_others_and_is_tried_again(
    context: Context, server: Mailbox, clock: Clock
) -> None:
    server.refused = {"anna@exemple.fr"}
    send_due(context)
    assert server.recipients == ["ben@exemple.fr"]
    clock.now += timedelta(minutes=4)
    server.refused = set()
    send_due(context)
    assert server.recipients == ["ben@exemple.fr"]
    clock.now += timedelta(minutes=2)
    send_due(context)
    assert server.recipients == ["ben@exemple.fr", "anna@exemple.fr"]
    clock.now += timedelta(days=1)
    send_due(context)
    assert len(server.envelopes) == 2


def test_a_server_that_is_down_is_tried_again(context: Context, server: Mailbox, clock: Clock) -> None:
    send_due(replace(context, settings=replace(context.settings, smtp_url="smtp://127.0.0.1:1")))
    clock.now += timedelta(minutes=6)
    send_due(context)
    assert sorted(server.recipients) == BOTH


def test_what_may_have_arrived_is_never_sent_again(context: Context, server: Mailbox, clock: Clock) -> None:
    server.hang_up = "answer"
    send_due(context)
    server.hang_up = None
    clock.now += timedelta(days=3)
    send_due(context)
    assert sorted(server.recipients) == BOTH
    (site,) = list_sites(context.app_db)
    outcome = send_weekly(context, site, "2026-W46", BOTH[:1])[0]
    assert outcome.failed
    assert "cut off while it was sent" in outcome.outcome


def test_what_was_cut_off_is_sent_again_once_when_a_person_says_so(
    context: Context, server: Mailbox, clock: Clock
) -> None:
    (site,) = list_sites(context.app_db)
    sent, cut_off = BOTH
    send_weekly(context, site, "2026-W46", [sent])
    claimed = sent_log.claim(context.app_db, DeliveryKey(1, "weekly", "2026-W46", cut_off), now=clock.now)
    assert claimed is not None
    sent_log.mark_sending(context.app_db, claimed)  # and the process was killed
    clock.now += timedelta(minutes=5)
    early = send_weekly(context, site, "2026-W46", BOTH, again=True)
    assert early[1].outcome == "being sent by another process"
    clock.now += timedelta(hours=1)
    send_due(context)
    assert "unless you say --again" in send_weekly(context, site, "2026-W46", BOTH)[1].outcome
    assert server.recipients == [sent]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: send_weekly(context, site, "2026-W46", BOTH, again=True), range(4)))
    assert server.recipients == [sent, cut_off]
    assert [one.outcome[:12] for one in send_weekly(context, site, "2026-W46", BOTH, again=True)] == [
        "already sent"
    ] * 2


def test_a_server_that_is_away_is_not_asked_for_each_recipient(context: Context, database: AppDatabase) -> None:
    (site,) = list_sites(database)
    lost = replace(context, settings=replace(context.settings, smtp_url="smtp://127.0.0.1:1"))
    outcomes = send_weekly(lost, site, "2026-W46", BOTH)
    assert [one.recipient for one in outcomes] == BOTH
    assert len({one.outcome for one in outcomes}) == 1
    assert {found.status for found in sent_log.latest(database, site.id)} == {"failed"}


def test_a_server_that_is_away_is_not_asked_for_each_site(
    context: Context, database: AppDatabase, clock: Clock
) -> None:
    for number in range(3):
        add_site(database, f"site{number}.example", now=LONG_AGO, recipients=["c@exemple.fr"])
    confirm_all(database)
    lost = replace(context, settings=replace(context.settings, smtp_url="smtp://127.0.0.1:1"))

    def tried() -> int:
        return sum(len(sent_log.latest(database, site.id)) > 0 for site in list_sites(database))

    for ticks in range(1, 5):
        send_due(lost)
        assert tried() == ticks
        clock.now += timedelta(minutes=1)


def test_what_was_due_before_a_restore_is_left_to_a_person(
    context: Context, server: Mailbox, clock: Clock, database: AppDatabase
) -> None:
    database.copy(MONDAY_8 - timedelta(minutes=1))
    send_due(context)
    assert sorted(server.recipients) == BOTH
    assert database.file is not None
    recovery.restore(database.file, "cut", MONDAY_8 + timedelta(hours=1))
    database.engine.dispose()
    for later in (timedelta(hours=1), timedelta(days=1)):
        clock.now = MONDAY_8 + later
        send_due(context)
    assert sorted(server.recipients) == BOTH
    clock.now = MONDAY_8 + timedelta(days=7)
    send_due(context)
    assert sorted(server.recipients) == sorted(BOTH * 2)


def test_a_sender_that_died_before_sending_is_taken_over(context: Context, server: Mailbox, clock: Clock) -> None:
    sent_log.claim(context.app_db, DeliveryKey(1, "weekly", "2026-W46", BOTH[0]), now=MONDAY_8)
    send_due(context)
    assert server.recipients == BOTH[1:]
    clock.now += timedelta(minutes=11)
    send_due(context)
    assert sorted(server.recipients) == BOTH


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda session: session.execute(update(Site).values(created_at=MONDAY_8 + timedelta(hours=1))), id="a-site-of-today"),
        pytest.param(lambda session: [setattr(one, "created_at", MONDAY_8 + timedelta(hours=1)) for one in session.get(Site, 1).recipients], id="recipients-of-today"),
    ],
)  # fmt: skip
def test_who_came_after_it_was_due_waits_for_the_next(
    change: Callable[..., object], context: Context, server: Mailbox, clock: Clock, database: AppDatabase
) -> None:
    with database.transaction() as session:
        change(session)
    clock.now = MONDAY_8 + timedelta(hours=2)
    send_due(context)
    assert server.envelopes == []
    clock.now += timedelta(days=7)
    send_due(context)
    assert sorted(server.recipients) == BOTH


def test_by_hand_it_says_what_became_of_each(context: Context, server: Mailbox) -> None:
    (site,) = list_sites(context.app_db)
    server.refused = {BOTH[1]}
    first = send_weekly(context, site, "2026-W46", BOTH)
    assert [(one.outcome, one.failed) for one in first] == [
        ("sent", False),
        ("not sent: 550 5.1.1 No such user here", True),
    ]
    server.refused = set()
    second = send_weekly(context, site, "2026-W46", BOTH)
    assert [(one.outcome, one.failed) for one in second] == [
        ("already sent on 2026-11-16 07:00 UTC", False),
        ("sent", False),
    ]


def test_without_a_mail_server_nothing_is_claimed(context: Context) -> None:
    send_due(replace(context, settings=replace(context.settings, smtp_url="")))
    with context.app_db.transaction() as session:
        assert session.query(Delivery).count() == 0


def test_who_unsubscribed_does_not_get_the_next_mondays_mail(
    context: Context, server: Mailbox, clock: Clock, database: AppDatabase
) -> None:
    send_due(context)
    (mail,) = [one for one in server.messages if str(one["To"]) == BOTH[0]]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = str(mail["List-Unsubscribe"]).strip()
    token = re.fullmatch(r"<http://\S+/email/(\S+)/unsubscribe>", link)
    assert token is not None
    found = find_recipient(database, context.settings.data, token[1], Purpose.CHOOSE)
    assert found is not None
    unsubscribe(database, found.id, now=clock.now)
    clock.now += timedelta(days=7)
    send_due(context)
    assert sorted(server.recipients) == [BOTH[0], BOTH[1], BOTH[1]]
    (site,) = list_sites(database)
    assert send_weekly(context, site, "2026-W47", BOTH[:1])[0].outcome == "not sent: unsubscribed"


def test_who_has_no_account_is_asked_once_and_gets_nothing_else_before_they_confirm(
    context: Context, server: Mailbox, clock: Clock, database: AppDatabase
) -> None:
    with database.transaction() as session:
        session.execute(update(ReportRecipient).values(confirmed_at=None))
    for _ in range(3):
        send_due(context)
        clock.now += timedelta(minutes=1)
    assert sorted(server.recipients) == BOTH
    assert {str(one["Subject"]) for one in server.messages} == {f"À confirmer\u00a0: le rapport de {SITE} par e-mail"}
    (site,) = list_sites(database)
    confirm(database, site.recipients[0].id, now=clock.now)
    clock.now += timedelta(days=7)
    send_due(context)
    assert sorted(server.recipients) == [BOTH[0], BOTH[0], BOTH[1]]
