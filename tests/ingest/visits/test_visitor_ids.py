"""Visitor ids: one a person, site and local day; unlinkable from day to day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.made_events import new_event
from tracker.hit import Hit, WireEvent
from tracker.ingest.visits.assign import Arrival, Visits
from tracker.ingest.visits.visitor_ids import Identity, LocalDays


def salt(day: date) -> bytes:
    return day.isoformat().encode()


def us(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


def ids(
    moment: str, *, site: str = "a.fr", address: str = "192.0.2.1", agent: str = "Firefox", zone: str = "Europe/Paris"
) -> tuple[int, int | None]:
    return Identity(salt).visitor_ids(site, zone, address, agent, us(moment))


MORNING = "2026-11-16T09:00:00"


def test_a_person_has_one_id_all_day() -> None:
    assert ids(MORNING) == ids("2026-11-16T17:00:00")


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"site": "b.fr"}, id="another-site"),
        pytest.param({"address": "192.0.2.2"}, id="another-address"),
        pytest.param({"agent": "Safari"}, id="another-agent"),
    ],
)
def test_what_makes_another_id(other: dict[str, str]) -> None:
    assert ids(MORNING, **other) != ids(MORNING)


def test_the_next_day_has_another_id() -> None:
    assert ids("2026-11-17T09:00:00")[0] != ids(MORNING)[0]


@pytest.mark.parametrize(
    ("moment", "zone", "yesterday"),
    [
        pytest.param("2026-11-16T22:59:00", "Europe/Paris", False, id="before-midnight-in-paris"),
        pytest.param("2026-11-16T23:01:00", "Europe/Paris", True, id="after-midnight-in-paris"),
        pytest.param("2026-11-17T03:00:00", "Europe/Paris", True, id="four-hours-later"),
        pytest.param("2026-11-17T03:01:00", "Europe/Paris", False, id="later"),
        pytest.param("2026-11-16T18:31:00", "Asia/Kolkata", True, id="midnight-in-kolkata"),
    ],
)
def test_yesterdays_id_is_given_in_the_four_hours_after_local_midnight(moment: str, zone: str, yesterday: bool) -> None:
    assert (ids(moment, zone=zone)[1] is not None) == yesterday


def test_yesterdays_id_is_the_one_that_yesterday_gave() -> None:
    assert ids("2026-11-16T23:10:00")[1] == ids("2026-11-16T22:50:00")[0]


def test_an_id_given_with_consent_stays_the_same_over_days() -> None:
    identity = Identity(salt)
    days = [
        identity.visitor_ids("a.fr", "Europe/Paris", "192.0.2.1", "Firefox", us(f"2026-11-{day}T09:00:00"), "me")
        for day in (16, 17)
    ]
    assert days[0][0] == days[1][0]


def test_a_visit_in_which_consent_was_given_may_go_on_under_the_day_s_id() -> None:
    identity = Identity(salt)
    person = ("a.fr", "Europe/Paris", "192.0.2.1", "Firefox", us("2026-11-16T09:00:00"))
    assert identity.visitor_ids(*person, "me")[1] == identity.visitor_ids(*person)[0]


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        pytest.param("2026-03-28T23:30:00", date(2026, 3, 29), id="spring-day-of-23-hours-begins"),
        pytest.param("2026-03-29T21:59:00", date(2026, 3, 29), id="and-ends"),
        pytest.param("2026-03-29T22:01:00", date(2026, 3, 30), id="an-hour-earlier"),
        pytest.param("2026-10-25T22:59:00", date(2026, 10, 25), id="autumn-day-of-25-hours"),
    ],
)
def test_days_follow_the_clock_changes(moment: str, day: date) -> None:
    assert LocalDays("Europe/Paris").at(us(moment))[0] == day


def test_ids_are_made_anew_once_a_salt_is_forgotten() -> None:
    salts = iter((b"first-salt-of-16", b"other-salt-of-16"))
    identity = Identity(lambda _: next(salts))
    asked = ("a.fr", "UTC", "192.0.2.1", "Firefox", 1_794_830_400_000_000)
    before = identity.visitor_ids(*asked)
    assert identity.visitor_ids(*asked) == before
    identity.forget_salts()
    assert identity.visitor_ids(*asked) != before


@pytest.mark.parametrize("consented", [None, "me"], ids=["anonymous", "consented"])
def test_an_event_says_whether_its_visitor_agreed_to_their_id(consented: str | None) -> None:
    hit = Hit(
        received_at=datetime(2026, 11, 16, 9, tzinfo=UTC), ip="192.0.2.1", user_agent="Firefox",
        event=WireEvent(n="pageview", u="https://a.fr/", vid=consented),
    )  # fmt: skip
    arrival = Identity(salt).arrival(new_event("pageview", us(MORNING)), hit, "Europe/Paris")
    assert arrival.event.consented == (consented is not None)


def test_a_visit_that_began_before_they_agreed_stays_under_the_day_s_id_and_says_so() -> None:
    visits = Visits(lambda *_: (), stored_until_us=0)
    before, after = (new_event("pageview", us(MORNING) + second, path="/") for second in (0, 1_000_000))
    after.consented = True
    assert visits.assign([Arrival(before, 1, None, True), Arrival(after, 2, 1, True)]) == [None, None]
    assert (after.visitor_id, after.consented) == (1, False)
