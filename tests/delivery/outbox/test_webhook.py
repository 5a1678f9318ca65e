"""Webhooks are signed as Standard Webhooks says."""

from __future__ import annotations

import base64
import hmac
import json
from datetime import timedelta

from tests.delivery.outbox.conftest import Posted
from tracker.delivery.outbox.webhook import sign
from tracker.leads.alerts.rule_changes import change_secret


def test_the_signature_is_that_of_the_specification_s_own_example() -> None:
    """The example of the specification's reference libraries."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    signature = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body)
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_receiver_can_check_the_message_with_the_rule_s_secret(posted: Posted) -> None:
    rule = posted.rule()
    message = posted.message(rule)
    posted.deliver()
    (one,) = posted.hooks.received
    key = base64.b64decode(rule.secret.removeprefix("whsec_"))
    signed = f"{message.uid}.{one.headers['webhook-timestamp']}.".encode() + one.body
    expected = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    assert one.headers["webhook-signature"] == f"v1,{expected}"
    assert one.headers["webhook-id"] == message.uid
    assert 24 <= len(key) <= 64
    assert json.loads(one.body)["type"] == "alert.test"


def test_while_a_secret_takes_another_s_place_a_receiver_can_check_with_either(posted: Posted) -> None:
    rule = posted.rule()
    changed = change_secret(posted.database, posted.site.id, rule.id, now=posted.clock())
    assert changed is not None
    assert changed.secret != rule.secret
    for hours, secrets in ((0, {rule.secret, changed.secret}), (25, {changed.secret})):
        posted.message(rule)
        posted.deliver(later=timedelta(hours=hours))
        one = posted.hooks.received[-1]
        uid, timestamp, signed = (one.headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
        assert set(signed.split(" ")) == {sign(secret, uid, timestamp, one.body) for secret in secrets}
