"""Hands messages to the operator's mail server, one recipient at a time."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

_TIMEOUT_SECONDS = 30


class MailError(RuntimeError):
    """The message was not accepted; the reason is one line. Nothing was delivered."""


class MailSettingsMissing(MailError):
    """There is no mail server or no sender in the settings."""


class Mailer:
    """Sends over one SMTP URL: `smtp://` takes STARTTLS where it is offered, `smtps://` is TLS from the start."""

    def __init__(self, url: str, sender: str) -> None:
        self._url = url
        self.sender = sender

    def check(self) -> None:
        """Raises MailSettingsMissing when nothing can be sent at all."""
        if not self._url:
            raise MailSettingsMissing(
                "no mail server: set WEBLEADS_SMTP_URL, such as smtp://user:password@mail.example.fr:587"
            )
        if not self.sender:
            raise MailSettingsMissing("no sender: set WEBLEADS_MAIL_FROM, such as 'Webleads <stats@example.fr>'")

    def send(self, message: EmailMessage, *, about_to_send: Callable[[], None] = lambda: None) -> None:
        """Delivers to the message's one recipient. Raises MailError.

        `about_to_send` is called once the server is there and has let us in, just before the message goes out.
        """
        self.check()
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException, ssl.SSLError) as problem:
            raise MailError(f"the mail server is not reached: {_one_line(problem)}") from problem
        try:
            about_to_send()
            server.send_message(message)
        except (OSError, smtplib.SMTPException) as problem:
            raise MailError(_one_line(problem)) from problem
        finally:
            # The message is accepted or refused by now; a server that hangs up without a goodbye changes nothing.
            with suppress(OSError, smtplib.SMTPException):
                server.quit()

    def _connect(self) -> smtplib.SMTP:
        parts = urlsplit(self._url)
        host = parts.hostname or ""
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, parts.port or 465, timeout=_TIMEOUT_SECONDS, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(host, parts.port or 25, timeout=_TIMEOUT_SECONDS)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        return server


def _one_line(problem: BaseException) -> str:
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(problem.recipients.values()))
        return f"{code} {text.decode('utf-8', 'replace')}"
    if isinstance(problem, smtplib.SMTPResponseException):
        said: bytes | str = problem.smtp_error
        return f"{problem.smtp_code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"
    return " ".join(str(problem).split()) or type(problem).__name__
