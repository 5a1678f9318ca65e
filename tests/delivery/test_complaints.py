"""What goes wrong with the weekly emails of other products, by their issues: none of it is possible here."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.delivery.test_schedule import (  # noqa: F401 - fixtures
    BOTH,
    LONG_AGO,
    MONDAY_8,
    Clock,
    clock,
    confirm_all,
    context,
    database,
    server,
    store,
)
from tests.mail_server import Mailbox
from tracker.db.engine import AppDatabase
from tracker.delivery.schedule import send_due
from tracker.reports.report import period_of
from tracker.service.context import Context
from tracker.sites.sites import add_site


def test_it_is_not_on_the_wrong_day_outside_utc_as_in_matomo_24980(
    context: Context,  # noqa: F811
    server: Mailbox,  # noqa: F811
    clock: Clock,  # noqa: F811
    database: AppDatabase,  # noqa: F811
) -> None:
    for domain, zone in (("west.example", "Pacific/Honolulu"), ("east.example", "Pacific/Auckland")):
        add_site(database, domain, now=LONG_AGO, time_zone=zone, recipients=[f"lea@{domain}"])
    confirm_all(database)
    sent = []
    clock.now = datetime(2026, 11, 15, 18, 0, tzinfo=UTC)  # Sunday in UTC; all have had the week before
    send_due(context)
    for _ in range(30):
        clock.now += timedelta(hours=1)
        before = len(server.messages)
        send_due(context)
        sent += [(str(one["To"]), clock.now) for one in server.messages[before:]]
    assert dict(sent) == {
        "lea@east.example": datetime(2026, 11, 15, 19, 0, tzinfo=UTC),  # Monday, 08:00 in Auckland
        BOTH[0]: MONDAY_8,
        BOTH[1]: MONDAY_8,
        "lea@west.example": datetime(2026, 11, 16, 18, 0, tzinfo=UTC),  # Monday, 08:00 in Honolulu
    }
    assert len(sent) == 4


def test_it_is_not_sent_twice_as_in_matomo_6392(context: Context, server: Mailbox, clock: Clock) -> None:  # noqa: F811
    for minutes in (0, 0, 1, 600, 6 * 24 * 60):
        clock.now = MONDAY_8 + timedelta(minutes=minutes)
        send_due(context)
    assert sorted(server.recipients) == BOTH


def test_it_is_not_skipped_without_cron_as_in_matomo_21315(context: Context, server: Mailbox, clock: Clock) -> None:  # noqa: F811
    clock.now = MONDAY_8 + timedelta(days=2, hours=5)  # the service was off on Monday; it keeps no crontab
    send_due(context)
    assert sorted(server.recipients) == BOTH


def test_it_is_not_empty_as_in_matomo_13351(context: Context, server: Mailbox, clock: Clock) -> None:  # noqa: F811
    clock.now = MONDAY_8 + timedelta(days=70)  # a week in which nobody came
    send_due(context)
    assert sorted(server.recipients) == BOTH
    for one in server.messages:
        for part in ("plain", "html"):
            body = one.get_body((part,))
            assert body is not None
            assert "Aucun visiteur cette semaine" in body.get_content()


def test_the_week_has_no_unfinished_monday_as_in_plausible_951(
    context: Context,  # noqa: F811
    server: Mailbox,  # noqa: F811
) -> None:
    send_due(context)
    (label,) = {str(one["Feedback-ID"]).partition(":")[0].removeprefix("weekly-") for one in server.messages}
    period = period_of("weekly", label, ZoneInfo("Europe/Paris"))
    assert (period.start.isoweekday(), period.days) == (1, 7)
    assert period.end_at <= MONDAY_8
    assert period.end.isoformat() == "2026-11-16"  # before the Monday of the sending


def test_one_failing_recipient_does_not_stop_the_rest(context: Context, server: Mailbox) -> None:  # noqa: F811
    server.refused = {BOTH[0]}
    send_due(context)
    assert server.recipients == BOTH[1:]


def test_a_server_that_is_away_loses_nobody(context: Context, server: Mailbox, clock: Clock) -> None:  # noqa: F811
    send_due(replace(context, settings=replace(context.settings, smtp_url="smtp://127.0.0.1:1")))
    clock.now += timedelta(minutes=6)
    send_due(context)
    assert sorted(server.recipients) == BOTH
