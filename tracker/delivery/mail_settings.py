"""The mailer as the settings have it."""

from __future__ import annotations

from tracker.delivery.mailer import WHOLE_SECONDS, Mailer
from tracker.settings import Settings


def mailer_of(settings: Settings, *, seconds: float = WHOLE_SECONDS) -> Mailer:
    """Returns what sends over the operator's mail server; `seconds` is how long one message may take."""
    return Mailer(settings.smtp_url, settings.mail_from, seconds=seconds)
