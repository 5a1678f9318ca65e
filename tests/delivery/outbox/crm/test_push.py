"""A company is found by its domain and brought up to date, or added; what was sent is logged."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from tests.delivery.outbox.conftest import Posted
from tests.delivery.outbox.crm.stand_ins import DOMAIN_KEY, HUBSPOT_TOKEN, PIPEDRIVE_TOKEN, HubSpot, Pipedrive
from tests.webhook_server import Received
from tracker.db.alert_models import OutgoingMessage
from tracker.leads.alerts.crm_fields import read_fields
from tracker.leads.alerts.raising import send_test
from tracker.leads.alerts.rules import NewRule, add_rule
from tracker.leads.alerts.rules_vocabulary import Channel, Trigger

SCORE_KEY = "5" * 40


def push(posted: Posted, channel: Channel, token: str, fields: str, **company: Any) -> str:
    """Pushes a company. Returns where its message is then, and what the log says."""
    chosen = json.dumps(read_fields(channel, fields))
    rule = NewRule("CRM", Trigger.SEGMENT, channel, posted.hooks.url, fields=chosen, token=token)
    made = add_rule(posted.database, posted.site.id, rule, by="lea@exemple.fr", now=posted.clock())
    send_test(posted.database, posted.site, made, now=posted.clock())
    alert = {"happened_at": "2026-11-16T09:00:00+00:00", "company": {"id": "armor.example", "name": "Armor", "score": 41} | company}  # fmt: skip
    body = {"type": "company.pushed", "data": {"site": "blog.exemple.fr", "rule": {}, "alerts": [alert]}}
    with posted.database.transaction() as session:
        (newest,) = (posted.messages()[-1].id,)
        session.execute(update(OutgoingMessage).where(OutgoingMessage.id == newest).values(payload=json.dumps(body)))
    posted.deliver(later=timedelta(hours=1))
    return f"{posted.messages()[-1].status}: {posted.attempts()[-1].answer}"


def hubspot(posted: Posted, fields: str = "score = webleads_score", token: str = HUBSPOT_TOKEN, **company: Any) -> str:
    return push(posted, Channel.HUBSPOT, token, fields, **company)


def pipedrive(posted: Posted, **company: Any) -> str:
    fields = f"domain = {DOMAIN_KEY}\nscore = {SCORE_KEY}"
    return push(posted, Channel.PIPEDRIVE, PIPEDRIVE_TOKEN, fields, **company)


def test_hubspot_gets_a_company_once_and_then_its_changes(posted: Posted) -> None:
    there = HubSpot(posted.hooks)
    assert hubspot(posted) == "delivered: company 1000 is added for armor.example"
    assert there.companies[1000] == {"name": "Armor", "domain": "armor.example", "webleads_score": 41}
    there.companies[1000]["name"] = "Armor SA"
    assert hubspot(posted, score=60) == "delivered: company 1000 of armor.example is up to date"
    assert there.companies == {1000: {"name": "Armor SA", "domain": "armor.example", "webleads_score": 60}}


def test_a_crm_gets_what_registers_say_in_the_fields_that_the_publisher_names(posted: Posted) -> None:
    there = HubSpot(posted.hooks)
    register = {"employees_least": 250, "number": "552100554", "seat": {"town": "Besançon"}, "activity_label": None}
    hubspot(posted, "employees = numberofemployees\ncity = city\nactivity = webleads_score", register=register)
    assert there.companies[1000]["numberofemployees"] == 250
    assert there.companies[1000]["city"] == "Besançon"
    assert "webleads_score" not in there.companies[1000]


def test_pipedrive_gets_an_organization_once_and_then_its_changes(posted: Posted) -> None:
    there = Pipedrive(posted.hooks)
    there.companies[7] = {"name": "Reseller", "custom_fields": {"e" * 40: "armor.example"}}  # in another field
    assert pipedrive(posted) == "delivered: organization 2 is added for armor.example"
    assert there.companies[2] == {"name": "Armor", "custom_fields": {DOMAIN_KEY: "armor.example", SCORE_KEY: 41}}
    assert pipedrive(posted, score=60) == "delivered: organization 2 of armor.example is up to date"
    assert there.companies[2]["custom_fields"][SCORE_KEY] == 60
    assert there.companies[7] == {"name": "Reseller", "custom_fields": {"e" * 40: "armor.example"}}


@pytest.mark.parametrize(
    ("fields", "token", "said"),
    [
        ("score = no_such_field", HUBSPOT_TOKEN, "does not exist"),
        ("score = webleads_score", "pat-wrong", "INVALID_AUTHENTICATION"),
    ],
)
def test_what_another_attempt_would_not_change_is_given_up_with_the_crm_s_own_words(
    posted: Posted, fields: str, token: str, said: str
) -> None:
    HubSpot(posted.hooks)
    answer = hubspot(posted, fields, token)
    assert answer.startswith("failed: ")
    assert said in answer
    assert token not in answer


def test_a_crm_that_is_busy_is_asked_again_and_adds_nothing_twice(posted: Posted) -> None:
    there = HubSpot(posted.hooks)
    real, busy = there.answer, [True]

    def answer(one: Received) -> tuple[int, dict[str, str]]:
        done = real(one)
        if one.path == "/crm/v3/objects/companies" and busy:
            busy.clear()
            return 502, {}  # it was added, and the answer got lost
        return done

    posted.hooks.answer = answer
    assert hubspot(posted).startswith("waiting: ")
    assert posted.deliver(later=timedelta(hours=1)) == ["delivered"]
    assert len(there.companies) == 1


def test_a_company_without_a_domain_is_not_pushed(posted: Posted) -> None:
    there = HubSpot(posted.hooks)
    assert "without a known domain" in hubspot(posted, id="armor")
    assert there.calls == []


def test_a_crm_that_answers_something_else_is_told(posted: Posted) -> None:
    posted.hooks.body, posted.hooks.answer = b"[1]", lambda _: (200, {})
    assert "another form" in hubspot(posted)
    posted.hooks.body = b"<html>"
    assert "not JSON" in hubspot(posted)


@pytest.mark.parametrize("kind", [HubSpot, Pipedrive])
def test_a_company_that_the_crm_s_search_does_not_find_yet_is_not_added_twice(
    posted: Posted, kind: type[HubSpot | Pipedrive]
) -> None:
    there = kind(posted.hooks)
    there.finds = False
    push_once = hubspot if kind is HubSpot else pipedrive
    assert "is added" in push_once(posted)
    assert "is up to date" in push_once(posted, score=60)
    assert len(there.companies) == 1
    there.companies.clear()  # somebody removed it there
    assert "is added" in push_once(posted)


def test_after_an_answer_that_got_lost_the_search_has_time_to_find_what_was_added(posted: Posted) -> None:
    posted.hooks.answer = lambda one: (200, {}) if one.path.endswith("/search") else (502, {})
    posted.hooks.body = b'{"results": []}'
    assert hubspot(posted).startswith("waiting: ")
    assert posted.messages()[-1].due_at >= posted.clock() + timedelta(minutes=1)
