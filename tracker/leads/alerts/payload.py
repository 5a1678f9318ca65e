"""What a message tells, as plain JSON that is written once: the same in each attempt to deliver it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tracker.db.alert_models import AlertRule
from tracker.db.models import Site
from tracker.leads.alerts.occurrence import Occurrence
from tracker.leads.registers.facts import as_json

RAISED, DIGEST, TEST, PUSHED = "alert.raised", "alert.digest", "alert.test", "company.pushed"


def facts_of(one: Occurrence) -> dict[str, Any]:
    """One alert: what happened when, and the company with its score of that moment."""
    told: dict[str, Any] = {"happened_at": one.happened_at.isoformat(timespec="seconds")}
    if one.company is not None:
        told["company"] = {"id": one.company.id, "name": one.company.name, "score": one.company.score}
        if one.company.facts is not None:
            told["company"]["register"] = as_json(one.company.facts)
    return told | {name: value for name, value in one.facts.items() if value is not None}


def payload_of(site: Site, rule: AlertRule, alerts: Sequence[dict[str, Any]], now: datetime, *, kind: str) -> str:
    """The whole message. `type` and `timestamp` are as Standard Webhooks has them."""
    body = {
        "type": kind,
        "timestamp": now.isoformat(timespec="seconds"),
        "data": {
            "site": site.domain,
            "rule": {"id": rule.id, "name": rule.name, "trigger": rule.trigger},
            "alerts": list(alerts),
        },
    }
    return json.dumps(body, ensure_ascii=False)
