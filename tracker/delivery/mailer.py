"""Hands messages to the operator's mail server, one recipient at a time, over connections that are kept for a while."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from typing import Self

from tracker.delivery.conversation import Deadline, Refused, Unanswered, connect, hand_over, one_line

# For all of a message: a server that sends a byte now and then keeps within every step's time.
WHOLE_SECONDS = 120.0
# Servers end a connection that brings very many, so it is ended before.
_MOST_A_CONNECTION = 50

Sign = Callable[[bytes], bytes]


class MailError(RuntimeError):
    """The message was not accepted; the reason is one line. Nothing was delivered."""


class MailServerAway(MailError):
    """The server cannot be spoken with at all, so that it need not be asked for the next message now."""


class MailRefused(MailError):
    """The server said no for good; `is_of_recipient` whether it does not take mail for this email address."""

    def __init__(self, words: str, *, is_of_recipient: bool) -> None:
        super().__init__(words)
        self.is_of_recipient = is_of_recipient


class MailUnconfirmed(RuntimeError):
    """The whole message went out and the server hung up before it answered: it may have been delivered, or not."""


class MailSettingsMissing(MailError):
    """There is no mail server or no sender in the settings."""


def unsigned(content: bytes) -> bytes:
    """Where there is no key, or a relay signs."""
    return content


class Mailer:
    """Sends over one SMTP URL: `smtp://` takes STARTTLS where it is offered, `smtps://` is TLS from the start."""

    def __init__(self, url: str, sender: str, *, seconds: float = WHOLE_SECONDS, sign: Sign = unsigned) -> None:
        """`seconds` is how long a message may take from the connection to the last answer. `sign` adds a signature."""
        self._url = url
        self.sender = sender
        self._seconds = seconds
        self._sign = sign

    def check(self) -> None:
        """Raises MailSettingsMissing when nothing can be sent at all."""
        if not self._url:
            raise MailSettingsMissing(
                "no mail server: set WEBLEADS_SMTP_URL, such as smtp://user:password@mail.example.fr:587"
            )
        if not self.sender:
            raise MailSettingsMissing("no sender: set WEBLEADS_MAIL_FROM, such as 'Webleads <stats@example.fr>'")

    def send(self, message: EmailMessage, *, about_to_send: Callable[[], None] = lambda: None) -> None:
        """Delivers one message over a connection of its own, as `MailConnection.send` does."""
        with self.connection() as connection:
            connection.send(message, about_to_send=about_to_send)

    def connection(self) -> MailConnection:
        """A connection for several messages. It is made with the first."""
        self.check()
        return MailConnection(self._url, self._seconds, self._sign)


class MailConnection:
    """Takes one message after the other; not to be shared by threads. A lost connection is made again."""

    def __init__(self, url: str, seconds: float, sign: Sign) -> None:
        self._url = url
        self._seconds = seconds
        self._sign = sign
        self._server: smtplib.SMTP | None = None
        self._deadline: Deadline | None = None
        self._taken = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, message: EmailMessage, *, about_to_send: Callable[[], None] = lambda: None) -> None:
        """Delivers to the message's one recipient. Raises MailError, or MailUnconfirmed when nobody can tell.

        `about_to_send` is called when the server has taken sender and recipient, just before the message goes out.
        """
        if self._taken >= _MOST_A_CONNECTION:
            self.close()
        was_open = self._server is not None
        begun = False

        def begin() -> None:
            nonlocal begun
            about_to_send()
            begun = True

        try:
            self._deliver(message, begin)
        except _ConnectionLost as lost:
            if begun or not was_open:
                raise MailError(str(lost)) from lost
            # The server had ended the connection since the last message, and heard nothing of this one.
            self._deliver_again(message, begin)

    def close(self) -> None:
        server, deadline = self._server, self._deadline
        self._server = self._deadline = None
        self._taken = 0
        if server is not None:
            # The messages are accepted or refused by now; a server that hangs up without a goodbye changes nothing.
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()
        if deadline is not None:
            deadline.close()

    def _deliver_again(self, message: EmailMessage, begin: Callable[[], None]) -> None:
        try:
            self._deliver(message, begin)
        except _ConnectionLost as lost:
            raise MailError(str(lost)) from lost

    def _deliver(self, message: EmailMessage, begin: Callable[[], None]) -> None:
        server, deadline = self._opened()
        try:
            hand_over(server, message, about_to_send=begin, deadline=deadline, sign=self._sign)
        except Refused as refused:
            self._after_refusal(server, deadline)
            words = one_line(refused)
            if refused.is_for_good:
                raise MailRefused(words, is_of_recipient=refused.is_of_recipient) from refused
            raise MailError(words) from refused
        except Unanswered as problem:
            self._drop()
            raise MailUnconfirmed(
                f"the mail server took the message and hung up without an answer: {problem}"
            ) from problem
        except (smtplib.SMTPServerDisconnected, OSError) as problem:
            over = deadline.over()
            self._drop()
            if over:
                raise MailServerAway(f"the mail server did not take the message: {over}") from problem
            raise _ConnectionLost(one_line(problem)) from problem
        except smtplib.SMTPException as problem:
            self._drop()
            raise MailError(one_line(problem)) from problem
        except BaseException:
            self._drop()  # a message may be half said
            raise
        self._taken += 1
        deadline.pause()

    def _opened(self) -> tuple[smtplib.SMTP, Deadline]:
        if self._server is not None and self._deadline is not None:
            self._deadline.restart()
            return self._server, self._deadline
        deadline = Deadline(self._seconds)
        try:
            self._server = connect(self._url, deadline)
        except (OSError, smtplib.SMTPException) as problem:
            over = deadline.over()
            deadline.close()
            raise MailServerAway(f"the mail server is not reached: {over or one_line(problem)}") from problem
        self._deadline = deadline
        return self._server, deadline

    def _after_refusal(self, server: smtplib.SMTP, deadline: Deadline) -> None:
        """Makes the connection ready for the next message, or ends it where the server does not play along."""
        try:
            code, _ = server.rset()
        except (OSError, smtplib.SMTPException):
            code = 421
        if code != 250:
            self._drop()
        else:
            deadline.pause()

    def _drop(self) -> None:
        """Ends the connection without a word."""
        if self._server is not None:
            self._server.close()
        if self._deadline is not None:
            self._deadline.close()
        self._server = self._deadline = None
        self._taken = 0


class _ConnectionLost(Exception):
    """The server hung up before it had the whole message."""
