"""One conversation with a mail server under a deadline: connect, TLS, sign in, and hand messages over one by one.

It knows on which side of a message's last line a failure lies, and whether a refusal is for good and for whom.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from ipaddress import ip_address
from time import monotonic
from urllib.parse import SplitResult, unquote, urlsplit

from tracker.delivery.header_lines import as_sent
from tracker.recipients.ascii_email import ascii_email

# For one step, a connection or an answer.
_STEP_SECONDS = 30
# RFC 3463: what an enhanced status code is about. A bad mailbox or destination is the recipient's matter; a policy, a
# network or a protocol is not.
_ENHANCED = re.compile(r"[245]\.(\d{1,3})\.(\d{1,3})\b")
_OF_SENDER = {"1.7", "1.8"}
# The server refuses to take mail from this sender or client, whoever it is for.
_OF_CLIENT = re.compile(r"relay|authenti|not (?:allowed|permitted)|sender|blocked using|spamhaus", re.IGNORECASE)
_SIGN_IN_FIRST = {530, 534, 535, 538}


class Refused(smtplib.SMTPResponseException):
    """The server's no. `is_for_good` is a 5xx; `is_of_recipient` whether it means the recipient and not everybody."""

    def __init__(self, code: int, said: bytes, step: str) -> None:
        super().__init__(code, said)
        text = said.decode("utf-8", "replace")
        self.is_for_good = 500 <= code < 600 and code not in _SIGN_IN_FIRST and step != "MAIL"
        subject = match[1] if (match := _ENHANCED.match(text)) else None
        detail = f"{match[1]}.{match[2]}" if match else None
        of_recipient = subject in ("1", "2") if step == "DATA" else subject in (None, "1", "2", "4", "7")
        self.is_of_recipient = (
            self.is_for_good and of_recipient and detail not in _OF_SENDER and not _OF_CLIENT.search(text)
        )


class Unanswered(Exception):
    """The whole message went out and no answer came: it may have been delivered, or not."""


class Deadline:
    """Ends a conversation that takes longer than it may: its socket is shut, and whatever waits on it fails."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ends_at = monotonic() + seconds
        self._timer: threading.Timer | None = None
        self._watched: socket.socket | None = None

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
            # A duplicate: TLS takes the socket's own descriptor over.
            self._watched = connection.dup()
            self._watch()
            return connection
        raise problem

    def restart(self) -> None:
        """Gives the next message the whole time."""
        self._stop_watch()
        self._ends_at = monotonic() + self._seconds
        self._watch()

    def over(self) -> str | None:
        """Why the conversation was ended, if it was."""
        return f"it took longer than {self._seconds:g} s" if monotonic() >= self._ends_at else None

    def pause(self) -> None:
        """Ends the watch until `restart`."""
        self._stop_watch()

    def close(self) -> None:
        self._stop_watch()
        if self._watched is not None:
            self._watched.close()
            self._watched = None

    def _watch(self) -> None:
        watched = self._watched
        if watched is None:
            return

        def shut() -> None:
            with suppress(OSError):
                watched.shutdown(socket.SHUT_RDWR)

        self._timer = threading.Timer(max(0.0, self._ends_at - monotonic()), shut)
        self._timer.daemon = True
        self._timer.start()

    def _stop_watch(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()
            self._timer = None


class _Watched(smtplib.SMTP):
    """A conversation under a deadline."""

    def __init__(self, host: str, port: int, deadline: Deadline) -> None:
        self._deadline = deadline
        super().__init__(host, port, timeout=_STEP_SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = self._deadline.connect(host, port)
        connection.settimeout(timeout)
        return connection


class _WatchedTls(smtplib.SMTP_SSL, _Watched):
    """The same with TLS from the start, its handshake under the deadline too."""

    def __init__(self, host: str, port: int, deadline: Deadline) -> None:
        self._deadline = deadline
        smtplib.SMTP_SSL.__init__(self, host, port, timeout=_STEP_SECONDS, context=_tls(host))


def connect(url: str, deadline: Deadline) -> smtplib.SMTP:
    """Connects to an SMTP URL and signs in. Raises OSError, SMTPException."""
    parts = urlsplit(url)
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


def hand_over(
    server: smtplib.SMTP,
    message: EmailMessage,
    *,
    about_to_send: Callable[[], None],
    deadline: Deadline,
    sign: Callable[[bytes], bytes],
) -> None:
    """MAIL, RCPT and DATA one by one. Raises Refused, OSError, SMTPException: nothing was delivered; or Unanswered."""
    recipient, sender = _only(message, "To"), _only(message, "From")
    international = not (recipient.isascii() and sender.isascii())
    if international and not server.has_extn("smtputf8"):
        raise smtplib.SMTPException("the mail server takes no address with accents")
    _said_yes(server.mail(sender, ["SMTPUTF8"] if international else []), "MAIL")
    _said_yes(server.rcpt(recipient), "RCPT")
    content = sign(as_sent(message, international=international))
    dotted = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in content.split(b"\r\n"))
    _said_yes(server.docmd("DATA"), "DATA")
    about_to_send()
    server.send(dotted if dotted.endswith(b"\r\n") else dotted + b"\r\n")
    try:
        server.send(b".\r\n")
        answer = server.getreply()
        if over := deadline.over():  # what was cut off may look like an answer: smtplib takes a line without its end
            raise smtplib.SMTPServerDisconnected(over)
    except (OSError, smtplib.SMTPException) as problem:
        raise Unanswered(one_line(problem)) from problem
    _said_yes(answer, "DATA")


def one_line(problem: BaseException) -> str:
    """What went wrong as one line; of a server's no, its code and words."""
    if isinstance(problem, smtplib.SMTPResponseException):
        said: bytes | str = problem.smtp_error
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        return f"{problem.smtp_code} {' '.join(text.split())}"
    return " ".join(str(problem).split()) or type(problem).__name__


def _only(message: EmailMessage, header: str) -> str:
    """The header's one email address, its domain in ASCII, there as well as on the envelope."""
    (found,) = message[header].addresses
    plain = ascii_email(found.addr_spec)
    if plain != found.addr_spec:
        name = found.display_name
        del message[header]
        message[header] = Address(name, addr_spec=plain)
    return plain


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


def _said_yes(answer: tuple[int, bytes], step: str) -> None:
    code, said = answer
    if not 200 <= code < 400:
        raise Refused(code, said, step)
