"""A real SMTP server on loopback, which does what a test asks of it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from tests.running_service import free_port


class Mailbox:
    """Takes every message but to those whom it refuses; hangs up at `hang_up` for those of `hang_up_on`."""

    def __init__(self) -> None:
        self.envelopes: list[Any] = []
        self.refused: set[str] = set()
        self.greylisted: set[str] = set()  # told to come back, once
        self.told_to_come_back: list[str] = []
        self.cut: str | None = None  # whose message is cut off, by a server that can
        self.hang_up: str | None = None
        self.answers: dict[str, str] = {}  # to MAIL, RCPT or DATA, instead of yes
        self.connections = 0
        self._transports: list[Any] = []
        self.logins: list[tuple[str, str]] = []
        self.url = ""

    @property
    def recipients(self) -> list[str]:
        return [one for envelope in self.envelopes for one in envelope.rcpt_tos]

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(one.original_content, policy=default) for one in self.envelopes]  # type: ignore[misc]

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        self._transports.append(server.transport)
        return responses

    def end_connections(self) -> None:
        """Hangs up on everybody, as a server does on whoever has been idle."""
        for transport in self._transports:
            transport.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        self._transports.clear()

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.refused:
            return "550 5.1.1 No such user here"
        if address in self.greylisted:
            self.greylisted.discard(address)
            self.told_to_come_back.append(address)
            return "451 4.7.1 Greylisted, try again later"
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        if self.hang_up == "rcpt":
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.envelopes.append(envelope)
        if self.hang_up == "answer":
            server.transport.abort()
        return "250 OK"

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == b"p@ss word", handled=False)


@contextmanager
def mail_server(*, smtp: type[SMTP] = SMTP, **options: Any) -> Iterator[Mailbox]:
    """Starts a server on a free port of this machine; `smtp` is what speaks with clients."""
    mailbox = Mailbox()
    conversations: set[SMTP] = set()

    class Conversation(smtp):  # type: ignore[misc,valid-type]
        def connection_made(self, transport: Any) -> None:
            conversations.add(self)
            super().connection_made(transport)

        def connection_lost(self, error: Exception | None) -> None:
            conversations.discard(self)
            super().connection_lost(error)

    class Speaking(Controller):
        def factory(self) -> SMTP:
            return Conversation(self.handler, **self.SMTP_kwargs)

    def hang_up() -> None:
        """On those who are still sending in the background when a test ends."""
        controller.server.close()
        for one in conversations:
            one.transport.abort()

    controller = Speaking(
        mailbox,
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=mailbox.authenticate,
        auth_require_tls=False,
        enable_SMTPUTF8=True,
        **options,
    )
    controller.start()
    try:
        mailbox.url = f"smtp://127.0.0.1:{controller.port}"
        yield mailbox
    finally:
        controller.loop.call_soon_threadsafe(hang_up)
        controller.stop()
