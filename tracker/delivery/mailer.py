"""Hands messages to the operator's mail server, one recipient at a time."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from ipaddress import ip_address
from time import monotonic
from urllib.parse import SplitResult, unquote, urlsplit

# For one step, a connection or an answer.
_STEP_SECONDS = 30
# For all of a message: a server that sends a byte now and then keeps within every step's time.
WHOLE_SECONDS = 120.0


class MailError(RuntimeError):
    """The message was not accepted; the reason is one line. Nothing was delivered."""


class MailServerAway(MailError):
    """The server cannot be spoken with at all, so that it need not be asked for the next message now."""


class MailUnconfirmed(RuntimeError):
    """The whole message went out and the server hung up before it answered: it may have been delivered, or not."""


class MailSettingsMissing(MailError):
    """There is no mail server or no sender in the settings."""


class _Deadline:
    """Ends a conversation that takes longer than it may: its socket is shut, and whatever waits on it fails."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ends_at = monotonic() + seconds
        self._timer: threading.Timer | None = None

    def connect(self, host: str, port: int) -> socket.socket:
        """A connection to the first of the host's IP addresses that answers in time. Raises OSError."""
        problem: OSError = TimeoutError("it has no IP address")
        for *_, where in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            left = self._ends_at - monotonic()
            if left <= 0:
                break
            try:
                connection = socket.create_connection((str(where[0]), port), timeout=min(_STEP_SECONDS, left))
            except OSError as refused:
                problem = refused
                continue
            self._watch(connection)
            return connection
        raise problem

    def _watch(self, connection: socket.socket) -> None:
        # A duplicate: TLS takes the socket's own descriptor over.
        watched = connection.dup()

        def shut() -> None:
            with suppress(OSError):
                watched.shutdown(socket.SHUT_RDWR)

        self._watched = watched
        self._timer = threading.Timer(max(0.0, self._ends_at - monotonic()), shut)
        self._timer.daemon = True
        self._timer.start()

    def over(self) -> str | None:
        """Why the conversation was ended, if it was."""
        return f"it took longer than {self._seconds:g} s" if monotonic() >= self._ends_at else None

    def close(self) -> None:
        """Ends the watch."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()
            self._watched.close()


class _Watched(smtplib.SMTP):
    """A conversation under a deadline."""

    def __init__(self, host: str, port: int, deadline: _Deadline) -> None:
        self._deadline = deadline
        super().__init__(host, port, timeout=_STEP_SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = self._deadline.connect(host, port)
        connection.settimeout(timeout)
        return connection


class _WatchedTls(smtplib.SMTP_SSL, _Watched):
    """The same with TLS from the start, its handshake under the deadline too."""

    def __init__(self, host: str, port: int, deadline: _Deadline) -> None:
        self._deadline = deadline
        smtplib.SMTP_SSL.__init__(self, host, port, timeout=_STEP_SECONDS, context=_tls(host))


class Mailer:
    """Sends over one SMTP URL: `smtp://` takes STARTTLS where it is offered, `smtps://` is TLS from the start."""

    def __init__(self, url: str, sender: str, *, seconds: float = WHOLE_SECONDS) -> None:
        """`seconds` is how long a message may take from the connection to the last answer."""
        self._url = url
        self.sender = sender
        self._seconds = seconds

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
        deadline = _Deadline(self._seconds)
        try:
            self._send(message, about_to_send, deadline)
        finally:
            deadline.close()

    def _send(self, message: EmailMessage, about_to_send: Callable[[], None], deadline: _Deadline) -> None:
        try:
            server = self._connect(deadline)
        except (OSError, smtplib.SMTPException) as problem:
            raise MailServerAway(
                f"the mail server is not reached: {deadline.over() or _one_line(problem)}"
            ) from problem
        try:
            _hand_over(server, message, about_to_send, deadline)
        except (OSError, smtplib.SMTPException) as problem:
            if over := deadline.over():
                raise MailServerAway(f"the mail server did not take the message: {over}") from problem
            raise MailError(_one_line(problem)) from problem
        finally:
            # The message is accepted or refused by now; a server that hangs up without a goodbye changes nothing.
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _connect(self, deadline: _Deadline) -> smtplib.SMTP:
        parts = urlsplit(self._url)
        host = parts.hostname or ""
        server: smtplib.SMTP
        if parts.scheme == "smtps":
            server = _WatchedTls(host, parts.port or 465, deadline)
        else:
            server = _Watched(host, parts.port or 25, deadline)
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


def _hand_over(
    server: smtplib.SMTP, message: EmailMessage, about_to_send: Callable[[], None], deadline: _Deadline
) -> None:
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
        if over := deadline.over():  # what was cut off may look like an answer: smtplib takes a line without its end
            raise smtplib.SMTPServerDisconnected(over)
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
