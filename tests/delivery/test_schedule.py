"""Reports go out at each recipient's day and hour, once to each, whatever stops, fails or runs at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import update

from tests.databases import new_app_database, new_event_store
from tests.mail_server import Mailbox, mail_server
from tests.stats.conftest import SITE, Blog
from tracker.db import recovery
from tracker.db.engine import AppDatabase
from tracker.db.models import Delivery, ReportRecipient, Site
from tracker.delivery import sent_log
from tracker.delivery.mailer import Mailer
from tracker.delivery.schedule import send_due
from tracker.delivery.sending import Asked, SendOutcome, send_report
from tracker.delivery.sent_log import DeliveryKey
from tracker.recipients.choices import Choices, choose
from tracker.recipients.links import Purpose, find_recipient
from tracker.recipients.subscriptions import confirm, list_paused, resume, unsubscribe
from tracker.service.context import Context
from tracker.settings import Settings
from tracker.sites.sites import add_site, list_sites
from tracker.store.protocol import EventStore

MONDAY_8 = datetime(2026, 11, 16, 7, 0, tzinfo=UTC)  # 08:00 in Paris
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
COMPANY = {
    "company_method": "own_list", "company_evidence": "192.0.2.0/28", "company_confidence": 1.0, "network_kind": "business",
    "country": "FR", "city": "Nantes",
}  # fmt: skip
BOTH = ["anna@exemple.fr", "ben@exemple.fr"]


def send_weekly(
    context: Context, site: Site, week: str, recipients: Sequence[str], *, again: bool = False
) -> list[SendOutcome]:
    mailer = Mailer(context.settings.smtp_url, context.settings.mail_from)
    return send_report(context, site, "weekly", week, recipients, mailer=mailer, asked=Asked(again=again))


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
    opened = new_app_database(tmp_path / "app.sqlite")
    add_site(opened, SITE, now=LONG_AGO, recipients=BOTH)
    confirm_all(opened)
    yield opened
    opened.close()


@pytest.fixture
def store() -> Iterator[EventStore]:
    with new_event_store() as opened:
        Blog(opened).visit("2026-11-10T10:00:00+01:00", (0, "/a"))
        yield opened


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
    assert {str(one["Feedback-ID"]).partition(":")[0] for one in server.messages} == {"weekly-2026-W48"}


def test_many_at_once_send_it_once(context: Context, server: Mailbox) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: send_due(context), range(4)))
    assert sorted(server.recipients) == BOTH


def test_one_failing_recipient_does_not_stop_the_rest_and_is_tried_again(
    context: Context, server: Mailbox, clock: Clock
) -> None:
    server.greylisted = {"anna@exemple.fr"}
    send_due(context)
    assert server.recipients == ["ben@exemple.fr"]
    clock.now += timedelta(minutes=4)
    send_due(context)
    assert server.recipients == ["ben@exemple.fr"]
    clock.now += timedelta(minutes=2)
    send_due(context)
    assert server.recipients == ["ben@exemple.fr", "anna@exemple.fr"]
    clock.now += timedelta(days=1)
    send_due(context)
    assert len(server.envelopes) == 2


def test_who_is_refused_for_good_is_paused_until_a_person_says_otherwise(
    context: Context, server: Mailbox, clock: Clock, database: AppDatabase
) -> None:
    server.refused = {"anna@exemple.fr"}
    send_due(context)
    server.refused = set()
    for _ in range(3):
        clock.now += timedelta(days=1)
        send_due(context)
    assert server.recipients == ["ben@exemple.fr"]
    (paused,) = list_paused(database)
    assert (paused.email, paused.pause_reason, paused.pause_detail) == (
        "anna@exemple.fr", "bounce", "550 5.1.1 No such user here"
    )  # fmt: skip
    resume(database, paused.id)
    send_due(context)
    assert server.recipients == ["ben@exemple.fr", "anna@exemple.fr"]


@pytest.mark.parametrize("answer", ["554 5.7.1 Relay access denied", "530 5.7.0 Authentication required"])
def test_a_server_that_refuses_us_pauses_nobody(
    context: Context, server: Mailbox, clock: Clock, database: AppDatabase, answer: str
) -> None:
    server.answers["RCPT"] = answer
    send_due(context)
    assert (server.recipients, list(list_paused(database))) == ([], [])
    server.answers.clear()
    clock.now += timedelta(minutes=6)
    send_due(context)
    assert sorted(server.recipients) == BOTH


def test_each_gets_it_at_their_own_hour_in_their_own_rhythm_and_language(
    context: Context, server: Mailbox, clock: Clock, database: AppDatabase
) -> None:
    (site,) = list_sites(database)
    anna, ben = site.recipients
    choose(database, anna.id, Choices("en", "weekly", 2, 18, None), now=LONG_AGO)
    choose(database, ben.id, Choices(None, "monthly", 0, 7, None), now=LONG_AGO)
    sent: list[tuple[str, str, str]] = []
    clock.now = datetime(2026, 11, 25, 16, 59, tzinfo=UTC)  # a Wednesday, 17:59 in Paris
    confirm_all(database)
    for later in (timedelta(), timedelta(minutes=1), timedelta(days=5, hours=12, minutes=59), timedelta(minutes=1)):
        clock.now += later
        before = len(server.messages)
        send_due(context)
        sent += [
            (f"{clock.now:%d %H:%M}", str(one["To"]), str(one["Feedback-ID"]).partition(":")[0])
            for one in server.messages[before:]
        ]
    assert sent == [
        ("25 16:59", "anna@exemple.fr", "weekly-2026-W46"),
        ("25 16:59", "ben@exemple.fr", "monthly-2026-10"),
        ("25 17:00", "anna@exemple.fr", "weekly-2026-W47"),
        ("01 06:00", "ben@exemple.fr", "monthly-2026-11"),
    ]
    languages = {str(one["To"]): one["Content-Language"] for one in server.messages}
    assert languages == {"anna@exemple.fr": "en", "ben@exemple.fr": "fr"}


def test_each_gets_the_companies_of_their_own_view(context: Context, server: Mailbox, database: AppDatabase) -> None:
    (site,) = list_sites(database)
    choose(database, site.recipients[0].id, Choices(None, "weekly", 0, 8, "customers"), now=LONG_AGO)
    store = context.event_store
    blog = Blog(store)
    for day in (10, 11, 12):
        blog.visit(
            f"2026-11-{day}T10:00:00+01:00", (0, "/tarifs"), (60, "/tarifs", 60_000), visitor=7,
            company="Groupe Hélianthe", **COMPANY,
        )  # type: ignore[arg-type]  # fmt: skip
    send_due(context)
    texts = {str(one["To"]): one.get_body(("plain",)).get_content() for one in server.messages}  # type: ignore[union-attr]
    assert "Groupe Hélianthe" in texts["ben@exemple.fr"]
    assert "Groupe Hélianthe" not in texts["anna@exemple.fr"]


def test_hundreds_go_out_over_a_few_connections_each_once(
    context: Context, server: Mailbox, database: AppDatabase
) -> None:
    many = [f"r{number}@exemple.fr" for number in range(60)]
    add_site(database, "many.example", now=LONG_AGO, recipients=many)
    confirm_all(database)
    server.refused = set(many[:3])
    send_due(context)
    assert sorted(server.recipients) == sorted([*BOTH, *many[3:]])
    assert len({str(one["Message-ID"]) for one in server.messages}) == len(server.messages)
    assert server.connections <= 2 + 4 + 4


def test_a_service_that_stops_sends_what_is_left_later(context: Context, server: Mailbox, clock: Clock) -> None:
    stopping = Event()
    stopping.set()
    send_due(context, stopping=stopping)
    assert server.recipients == []
    send_due(context)
    assert sorted(server.recipients) == BOTH


def test_what_a_killed_service_left_behind_is_sent_or_in_doubt_at_once(
    context: Context, server: Mailbox, clock: Clock, database: AppDatabase
) -> None:
    for email in BOTH:
        claimed = sent_log.claim(database, DeliveryKey(1, "weekly", "2026-W46", email), now=clock.now)
        assert claimed is not None
    sent_log.mark_sending(database, claimed)  # Ben's
    sent_log.settle_after_stop(database)
    send_due(context)
    assert server.recipients == BOTH[:1]
    assert [one.recipient for one in sent_log.list_unsure(database, now=clock.now)] == BOTH[1:]
    (site,) = list_sites(database)
    assert send_weekly(context, site, "2026-W46", BOTH[1:], again=True)[0].outcome == "sent"
    assert not sent_log.list_unsure(database, now=clock.now)


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
