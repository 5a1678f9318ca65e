"""Changes of a rule: other choices, a pause, another secret. Messages that are waiting go where the rule says by then."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from tracker.db.alert_models import AlertMember, AlertRule
from tracker.db.engine import AppDatabase
from tracker.leads.alerts.rules import NewRule, new_secret
from tracker.leads.alerts.rules_vocabulary import Channel

# So long a webhook is signed with the secret of before as well: its receiver is given the new one meanwhile.
BOTH_SECRETS = timedelta(hours=24)
# What a rule tells of; with another of these it is a new rule, which tells what happens from then on.
_SUBJECT = ("trigger", "amount", "goal", "view_key", "list_name")


def change_rule(database: AppDatabase, site_id: int, number: int, rule: NewRule, *, now: datetime) -> AlertRule | None:
    """Gives a rule other choices; without a token it keeps its own. Returns it; None if the site has no such rule."""
    with database.transaction() as session:
        found = _found(session, site_id, number)
        if found is None:
            return None
        if any(getattr(found, name) != getattr(rule, name) for name in _SUBJECT):
            begin_anew(session, found, now)
        if rule.token or rule.channel != found.channel:
            found.secret, found.old_secret, found.old_secret_until = rule.token or new_secret(rule.channel), None, None
        for name in NewRule.__dataclass_fields__:
            if name != "token":
                setattr(found, name, getattr(rule, name))
        return found


def pause_rule(database: AppDatabase, site_id: int, number: int, *, now: datetime) -> AlertRule | None:
    """Stops a rule: it looks for nothing, and what waits to be delivered goes on waiting."""
    with database.transaction() as session:
        found = _found(session, site_id, number)
        if found is not None and found.paused_at is None:
            found.paused_at = now
        return found


def resume_rule(database: AppDatabase, site_id: int, number: int, *, now: datetime) -> AlertRule | None:
    """Lets a rule go on: what happened in the pause is no news, what waited is delivered."""
    with database.transaction() as session:
        found = _found(session, site_id, number)
        if found is not None and found.paused_at is not None:
            begin_anew(session, found, now)
            found.paused_at = None
        return found


def change_secret(database: AppDatabase, site_id: int, number: int, *, now: datetime) -> AlertRule | None:
    """Gives a webhook a new secret, and has it signed with the old one too for a day. None for a rule that signs nothing."""
    with database.transaction() as session:
        found = _found(session, site_id, number)
        if found is None or found.channel != Channel.WEBHOOK:
            return None
        found.old_secret, found.old_secret_until = found.secret, now + BOTH_SECRETS
        found.secret = new_secret(Channel.WEBHOOK)
        return found


def _found(session: Session, site_id: int, number: int) -> AlertRule | None:
    found = session.get(AlertRule, number)
    return found if found is not None and found.site_id == site_id else None


def begin_anew(session: Session, rule: AlertRule, now: datetime) -> None:
    """From here on the rule tells what happens; who meets its condition by now is found out in its next look."""
    rule.made_at, rule.looked_at = now, None
    session.execute(delete(AlertMember).where(AlertMember.rule_id == rule.id))
