"""The webhook channel: JSON with the headers of Standard Webhooks, by which a receiver knows who sent it and that it is new.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from tracker.db.alert_models import AlertRule
from tracker.delivery.outbox.messages import Due

_PREFIX = "whsec_"


def request_of(due: Due, *, now: datetime) -> tuple[bytes, Mapping[str, str]]:
    """Returns the body and the headers of an attempt. The id and the body stay, the timestamp is that of the attempt."""
    body = due.message.payload.encode()
    timestamp = str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "webhook-id": due.message.uid,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(
            sign(secret, due.message.uid, timestamp, body) for secret in _secrets(due.rule, now)
        ),
    }
    return body, headers


def _secrets(rule: AlertRule, now: datetime) -> Sequence[str]:
    """The rule's secret, and the one of before as long as receivers may have only that."""
    if rule.old_secret and rule.old_secret_until is not None and now < rule.old_secret_until:
        return rule.secret, rule.old_secret
    return (rule.secret,)


def sign(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """The signature of `id.timestamp.body` with the secret's bytes."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    return "v1," + base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()
