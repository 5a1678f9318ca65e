"""When an alert is told: at once but in quiet hours, or together with others each day or week.

Hours are those of the site's clock, also where it is put forward or back.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tracker.db.alert_models import AlertRule
from tracker.leads.alerts.rules_vocabulary import Pace

# Alerts that wait are told in the morning.
HOUR = 8


def due_at(rule: AlertRule, now: datetime, zone: ZoneInfo) -> datetime:
    """When what is to be told now is told: now, or when the quiet hours end."""
    if not is_quiet(rule, now, zone):
        return now
    local, until = now.astimezone(zone), rule.quiet_until or 0
    day = local.date() if local.hour < until else local.date() + timedelta(days=1)
    return datetime.combine(day, time(until), zone).astimezone(UTC)


def is_quiet(rule: AlertRule, now: datetime, zone: ZoneInfo) -> bool:
    """Whether the rule is quiet at a moment; its hours may go over midnight."""
    if rule.quiet_from is None or rule.quiet_until is None or rule.quiet_from == rule.quiet_until:
        return False
    hour, since, until = now.astimezone(zone).hour, rule.quiet_from, rule.quiet_until
    return since <= hour < until if since < until else hour >= since or hour < until


def digest_due(rule: AlertRule, now: datetime, zone: ZoneInfo) -> tuple[str, datetime]:
    """The key of the last digest that is due, and the moment up to which it tells what was raised."""
    local = now.astimezone(zone)
    day = local.date() if local.hour >= HOUR else local.date() - timedelta(days=1)
    if rule.pace == Pace.WEEKLY:
        day -= timedelta(days=day.weekday())
    return f"{rule.pace} {day}", datetime.combine(day, time(HOUR), zone).astimezone(UTC)
