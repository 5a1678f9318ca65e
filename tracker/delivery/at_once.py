"""Messages that somebody waits for, such as an invitation: sent at once, and what went wrong is told, not raised."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

from tracker.delivery.mail_settings import mailer_of
from tracker.delivery.mailer import MailError, MailUnconfirmed
from tracker.settings import Settings

# Someone looks at an empty page meanwhile.
_SECONDS = 15.0


def sender_at_once(settings: Settings) -> Callable[[EmailMessage], str | None]:
    """What sends one message; it returns why it was not sent, or None."""
    mailer = mailer_of(settings, seconds=_SECONDS)

    def send(message: EmailMessage) -> str | None:
        try:
            mailer.send(message)
        except (MailError, MailUnconfirmed) as problem:
            return str(problem)
        return None

    return send
