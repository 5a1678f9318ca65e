"""Pushes the companies of a message to a CRM: each is found by its domain and brought up to date, or added."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from tracker.db.engine import AppDatabase
from tracker.delivery.outbox.crm import hubspot, pipedrive
from tracker.delivery.outbox.crm.calls import Api, CallFailed
from tracker.delivery.outbox.crm.records import Records
from tracker.delivery.outbox.messages import Due
from tracker.delivery.outbox.posting import Answer
from tracker.leads.alerts.payload import TEST
from tracker.leads.alerts.rules_vocabulary import Channel
from tracker.leads.companies.names import is_domain
from tracker.settings.values import Network


class _Crm(NamedTuple):
    headers: Callable[[str], Mapping[str, str]]
    upsert: Callable[[Api, Records, Mapping[str, str], Mapping[str, Any]], str]


_CRMS = {
    Channel.HUBSPOT: _Crm(hubspot.headers, hubspot.upsert),
    Channel.PIPEDRIVE: _Crm(pipedrive.headers, pipedrive.upsert),
}


def push(database: AppDatabase, due: Due, *, base_url: str, allowed: Sequence[Network]) -> Answer:
    """Makes one attempt. One that ended half-way is made again, which changes nothing that is right already."""
    rule, body = due.rule, json.loads(due.message.payload)
    if body["type"] == TEST:
        return Answer(None, "a CRM takes no test: push a company instead", is_for_good=True)
    crm, fields = _CRMS[Channel(rule.channel)], json.loads(rule.fields or "{}")
    api, records = Api(rule.target, crm.headers(rule.secret), allowed), Records(database, rule)
    done = []
    try:
        for alert in body["data"]["alerts"]:
            values = _values(fields, alert, f"{base_url}/{quote(body['data']['site'])}")
            if "domain" in values:
                done.append(crm.upsert(api, records, fields, values))
            else:
                done.append("a company without a known domain is not pushed")
    except CallFailed as failed:
        return failed.answer
    except (AttributeError, KeyError, TypeError, ValueError) as problem:
        return Answer(None, f"the answer has another form than the API’s reference: {problem!r}", is_for_good=True)
    return Answer(200, "; ".join(done))


def _values(fields: Mapping[str, str], alert: Mapping[str, Any], page: str) -> dict[str, Any]:
    """What is sent of a company: the facts that have a field, as far as they are known."""
    company = alert.get("company") or {}
    company_id, register = company.get("id", ""), company.get("register") or {}
    facts = {
        "name": company.get("name"),
        "domain": company_id if is_domain(company_id) else None,
        "score": company.get("score"),
        "url": f"{page}/leads/{quote(company_id, safe='')}",
        "last_seen": alert.get("happened_at"),
        "source": alert.get("source"),
        "goal": alert.get("goal"),
        "activity": register.get("activity_label"),
        "employees": register.get("employees_least"),
        "registry_number": register.get("number"),
        "city": (register.get("seat") or {}).get("town"),
    }
    return {name: facts[name] for name in fields if facts.get(name) is not None}
