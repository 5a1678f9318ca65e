"""The rules of a site's alerts: what they watch, whom they tell and how often. Reads, adds, lists and removes them."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.accounts.emails import normalise_email
from tracker.db.alert_models import AlertRule
from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid, about
from tracker.leads.alerts.crm_fields import read_fields
from tracker.leads.alerts.rules_vocabulary import AMOUNTS, CRMS, OF_SITE, Channel, Pace, Trigger
from tracker.leads.alerts.targets import check_url
from tracker.sites.trash import Removed, Thing, as_row, throw_away, values_of

LONGEST_NAME = 80
MOST_RULES = 100
_SECRET_BYTES = 24
_LONGEST_TOKEN = 500
_HUBSPOT = "https://api.hubapi.com"
# What is named to somebody who typed no URL.
_EXAMPLES = {
    Channel.WEBHOOK: "https://hooks.example.com/webleads",
    Channel.SLACK: "https://hooks.slack.com/services/T000/B000/xxxx",
    Channel.TEAMS: "https://prod-00.francecentral.logic.azure.com/workflows/xxxx",
    Channel.HUBSPOT: _HUBSPOT,
    Channel.PIPEDRIVE: "https://yourcompany.pipedrive.com",
}
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True)
class NewRule:
    """A rule as somebody asks for it."""

    name: str
    trigger: Trigger
    channel: Channel
    target: str
    pace: Pace = Pace.AT_ONCE
    amount: int | None = None
    goal: str | None = None
    view_key: str | None = None
    list_name: str | None = None
    quiet_from: int | None = None
    quiet_until: int | None = None
    fields: str | None = None
    token: str = ""


@dataclass(frozen=True)
class Known:
    """What a site has that a rule can name: the keys of its views and goals, and the names of its lists."""

    views: Sequence[str]
    lists: Sequence[str]
    goals: Sequence[str]


def read_rule(form: Mapping[str, str], known: Known, *, changed: AlertRule | None = None) -> NewRule:
    """Reads a form. `watches` is empty for all companies, `view:KEY` or `list:NAME`. Raises Invalid.

    A rule that is `changed` keeps its token where none is given, but not for another URL: it goes to nobody else.
    """
    with about("name"):
        name = " ".join(form.get("name", "").split())
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            raise Invalid("Give the alert a name of at most %(most)s characters.", most=str(LONGEST_NAME))
    with about("trigger"):
        trigger = _one_of(Trigger, form.get("trigger", ""))
    with about("amount"):
        amount = _amount(trigger, form.get("amount", ""))
    with about("goal"):
        goal = form.get("goal") or None if trigger is Trigger.GOAL else None
        if goal is not None and goal not in known.goals:
            raise Invalid("There is no such goal any more: choose another.")
    with about("watches"):
        view_key, list_name = _watched(form.get("watches", ""), known) if trigger not in OF_SITE else (None, None)
        if trigger is Trigger.SEGMENT and not (view_key or list_name):
            raise Invalid("Choose the view or list that companies enter.")
    with about("target"):
        channel = _one_of(Channel, form.get("channel", ""))
        target = _target(channel, form.get("target", ""))
    with about("token"):
        keeps_token = changed is not None and (changed.channel, changed.target) == (channel, target)
        given = form.get("token", "")
        token = _token(given) if channel in CRMS and (given or not keeps_token) else ""
    with about("fields"):
        fields = json.dumps(read_fields(channel, form.get("fields", ""))) if channel in CRMS else None
    with about("pace"):
        pace = _one_of(Pace, form.get("pace") or Pace.AT_ONCE)
    with about("quiet_from"):
        quiet_from, quiet_until = _hour(form.get("quiet_from", "")), _hour(form.get("quiet_until", ""))
        if (quiet_from is None) != (quiet_until is None):
            raise Invalid("Give both hours, or none.")
    return NewRule(
        name, trigger, channel, target, pace, amount, goal, view_key, list_name, quiet_from, quiet_until, fields, token
    )


def form_of(rule: AlertRule) -> dict[str, str]:
    """The form that `read_rule` reads as this rule; a CRM's token is not shown."""
    numbers = {"amount": rule.amount, "quiet_from": rule.quiet_from, "quiet_until": rule.quiet_until}
    fields = json.loads(rule.fields or "{}")
    return {
        **{name: getattr(rule, name) for name in ("name", "trigger", "channel", "target", "pace")},
        **{name: "" if number is None else str(number) for name, number in numbers.items()},
        "goal": rule.goal or "",
        "watches": f"view:{rule.view_key}" if rule.view_key else f"list:{rule.list_name}" if rule.list_name else "",
        "fields": "\n".join(f"{fact} = {field}" for fact, field in fields.items()),
    }


