"""The page of alerts: rules are added, tried and removed, and messages delivered again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from dashboards import web
from tests.dashboards.web.conftest import EMAIL, SITE, Browser
from tracker.db.alert_models import Alert, AlertMember, AlertRule, OutgoingMessage
from tracker.db.engine import AppDatabase

PAGE = f"/{SITE}/alerts"
RULE = {"name": "Customers", "trigger": "visit", "watches": "view:customers", "channel": "webhook", "pace": "at_once"}
URL = "https://hooks.exemple.fr/webleads"
FORMS_CSS = (Path(web.__file__).parent / "assets" / "forms.css").read_text(encoding="utf-8")


def rules(database: AppDatabase) -> list[AlertRule]:
    with database.transaction() as session:
        return list(session.scalars(select(AlertRule)))


def test_a_rule_is_added_shown_with_its_secret_and_removed(
    signed_in: Browser, site: str, database: AppDatabase
) -> None:
    assert signed_in.post(PAGE, form=PAGE, **RULE, target=f"  {URL}#part ").status_code == 302
    (rule,) = rules(database)
    assert (rule.target, rule.view_key, rule.made_by) == (URL, "customers", "lea@exemple.fr")
    page = signed_in.get(PAGE).text
    assert rule.secret in page
    assert URL in page
    signed_in.post(f"{PAGE}/remove", form=PAGE, rule=str(rule.id))
    assert rules(database) == []
    assert signed_in.post(f"{PAGE}/remove", form=PAGE, rule=str(rule.id)).status_code == 404


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"trigger": "nonsense"}, "trigger"),
        ({"watches": "view:gone"}, "watches"),
        ({"trigger": "segment", "watches": ""}, "watches"),
        ({"target": "ftp://hooks.exemple.fr"}, "target"),
        ({"target": "https://name:word@hooks.exemple.fr"}, "target"),
        ({"target": "https://@127.0.0.1/"}, "target"),
        ({"target": "https://hooks.exemple.fr\\@127.0.0.1/"}, "target"),
        ({"target": "https://hooks.exemple.fr/é"}, "target"),
        ({"target": "https://hooks.exemple.fr:99999/"}, "target"),
        ({"channel": "email", "email": "a stranger"}, "email"),
        ({"channel": "email", "email": "stranger@exemple.fr"}, "email"),
        ({"trigger": "score", "amount": "101"}, "amount"),
        ({"trigger": "silence", "amount": "one"}, "amount"),
        ({"trigger": "goal", "goal": "gone"}, "goal"),
        ({"pace": "hourly"}, "pace"),
        ({"channel": "hubspot"}, "token"),
        ({"channel": "hubspot", "token": "a b"}, "token"),
        ({"channel": "hubspot", "token": "pat-1", "fields": "score"}, "fields"),
        ({"channel": "hubspot", "token": "pat-1", "fields": "salary = x"}, "fields"),
        ({"channel": "pipedrive", "token": "pat-1"}, "fields"),
        ({"quiet_from": "22"}, "quiet_from"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field_and_the_form_keeps_it(
    signed_in: Browser, site: str, database: AppDatabase, changed: dict[str, str], field: str
) -> None:
    answer = signed_in.post(PAGE, form=PAGE, **RULE | {"target": URL} | changed)
    assert answer.status_code == 422
    assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', answer.text)
    assert rules(database) == []


def test_a_test_is_put_into_the_outbox_and_a_message_delivered_again(
    signed_in: Browser, site: str, database: AppDatabase
) -> None:
    signed_in.post(PAGE, form=PAGE, **RULE, target=URL)
    signed_in.post(f"{PAGE}/test", form=PAGE, rule="1")
    with database.transaction() as session:
        session.execute(update(OutgoingMessage).values(status="failed", error="HTTP 500", attempts=9))
        (message,) = session.scalars(select(OutgoingMessage))
    page = signed_in.get(PAGE).text
    assert "HTTP 500" in page
    assert message.uid in page
    signed_in.post(f"{PAGE}/replay", form=PAGE, message=message.uid)
    with database.transaction() as session:
        (again,) = session.scalars(select(OutgoingMessage))
    assert (again.status, again.attempts, again.uid) == ("waiting", 0, message.uid)


def test_a_rule_is_said_in_words_and_whoever_is_in_its_view_by_now_is_no_news(
    signed_in: Browser, site: str, database: AppDatabase, company_visit: Callable[..., None]
) -> None:
    company_visit("/a", ago=timedelta(minutes=5))
    rule = {"trigger": "segment", "watches": "view:new", "channel": "email", "target": EMAIL, "pace": "daily"}
    signed_in.post(PAGE, form=PAGE, **RULE | rule | {"quiet_from": "20", "quiet_until": "7"})
    page = signed_in.get(PAGE).text
    assert (
        "A company enters the view or list · New here · Together, each day at 08:00 · quiet from 20:00 to 07:00" in page
    )
    with database.transaction() as session:
        assert session.scalars(select(AlertMember.company_id)).all() == ["air france"]
        assert session.scalars(select(Alert)).all() == []


def test_a_company_and_all_of_a_view_are_pushed_to_a_crm_by_a_click(
    signed_in: Browser, site: str, database: AppDatabase, company_visit: Callable[..., None]
) -> None:
    company_visit("/a", company="Armor", company_domain="armor.example")
    company_visit("/a", company="Kerjean", company_domain="kerjean.example")
    rule = {"channel": "hubspot", "watches": "view:new", "token": "pat-eu1-x", "target": "", "fields": "score = rank"}
    assert signed_in.post(PAGE, form=PAGE, **RULE | rule).status_code == 302
    page = signed_in.get(PAGE).text
    assert "pat-eu1-x" not in page
    company = f"/{SITE}/leads/armor.example"
    assert "HubSpot" in signed_in.get(company).text
    signed_in.post(f"{PAGE}/push", form=company, rule="1", company="armor.example")
    signed_in.post(f"{PAGE}/push", form=PAGE, rule="1")
    with database.transaction() as session:
        payloads = [json.loads(one.payload) for one in session.scalars(select(OutgoingMessage))]
    names = [one["data"]["alerts"][0]["company"]["name"] for one in payloads]
    assert (names[0], sorted(names[1:])) == ("Armor", ["Armor", "Kerjean"])
    assert {one["type"] for one in payloads} == {"company.pushed"}


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("score", "companies amount score"),
        ("goal", "companies goal"),
        ("back", "companies amount back"),
        ("spike", "amount spike compared"),
        ("drop", "amount drop compared"),
        ("silence", "amount silence"),
        ("email", "email"),
        ("webhook", "url webhook"),
        ("slack", "url slack"),
        ("teams", "url teams"),
        ("hubspot", "url hubspot crm"),
        ("pipedrive", "url pipedrive crm"),
    ],
)
def test_a_choice_says_which_fields_it_needs_and_others_are_hidden_by_it(
    signed_in: Browser, site: str, code: str, fields: str
) -> None:
    page = signed_in.get(PAGE).text
    assert f'<option value="{code}" data-needs="{fields}"' in page
    for field in fields.split():
        assert f'class="needs-{field}"' in page or f'needs-{field}" open' in page
        assert f'.form:not(:has(option[data-needs~="{field}"]:checked)) .needs-{field}' in FORMS_CSS


@pytest.mark.parametrize(
    ("channel", "typed", "field", "said"),
    [
        ("email", {"email": "nobody", "target": URL}, "email", "“nobody” is not an email address"),
        ("webhook", {"target": EMAIL}, "target", "such as https://hooks.example.com/"),
        ("slack", {"target": EMAIL}, "target", "such as https://hooks.slack.com/services/"),
        ("teams", {"target": ""}, "target", "such as https://prod-00.francecentral.logic.azure.com/"),
        ("pipedrive", {"target": "pipedrive"}, "target", "such as https://yourcompany.pipedrive.com"),
    ],
)
def test_what_is_no_target_is_refused_in_its_own_field_with_an_example_of_its_kind(
    signed_in: Browser, site: str, channel: str, typed: dict[str, str], field: str, said: str
) -> None:
    page = signed_in.post(PAGE, form=PAGE, **RULE | {"channel": channel} | typed).text
    assert said in page
    assert re.findall(r'name="(\w+)"[^>]*aria-invalid="true"', page) == [field]


def test_an_email_and_a_url_have_fields_of_their_own(signed_in: Browser, site: str, database: AppDatabase) -> None:
    assert f'name="email" value="{EMAIL}"' in signed_in.get(PAGE).text
    signed_in.post(PAGE, form=PAGE, **RULE | {"channel": "email", "email": EMAIL, "target": ""})
    signed_in.post(PAGE, form=PAGE, **RULE | {"email": EMAIL, "target": URL})
    assert [one.target for one in rules(database)] == [EMAIL, URL]
    for number, email, url in (("1", EMAIL, ""), ("2", EMAIL, URL)):
        page = signed_in.get(f"{PAGE}?rule={number}").text
        assert f'name="email" value="{email}"' in page
        assert f'name="target" value="{url}"' in page


def test_a_rule_is_changed_in_the_form_that_holds_it_paused_resumed_and_given_another_secret(
    signed_in: Browser, site: str, database: AppDatabase
) -> None:
    signed_in.post(PAGE, form=PAGE, **RULE, target=URL, quiet_from="22", quiet_until="7")
    (before,) = rules(database)
    page = signed_in.get(f"{PAGE}?rule=1").text
    for held in (
        'value="Customers"',
        f'value="{URL}"',
        '<option value="view:customers" selected',
        '<option value="22" selected',
    ):
        assert held in page, held
    assert (
        signed_in.post(f"{PAGE}/change", form=PAGE, **RULE | {"rule": "1", "name": ""}, target=URL).status_code == 422
    )
    signed_in.post(f"{PAGE}/change", form=PAGE, **RULE | {"rule": "1", "name": "Ours", "pace": "daily"}, target=URL)
    signed_in.post(f"{PAGE}/secret", form=PAGE, rule="1")
    signed_in.post(f"{PAGE}/pause", form=PAGE, rule="1")
    (rule,) = rules(database)
    assert (rule.name, rule.pace, rule.quiet_from, rule.made_at) == ("Ours", "daily", None, before.made_at)
    assert (rule.old_secret, rule.secret != before.secret) == (before.secret, True)
    page = signed_in.get(PAGE).text
    assert "paused" in page
    assert "signed with the old secret too" in page
    signed_in.post(f"{PAGE}/resume", form=PAGE, rule="1")
    assert rules(database)[0].paused_at is None
    assert signed_in.get(f"{PAGE}?rule=9").status_code == 404


def test_a_token_stays_with_its_url_and_goes_to_no_other(signed_in: Browser, site: str, database: AppDatabase) -> None:
    rule = RULE | {"channel": "hubspot", "fields": "score = rank"}
    signed_in.post(PAGE, form=PAGE, **rule, token="pat-eu1-x", target="")
    change = rule | {"rule": "1", "token": "", "name": "Other"}
    assert signed_in.post(f"{PAGE}/change", form=PAGE, **change, target="").status_code == 302
    assert (rules(database)[0].name, rules(database)[0].secret) == ("Other", "pat-eu1-x")
    assert (
        signed_in.post(f"{PAGE}/change", form=PAGE, **change, target="https://elsewhere.exemple.fr").status_code == 422
    )
