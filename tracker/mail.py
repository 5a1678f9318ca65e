"""Hands messages to the operator's mail server, one recipient at a time."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

_TIMEOUT_SECONDS = 30


class MailError(RuntimeError):
    """The message was not accepted; the reason is one line. Nothing was delivered."""


class MailUnconfirmed(RuntimeError):
    """The whole message went out and the server hung up before it answered: it may have been delivered, or not."""


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
        """Delivers to the message's one recipient. Raises MailError, or MailUnconfirmed when nobody can tell.

        `about_to_send` is called when the server has taken sender and recipient, just before the message goes out.
        """
        self.check()
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException) as problem:
            raise MailError(f"the mail server is not reached: {_one_line(problem)}") from problem
        try:
            _hand_over(server, message, about_to_send)
        except (OSError, smtplib.SMTPException) as problem:
            raise MailError(_one_line(problem)) from problem
        finally:
            # The message is accepted or refused by now; a server that hangs up without a goodbye changes nothing.
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _connect(self) -> smtplib.SMTP:
        parts = urlsplit(self._url)
        host = parts.hostname or ""
        server: smtplib.SMTP
        if parts.scheme == "smtps":
            server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=_TIMEOUT_SECONDS, context=_tls(host))
        else:
            server = smtplib.SMTP(host, parts.port or 25, timeout=_TIMEOUT_SECONDS)
        try:
            _let_in(server, parts)
        except BaseException:
            server.close()
            raise
        return server


def _let_in(server: smtplib.SMTP, parts: SplitResult) -> None:
    """Greets, takes TLS where it is offered and signs in; a password never leaves the machine in the clear."""
    host = parts.hostname or ""
    server.ehlo()
    secure = parts.scheme == "smtps"
    if not secure and server.has_extn("starttls"):
        server.starttls(context=_tls(host))
        server.ehlo()
        secure = True
    if not parts.username:
        return
    if not secure and not _is_here(host):
        raise smtplib.SMTPException("it offers no TLS, so the password is not sent; use smtps:// or a server that does")
    server.login(unquote(parts.username), unquote(parts.password or ""))


def _tls(host: str) -> ssl.SSLContext:
    """Certificates are checked, but for a server on this machine: its certificate is mostly its own."""
    context = ssl.create_default_context()
    if _is_here(host):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _hand_over(server: smtplib.SMTP, message: EmailMessage, about_to_send: Callable[[], None]) -> None:
    """MAIL, RCPT and DATA one by one, so that it is known on which side of the message's last line a failure lies."""
    (recipient,) = [one.addr_spec for one in message["To"].addresses]
    (sender,) = [one.addr_spec for one in message["From"].addresses]
    international = not (recipient.isascii() and sender.isascii())
    if international and not server.has_extn("smtputf8"):
        raise smtplib.SMTPException("the mail server takes no address with accents")
    _said_yes(server.mail(sender, ["SMTPUTF8"] if international else []))
    _said_yes(server.rcpt(recipient))
    _said_yes(server.docmd("DATA"))
    about_to_send()
    content = message.as_bytes(policy=SMTP.clone(utf8=international, cte_type="7bit"))
    dotted = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in content.split(b"\r\n"))
    server.send(dotted if dotted.endswith(b"\r\n") else dotted + b"\r\n")
    try:
        server.send(b".\r\n")
        answer = server.getreply()
    except (OSError, smtplib.SMTPException) as problem:
        raise MailUnconfirmed(
            f"the mail server took the message and hung up without an answer: {_one_line(problem)}"
        ) from problem
    _said_yes(answer)


def _said_yes(answer: tuple[int, bytes]) -> None:
    code, said = answer
    if not 200 <= code < 400:
        raise smtplib.SMTPResponseException(code, said)


def _one_line(problem: BaseException) -> str:
    if isinstance(problem, smtplib.SMTPResponseException):
        said: bytes | str = problem.smtp_error
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        return f"{problem.smtp_code} {' '.join(text.split())}"
    return " ".join(str(problem).split()) or type(problem).__name__
