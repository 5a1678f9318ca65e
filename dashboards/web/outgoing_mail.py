"""Emails that pages send: while somebody waits for the outcome, or in the background so that the answer tells nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from email.message import EmailMessage
from queue import Full, Queue
from threading import Lock, Thread

from tracker.service.context import Context

log = logging.getLogger(__name__)

# Sends one message; returns why it was not sent, or None.
SendEmail = Callable[[EmailMessage], str | None]
_MOST_WAITING = 100


def no_mail(_message: EmailMessage) -> str | None:
    """Where the application has no way to send."""
    return "no mail server"


class OutgoingMail:
    """Safe to use from several threads. Its own thread starts with the first message for the background."""

    def __init__(self, context: Context, send: SendEmail) -> None:
        self._settings = context.settings
        self._send = send
        self._waiting: Queue[Callable[[], EmailMessage | None]] = Queue(_MOST_WAITING)
        self._lock = Lock()
        self._thread: Thread | None = None

    @property
    def is_set_up(self) -> bool:
        """Whether the settings name a mail server and a sender."""
        return bool(self._settings.smtp_url and self._settings.mail_from)

    @property
    def sender(self) -> str:
        """The From of each message, as the settings have it."""
        return self._settings.mail_from

    def send(self, message: EmailMessage) -> str | None:
        """Sends now; returns why it was not sent, or None."""
        return self._send(message)

    def send_later(self, make: Callable[[], EmailMessage | None]) -> None:
        """Has the message made and sent in the background, if there is one; when too many wait, it is left out."""
        try:
            self._waiting.put_nowait(make)
        except Full:
            log.warning("an email is not sent: %s wait for the mail server", _MOST_WAITING)
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._work, name="outgoing mail", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while True:
            make = self._waiting.get()
            try:
                message = make()
                if message is not None and (problem := self._send(message)):
                    log.warning("an email to %s was not sent: %s", message["To"], problem)
            except Exception:
                log.exception("an email could not be made")
            finally:
                self._waiting.task_done()
