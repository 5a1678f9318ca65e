"""What email providers report of recipients: bounces, complaints, unsubscriptions.

Sources: Brevo's transactional webhooks (https://developers.brevo.com/docs/transactional-webhooks) and Postmark's bounce,
spam complaint and subscription change webhooks (https://postmarkapp.com/developer/webhooks/webhooks-overview). One
address takes both, since each names its events in a field of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import select

from tracker.db.engine import AppDatabase
from tracker.db.models import ReportRecipient
from tracker.recipients.ascii_email import spellings
from tracker.recipients.subscriptions import pause, unsubscribe

BOUNCE, COMPLAINT, UNSUBSCRIBED = "bounce", "complaint", "unsubscribed"
# A temporary refusal (soft_bounce, deferred; SoftBounce, Transient) is the provider's to try again.
_BREVO = MappingProxyType(
    {
        "hard_bounce": BOUNCE, "hardbounce": BOUNCE, "invalid_email": BOUNCE, "blocked": BOUNCE,
        "spam": COMPLAINT, "complaint": COMPLAINT, "unsubscribed": UNSUBSCRIBED, "unsubscribe": UNSUBSCRIBED,
    }
)  # fmt: skip
_POSTMARK = MappingProxyType(
    {
        "HardBounce": BOUNCE, "BadEmailAddress": BOUNCE, "ManuallyDeactivated": BOUNCE, "Blocked": BOUNCE,
        "SpamComplaint": COMPLAINT, "SpamNotification": COMPLAINT, "Unsubscribe": UNSUBSCRIBED,
    }
)  # fmt: skip
_SUPPRESSED = MappingProxyType(
    {"HardBounce": BOUNCE, "SpamComplaint": COMPLAINT, "ManualSuppression": UNSUBSCRIBED}
)  # fmt: skip


@dataclass(frozen=True)
class Notice:
    """What happened to one email address, with the provider's words."""

    email: str
    what: str
    detail: str


def read_notices(body: Any) -> Iterator[Notice]:
    """Returns the notices in a provider's JSON, one or a list of them; events that change nothing are left out."""
    for one in body if isinstance(body, list) else [body]:
        if isinstance(one, Mapping) and (found := _brevo(one) or _postmark(one)) and "@" in found.email:
            yield found


def heed(database: AppDatabase, notice: Notice, *, now: datetime) -> int:
    """Pauses or unsubscribes whom a notice is about. Returns how many entries that concerned."""
    emails = spellings(notice.email)
    if notice.what != UNSUBSCRIBED:
        return sum(pause(database, email, notice.what, notice.detail, now=now) for email in emails)
    with database.transaction() as session:
        numbers = session.scalars(select(ReportRecipient.id).where(ReportRecipient.email.in_(emails))).all()
    for number in numbers:
        unsubscribe(database, number, now=now)
    return len(numbers)


def _brevo(said: Mapping[str, Any]) -> Notice | None:
    what = _BREVO.get(str(said.get("event", "")).lower())
    return Notice(str(said.get("email", "")), what, str(said.get("reason") or said["event"])) if what else None


def _postmark(said: Mapping[str, Any]) -> Notice | None:
    record = said.get("RecordType") or ("Bounce" if "TypeCode" in said else None)
    if record in ("Bounce", "SpamComplaint"):
        kind = str(said.get("Type") or record)
        what = COMPLAINT if record == "SpamComplaint" else _POSTMARK.get(kind)
        detail = " ".join(str(said[name]) for name in ("Name", "Details") if said.get(name)) or kind
        return Notice(str(said.get("Email", "")), what, detail) if what else None
    if record == "SubscriptionChange" and said.get("SuppressSending") is True:
        reason = str(said.get("SuppressionReason", ""))
        what = _SUPPRESSED.get(reason)
        return Notice(str(said.get("Recipient", "")), what, reason) if what else None
    return None
