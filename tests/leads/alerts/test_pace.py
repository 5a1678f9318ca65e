"""How often is told: at once, each day or week, and not in quiet hours, by the site's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from tests.leads.alerts.conftest import Told
from tracker.db.alert_models import AlertRule, OutgoingMessage
from tracker.leads.alerts.pace import due_at
from tracker.leads.alerts.rules_vocabulary import Pace

PARIS = ZoneInfo("Europe/Paris")
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("quiet", "now", "due"),
    [
        ((22, 7), "2026-11-16T21:59+01:00", "2026-11-16T21:59+01:00"),
        ((22, 7), "2026-11-16T22:00+01:00", "2026-11-17T07:00+01:00"),
        ((22, 7), "2026-11-17T06:59+01:00", "2026-11-17T07:00+01:00"),
        ((22, 7), "2026-11-17T07:00+01:00", "2026-11-17T07:00+01:00"),
        ((12, 14), "2026-11-17T13:00+01:00", "2026-11-17T14:00+01:00"),
        ((22, 7), "2026-10-24T23:00+02:00", "2026-10-25T07:00+01:00"),  # the clock is put back
        ((22, 7), "2026-03-28T23:00+01:00", "2026-03-29T07:00+02:00"),  # and forward
        ((None, None), "2026-11-16T03:00+01:00", "2026-11-16T03:00+01:00"),
        ((0, 0), "2026-11-16T00:30+01:00", "2026-11-16T00:30+01:00"),
    ],
)
def test_what_happens_in_quiet_hours_is_told_when_they_end(
    quiet: tuple[int | None, int | None], now: str, due: str
) -> None:
    rule = AlertRule(quiet_from=quiet[0], quiet_until=quiet[1])
    assert due_at(rule, datetime.fromisoformat(now).astimezone(UTC), PARIS) == datetime.fromisoformat(due)


def test_a_rule_with_quiet_hours_raises_at_once_and_tells_later(told: Told) -> None:
    told.rule(quiet_from=8, quiet_until=18)
    told.visit("Armor")
    assert len(told.look()) == 1
    with told.database.transaction() as session:
        (message,) = session.scalars(select(OutgoingMessage))
    assert message.due_at == datetime(2026, 11, 16, 17, tzinfo=UTC)


@pytest.mark.parametrize(("pace", "days"), [(Pace.DAILY, 1), (Pace.WEEKLY, 7)])
def test_alerts_of_a_day_or_week_are_one_message_in_the_morning(told: Told, pace: Pace, days: int) -> None:
    told.rule(pace=pace)
    for company in ("Armor", "Kerjean"):
        told.visit(company)
    assert len(told.look()) == 2
    assert told.messages() == []
    told.clock.now = datetime(2026, 11, 16, 6, 58, tzinfo=UTC) + days * DAY
    assert told.look() == []
    assert told.messages() == []
    told.restart()
    for _ in range(3):
        told.look()
    (message,) = told.messages()
    assert message["type"] == "alert.digest"
    assert [one["company"]["name"] for one in message["data"]["alerts"]] == ["Armor", "Kerjean"]
    assert told.look(later=8 * DAY) == []
    assert len(told.messages()) == 1


def test_many_of_one_look_go_into_few_messages(told: Told) -> None:
    told.rule()
    for number in range(25):
        told.visit(f"Company {number}")
    assert len(told.look()) == 25
    (message,) = told.messages()
    assert len(message["data"]["alerts"]) == 25