def add_rule(database: AppDatabase, site_id: int, rule: NewRule, *, by: str, now: datetime) -> AlertRule:
    """Adds a rule, which tells what happens from now on. Raises Invalid where the site has too many."""
    values = {name: getattr(rule, name) for name in NewRule.__dataclass_fields__ if name != "token"}
    secret = rule.token or new_secret(rule.channel)
    with database.transaction() as session:
        _require_room(session, site_id)
        made = AlertRule(site_id=site_id, made_by=by, made_at=now, secret=secret, **values)
        session.add(made)
        session.flush()
        return made


def list_rules(database: AppDatabase, site_id: int) -> Sequence[AlertRule]:
    """The site's rules, in the order in which they were made."""
    with database.transaction() as session:
        return session.scalars(select(AlertRule).where(AlertRule.site_id == site_id).order_by(AlertRule.id)).all()


def remove_rule(database: AppDatabase, site_id: int, number: int, *, by: str | None, now: datetime) -> Removed | None:
    """Throws a rule away; what it raised and what was still to be delivered is gone. None if there is no such rule."""
    with database.transaction() as session:
        found = session.get(AlertRule, number)
        if found is None or found.site_id != site_id:
            return None
        session.delete(found)
        kept = {"row": values_of(found)}
        return throw_away(session, site_id, Thing.ALERT, found.name, kept, by=by, now=now)


def put_rule_back(session: Session, site_id: int, kept: Mapping[str, Any], now: datetime) -> None:
    """Puts a rule back. It tells what happens from now on: who meets its condition by then is found out in its next look.

    Raises Invalid where the site has too many.
    """
    _require_room(session, site_id)
    rule = as_row(AlertRule, kept["row"])
    rule.made_at, rule.looked_at = now, None
    session.add(rule)


def _require_room(session: Session, site_id: int) -> None:
    number = session.scalar(select(func.count()).select_from(AlertRule).where(AlertRule.site_id == site_id)) or 0
    if number >= MOST_RULES:
        raise Invalid("A site has at most %(most)s alerts; remove one first.", most=str(MOST_RULES))


def new_secret(channel: Channel) -> str:
    """Standard Webhooks: `whsec_` and 24 to 64 random bytes as base64. Empty for channels that sign nothing."""
    is_signed = channel is Channel.WEBHOOK
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode() if is_signed else ""


def _target(channel: Channel, text: str) -> str:
    if channel is Channel.EMAIL:
        return normalise_email(text)
    url = check_url(text or (_HUBSPOT if channel is Channel.HUBSPOT else ""), example=_EXAMPLES[channel])
    return url.rstrip("/") if channel in CRMS else url


def _token(text: str) -> str:
    token = text.strip()
    if not token or len(token) > _LONGEST_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
        raise Invalid("Give the token of your CRM’s API.")
    return token


def _amount(trigger: Trigger, text: str) -> int | None:
    if trigger not in AMOUNTS:
        return None
    least, most, usual = AMOUNTS[trigger]
    plain = text.strip()
    if not plain:
        return usual
    if not (plain.isascii() and plain.isdigit() and len(plain) < 7 and least <= int(plain) <= most):
        raise Invalid("Give a whole number from %(least)s to %(most)s.", least=str(least), most=str(most))
    return int(plain)


def _hour(text: str) -> int | None:
    plain = text.strip()
    if not plain:
        return None
    if not (plain.isascii() and plain.isdigit() and len(plain) < 3 and int(plain) < 24):
        raise Invalid("“%(text)s” is not one of the choices.", text=plain[:40])
    return int(plain)


def _watched(text: str, known: Known) -> tuple[str | None, str | None]:
    kind, _, value = text.partition(":")
    if not text:
        return None, None
    if kind == "view" and value in known.views:
        return value, None
    if kind == "list" and value in known.lists:
        return None, value
    raise Invalid("There is no such view or list any more: choose another.")


def _one_of(kind: type[_Choice], text: str) -> _Choice:
    try:
        return kind(text)
    except ValueError:
        raise Invalid("“%(text)s” is not one of the choices.", text=text[:40]) from None
