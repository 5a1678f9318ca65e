"""The signed links in a recipient's emails: they need no sign-in, and whoever does not have the key cannot make one.

A link belongs to one entry of the list of recipients. It works as long as the entry is there, and never for a later one
of the same email. It holds no secret of the database: number and signature, in letters that no email program breaks.
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64encode
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from sqlalchemy.orm import joinedload

from tracker.data_folder.secret_key import links_key
from tracker.db.engine import AppDatabase
from tracker.db.models import ReportRecipient

_SHAPE = re.compile(r"([1-9][0-9]{0,14})-([A-Za-z0-9_-]{24})", re.ASCII)
_SIGNATURE_BYTES = 18


class Purpose(StrEnum):
    """What a link is for; one for another purpose does not do."""

    CHOOSE = "choose"  # unsubscribe and preferences
    CONFIRM = "confirm"


def token_of(folder: Path, recipient: ReportRecipient, purpose: Purpose) -> str:
    """Returns the part of a link's path that says whose it is."""
    return f"{recipient.id}-{_signature(folder, recipient, purpose)}"


def find_recipient(database: AppDatabase, folder: Path, token: str, purpose: Purpose) -> ReportRecipient | None:
    """Returns whose link it is, with the site; None for one that was forged, or whose entry was removed."""
    match = _SHAPE.fullmatch(token)
    if match is None:
        return None
    with database.transaction() as session:
        found = session.get(ReportRecipient, int(match[1]), options=[joinedload(ReportRecipient.site)])
    if found is None or not hmac.compare_digest(_signature(folder, found, purpose), match[2]):
        return None
    return found


def secret_of_notices(folder: Path) -> str:
    """Returns the secret in the URL at which an email provider reports bounces and complaints."""
    return _signed(folder, b"notices")


def _signature(folder: Path, recipient: ReportRecipient, purpose: Purpose) -> str:
    # A number may be given again after its entry was removed; the moment of its making may not.
    said = f"{purpose}\0{recipient.id}\0{recipient.email}\0{recipient.created_at.timestamp():.6f}"
    return _signed(folder, said.encode())


def _signed(folder: Path, said: bytes) -> str:
    digest = hmac.new(links_key(folder), said, sha256).digest()[:_SIGNATURE_BYTES]
    return urlsafe_b64encode(digest).decode()
