"""The rules of a site's alerts: what they watch, whom they tell and how often. Adds, lists and removes them."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import func, select

from tracker.db.alert_models import AlertRule
from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid, about
from tracker.leads.alerts.target_urls import check_url

LONGEST_NAME = 80
MOST_RULES = 100
_SECRET_BYTES = 24
_Choice = TypeVar("_Choice", bound=StrEnum)


class Trigger(StrEnum):
    """What a rule tells. The value is stored; never rename one."""

    VISIT = "visit"
    SEGMENT = "segment"


class Channel(StrEnum):
    """Where to. The value is stored; never rename one."""

    WEBHOOK = "webhook"


class Pace(StrEnum):
    """How often. The value is stored; never rename one."""

    AT_ONCE = "at_once"


_SIGNED = frozenset({Channel.WEBHOOK})
_CHECKS: Mapping[Channel, Callable[[str], str]] = {Channel.WEBHOOK: check_url}


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


def read_rule(form: Mapping[str, str], *, views: Sequence[str], lists: Sequence[str]) -> NewRule:
    """Reads a form; `views` are the keys and `lists` the names that the site has. Raises Invalid.

    `watches` is empty for all companies, `view:KEY` or `list:NAME`.
    """
    with about("name"):
        name = " ".join(form.get("name", "").split())
        if not name or len(name) > LONGEST_NAME:
            raise Invalid("Give the alert a name of at most %(most)s characters.", most=str(LONGEST_NAME))
    with about("trigger"):
        trigger = _one_of(Trigger, form.get("trigger", ""))
    with about("watches"):
        view_key, list_name = _watched(form.get("watches", ""), views, lists)
        if trigger is Trigger.SEGMENT and not (view_key or list_name):
            raise Invalid("Choose the view or list that companies enter.")
    with about("target"):
        channel = _one_of(Channel, form.get("channel", ""))
        target = _target(channel, form.get("target", ""))
    return NewRule(name, trigger, channel, target, view_key=view_key, list_name=list_name)


def add_rule(database: AppDatabase, site_id: int, rule: NewRule, *, by: str, now: datetime) -> AlertRule:
    """Adds a rule, which tells what happens from now on. Raises Invalid where the site has too many."""
    values = {name: getattr(rule, name) for name in NewRule.__dataclass_fields__}
    with database.transaction() as session:
        number = session.scalar(select(func.count()).select_from(AlertRule).where(AlertRule.site_id == site_id)) or 0
        if number >= MOST_RULES:
            raise Invalid("A site has at most %(most)s alerts; remove one first.", most=str(MOST_RULES))
        made = AlertRule(site_id=site_id, made_by=by, made_at=now, secret=_new_secret(rule.channel), **values)
        session.add(made)
        session.flush()
        return made


def list_rules(database: AppDatabase, site_id: int) -> Sequence[AlertRule]:
    """The site's rules, in the order in which they were made."""
    with database.transaction() as session:
        return session.scalars(select(AlertRule).where(AlertRule.site_id == site_id).order_by(AlertRule.id)).all()


def remove_rule(database: AppDatabase, site_id: int, number: int) -> str | None:
    """Removes a rule with what it raised and what was still to be delivered. Returns its name; None if there is none."""
    with database.transaction() as session:
        found = session.get(AlertRule, number)
        if found is None or found.site_id != site_id:
            return None
        session.delete(found)
        return found.name


def _target(channel: Channel, text: str) -> str:
    """The URL or email as it is kept."""
    return _CHECKS[channel](text)


def _new_secret(channel: Channel) -> str:
    """Standard Webhooks: `whsec_` and 24 to 64 random bytes as base64."""
    is_signed = channel in _SIGNED
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode() if is_signed else ""


def _watched(text: str, views: Sequence[str], lists: Sequence[str]) -> tuple[str | None, str | None]:
    kind, _, value = text.partition(":")
    if not text:
        return None, None
    if kind == "view" and value in views:
        return value, None
    if kind == "list" and value in lists:
        return None, value
    raise Invalid("There is no such view or list any more: choose another.")


def _one_of(kind: type[_Choice], text: str) -> _Choice:
    try:
        return kind(text)
    except ValueError:
        raise Invalid("“%(text)s” is not one of the choices.", text=text[:40]) from None
