"""What Brevo and Postmark report, as they publish it: who is paused or unsubscribed, and who is not."""

from __future__ import annotations

from typing import Any

import pytest

from tracker.recipients.notices import Notice, read_notices

BREVO: dict[str, Any] = {
    "event": "hard_bounce", "email": "lea@exemple.fr", "id": 26224, "date": "2026-11-16 08:00:12", "ts": 1794812412,
    "message-id": "<weekly.2026-W46.abc@exemple.fr>", "ts_event": 1794812412, "subject": "3 visiteurs",
    "X-Mailin-custom": "some_custom_header", "sending_ip": "192.0.2.10", "ts_epoch": 1794812412000,
    "template_id": 22, "tags": ["transac"], "reason": "550 5.1.1 mailbox unavailable",
}  # fmt: skip
POSTMARK: dict[str, Any] = {
    "RecordType": "Bounce", "MessageStream": "outbound", "ID": 42, "Type": "HardBounce", "TypeCode": 1,
    "Name": "Hard bounce", "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483", "ServerID": 23, "Tag": "",
    "Description": "The server was unable to deliver your message (ex: unknown user, mailbox not found).",
    "Details": "smtp;550 5.1.1 no such user", "Email": "lea@exemple.fr", "From": "stats@exemple.fr",
    "BouncedAt": "2026-11-16T08:00:12Z", "DumpAvailable": True, "Inactive": True, "CanActivate": True,
    "Subject": "3 visiteurs",
}  # fmt: skip
CHANGE: dict[str, Any] = {
    "RecordType": "SubscriptionChange", "MessageID": "883953f4", "ServerID": 23, "MessageStream": "outbound",
    "ChangedAt": "2026-11-16T08:00:12Z", "Recipient": "lea@exemple.fr", "Origin": "Recipient", "SuppressSending": True,
    "SuppressionReason": "ManualSuppression", "Tag": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("body", "what"),
    [
        pytest.param(BREVO, "bounce", id="brevo-hard-bounce"),
        pytest.param(BREVO | {"event": "invalid_email"}, "bounce", id="brevo-invalid"),
        pytest.param(BREVO | {"event": "spam"}, "complaint", id="brevo-spam"),
        pytest.param(BREVO | {"event": "unsubscribed"}, "unsubscribed", id="brevo-unsubscribed"),
        pytest.param([BREVO], "bounce", id="brevo-in-a-batch"),
        pytest.param(BREVO | {"event": "soft_bounce"}, None, id="brevo-soft-bounce"),
        pytest.param(BREVO | {"event": "deferred"}, None, id="brevo-deferred"),
        pytest.param(BREVO | {"event": "delivered"}, None, id="brevo-delivered"),
        pytest.param(POSTMARK, "bounce", id="postmark-hard-bounce"),
        pytest.param(POSTMARK | {"RecordType": "SpamComplaint", "Type": "SpamComplaint", "TypeCode": 512}, "complaint", id="postmark-spam"),
        pytest.param(POSTMARK | {"Type": "SoftBounce", "TypeCode": 4096}, None, id="postmark-soft-bounce"),
        pytest.param(POSTMARK | {"Type": "Transient", "TypeCode": 2}, None, id="postmark-transient"),
        pytest.param({"RecordType": "Delivery", "Recipient": "lea@exemple.fr"}, None, id="postmark-delivered"),
        pytest.param(CHANGE, "unsubscribed", id="postmark-unsubscribed"),
        pytest.param(CHANGE | {"SuppressionReason": "SpamComplaint"}, "complaint", id="postmark-suppressed-for-spam"),
        pytest.param(CHANGE | {"SuppressSending": False}, None, id="postmark-active-again"),
        *(pytest.param(body, None, id=f"nonsense-{number}") for number, body in enumerate([None, 1, "x", [], {}, [None, [1]], {"event": {"a": 1}}, BREVO | {"email": None}, {"TypeCode": 1, "Type": [1]}])),
    ],
)  # fmt: skip
def test_what_a_notice_means(body: Any, what: str | None) -> None:
    assert [(one.email, one.what) for one in read_notices(body)] == ([("lea@exemple.fr", what)] if what else [])


def test_a_notice_has_the_servers_words() -> None:
    assert list(read_notices([BREVO, POSTMARK])) == [
        Notice("lea@exemple.fr", "bounce", "550 5.1.1 mailbox unavailable"),
        Notice("lea@exemple.fr", "bounce", "Hard bounce smtp;550 5.1.1 no such user"),
    ]
