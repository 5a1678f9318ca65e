"""What each trigger tells, and what it does not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.leads.alerts.conftest import Told
from tracker.db.models import User
from tracker.db.workflow_models import CompanyChange, CompanyWork
from tracker.leads.alerts.rules_vocabulary import Trigger
from tracker.stats.goals.rows import add_goal

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def test_the_first_visit_is_told_once_for_ever(told: Told) -> None:
    told.visit("Armor", at="2026-11-10T09:00+01:00")
    told.rule(Trigger.FIRST_VISIT)
    told.visit("Armor")
    told.visit("Kerjean")
    assert told.look() == ["kerjean first"]
    told.clock.now += DAY
    told.visit("Kerjean")
    assert told.look() == []


@pytest.mark.parametrize(("days", "keys"), [(6, ["armor 2026-11-16"]), (7, [])])
def test_a_company_is_back_after_so_many_days_without_a_visit(told: Told, days: int, keys: list[str]) -> None:
    told.visit("Armor", (0, "/"), (60, "/a"), at="2026-11-09T10:30+01:00")
    told.visit("New", at="2026-11-16T10:00+01:00")
    told.rule(Trigger.BACK, amount=days)
    told.visit("Armor", at="2026-11-16T10:00+01:00")
    assert told.look() == keys
    assert told.look(later=DAY) == []


def test_a_company_that_stays_away_again_within_one_look_is_back_once(told: Told) -> None:
    told.rule(Trigger.BACK, amount=2)
    told.visit("Armor", at="2026-11-16T11:00+01:00")
    told.visit("Armor", at="2026-11-19T11:00+01:00")
    told.visit("Armor", at="2026-11-20T11:00+01:00")
    assert told.look(later=5 * DAY) == ["armor 2026-11-19"]


def test_a_score_is_told_when_it_is_reached_and_again_only_after_it_was_lost(told: Told) -> None:
    told.visit("Armor")
    told.rule(Trigger.SCORE, amount=20)
    assert told.look() == []
    for path in ("/tarifs", "/contact", "/demo"):
        told.visit("Armor", (0, "/"), (60, path))
    assert told.look() == ["armor 2026-11-16"]
    assert told.look(later=40 * DAY) == []
    for path in ("/tarifs", "/contact", "/demo"):
        told.visit("Armor", (0, "/"), (60, path))
    assert told.look() == ["armor 2026-12-26"]


def test_a_goal_is_told_with_its_name_for_the_rule_s_goal_or_any(told: Told) -> None:
    key = add_goal(told.database, "blog.exemple.fr", kind="page", pattern="/merci*", name="Thanks", points=5, now=told.clock())  # fmt: skip
    told.rule(Trigger.GOAL, goal=key)
    told.rule(Trigger.GOAL)
    told.rule(Trigger.GOAL, goal="forms")
    told.visit("Armor", (0, "/"), (60, "/merci-beaucoup"))
    told.visit("Kerjean", (0, "/"), (60, "/autre"))
    assert told.look(later=HOUR) == ["armor 2026-11-16"] * 2
    alerts = [one["data"]["alerts"][0] for one in told.messages()]
    assert {(one["goal"], one["detail"]) for one in alerts} == {("Thanks", "/merci-beaucoup")}


def work(told: Told, company_id: str, **values: object) -> None:
    with told.database.transaction() as session:
        session.add(
            CompanyWork(site_id=told.site.id, company_id=company_id, changed_at=told.clock(), version=1, **values)
        )


def test_a_lead_that_is_given_to_somebody_is_told_and_one_taken_back_is_not(told: Told) -> None:
    told.visit("Armor")
    told.visit("Kerjean")
    told.rule(Trigger.OWNER)
    with told.database.transaction() as session:
        session.add(User(id=7, email="tom@exemple.fr", password_hash="", created_at=told.clock()))
    for company, is_undone in (("armor", False), ("kerjean", True)):
        work(told, company, owner_id=7)
        with told.database.transaction() as session:
            session.add(
                CompanyChange(
                    site_id=told.site.id, company_id=company, action=company, field="owner", after="7", version=1,
                    made_by="lea@exemple.fr", made_at=told.clock(), is_undone=is_undone,
                )
            )  # fmt: skip
    assert len(told.look()) == 1
    (alert,) = told.messages()[0]["data"]["alerts"]
    assert (alert["company"]["name"], alert["owner"], alert["by"]) == ("Armor", "tom@exemple.fr", "lea@exemple.fr")
    assert told.look() == []


def test_a_reminder_is_told_in_the_morning_of_its_day(told: Told) -> None:
    told.visit("Armor")
    told.rule(Trigger.REMINDER)
    work(told, "armor", remind_on=date(2026, 11, 18))
    told.clock.now = datetime(2026, 11, 18, 6, 50, tzinfo=UTC)
    assert told.look() == []
    assert told.look(later=10 * timedelta(minutes=1)) == ["armor reminder 2026-11-18"]
    assert told.look(later=DAY) == []


def hour_of_views(told: Told, at: datetime, views: int) -> None:
    if views:
        told.visit("Nobody", *((second, "/") for second in range(views)), at=at.isoformat(), company_confidence=0.1)


def weeks(told: Told, usual: int, last: int) -> None:
    """Mondays at 9:00 UTC with so many page views, and the last one."""
    hour = datetime(2026, 11, 23, 9, tzinfo=UTC)
    for week in range(1, 5):
        hour_of_views(told, hour - timedelta(weeks=week), usual)
    hour_of_views(told, hour, last)
    told.clock.now = hour + HOUR


@pytest.mark.parametrize(
    ("trigger", "usual", "last", "is_told"),
    [
        (Trigger.SPIKE, 30, 100, True),
        (Trigger.SPIKE, 30, 80, False),  # not three times as many
        (Trigger.SPIKE, 0, 25, True),
        (Trigger.SPIKE, 0, 15, False),  # too few to say anything
        (Trigger.DROP, 30, 5, True),
        (Trigger.DROP, 30, 10, False),  # not 80 % fewer
        (Trigger.DROP, 15, 0, False),  # too few to say anything
    ],
)
def test_traffic_is_compared_with_the_same_weekday_and_hour(
    told: Told, trigger: Trigger, usual: int, last: int, is_told: bool
) -> None:
    told.rule(trigger, amount=80 if trigger is Trigger.DROP else 200)
    weeks(told, usual, last)
    assert told.look() == ([f"{trigger} 2026-11-23"] if is_told else [])
    assert told.look() == []


def test_while_hits_wait_in_the_journal_nothing_is_said_to_be_missing(told: Told) -> None:
    told.rule(Trigger.DROP, amount=80)
    told.rule(Trigger.SILENCE, amount=2)
    weeks(told, 30, 0)
    told.clock.now += 3 * HOUR
    told.lag = 1
    assert told.look() == []
    told.lag = 0
    assert len(told.look()) == 1


def test_silence_is_told_once_until_something_is_counted(told: Told) -> None:
    told.rule(Trigger.SILENCE, amount=3)
    told.visit("Armor")
    assert told.look(later=2 * HOUR) == []
    assert len(told.look(later=HOUR + timedelta(minutes=1))) == 1
    assert told.look(later=DAY) == []
    told.visit("Armor")
    assert len(told.look(later=4 * HOUR)) == 1


def test_a_host_that_is_not_the_site_s_is_told_once(told: Told) -> None:
    told.rule(Trigger.OTHER_DOMAIN)
    told.visit("Armor", hostname="copie.example")
    told.visit("Armor", hostname="www.blog.exemple.fr")
    assert told.look() == ["host copie.example"]
    told.visit("Armor", hostname="copie.example")
    assert told.look() == []
