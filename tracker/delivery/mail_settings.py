"""The mailer as the settings have it."""

from __future__ import annotations

from tracker.delivery.dkim_key import DkimError, read_key
from tracker.delivery.mailer import WHOLE_SECONDS, Mailer, MailError, Sign, unsigned
from tracker.settings import Settings


def mailer_of(settings: Settings, *, seconds: float = WHOLE_SECONDS) -> Mailer:
    """Returns what sends over the operator's mail server, signed where there is a key (DKIM).

    `seconds` is how long one message may take.
    """
    return Mailer(settings.smtp_url, settings.mail_from, seconds=seconds, sign=_sign(settings))


def _sign(settings: Settings) -> Sign:
    if not settings.mail_from:
        return unsigned
    try:
        key = read_key(settings.data, settings.mail_from)
    except DkimError as problem:
        words = str(problem)

        def refuse(_content: bytes) -> bytes:
            raise MailError(words)

        return refuse
    if key is None:
        return unsigned

    def sign(content: bytes) -> bytes:
        try:
            return key.sign(content)
        except DkimError as problem:
            raise MailError(str(problem)) from problem

    return sign
