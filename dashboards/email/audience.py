"""Whom one copy of a report is for: its language, and the links with which its recipient unsubscribes and chooses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tracker.db.models import ReportRecipient, Site
from tracker.recipients.links import Purpose, token_of


@dataclass(frozen=True)
class Audience:
    """Without links it is a copy for somebody who is not a recipient, such as a preview."""

    language: str
    preferences_url: str = ""
    unsubscribe_url: str = ""


def audience_of(recipient: ReportRecipient, site: Site, *, base_url: str, folder: Path) -> Audience:
    """Returns a recipient's language and links. `folder` holds the key that signs them."""
    choose = f"{base_url}/email/{token_of(folder, recipient, Purpose.CHOOSE)}"
    return Audience(recipient.language or site.language, choose, f"{choose}/unsubscribe")


def confirmation_url(recipient: ReportRecipient, *, base_url: str, folder: Path) -> str:
    """Returns the link with which somebody says that they want the reports."""
    return f"{base_url}/email/{token_of(folder, recipient, Purpose.CONFIRM)}/confirm"
