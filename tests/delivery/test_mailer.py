"""Handing a message to a real server on this machine: accepted, refused, hung up on, and what is never certain."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from tests.mail_server import Mailbox, mail_server
from tests.running_service import free_port
from tracker.delivery.mailer import Mailer, MailError, MailRefused, MailServerAway, MailSettingsMissing, MailUnconfirmed

SENDER = "Webleads <stats@exemple.fr>"


def message(to: str = "anna@exemple.fr", body: str = "Bonjour\n") -> EmailMessage:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = SENDER, to, "Vos lecteurs de la semaine : été"
    made.set_content(body)
    return made


@pytest.fixture
def server() -> Iterator[Mailbox]:
    with mail_server() as running:
        yield running


def test_a_message_arrives_as_it_was_written(server: Mailbox) -> None:
    Mailer(server.url, SENDER).send(message(body="Première ligne\n.une ligne à point\n.\nfin\n"))
    (arrived,) = server.messages
    assert server.envelopes[0].mail_from == "stats@exemple.fr"
    assert server.recipients == ["anna@exemple.fr"]
    assert arrived["Subject"] == "Vos lecteurs de la semaine : été"
    assert arrived.get_content().replace("\r\n", "\n") == "Première ligne\n.une ligne à point\n.\nfin\n"


def test_user_and_password_may_hold_any_sign(server: Mailbox) -> None:
    Mailer(server.url.replace("//", "//anna%40exemple.fr:p%40ss%20word@"), SENDER).send(message())
    assert server.logins == [("anna@exemple.fr", "p@ss word")]
    assert len(server.messages) == 1


def test_a_wrong_password_is_said(server: Mailbox) -> None:
    with pytest.raises(MailError, match="the mail server is not reached: 535"):
        Mailer(server.url.replace("//", "//anna:wrong@"), SENDER).send(message())
    assert server.messages == []


def test_a_refused_recipient_is_said_in_one_line(server: Mailbox) -> None:
    server.refused = {"anna@exemple.fr"}
    calls: list[str] = []
    with pytest.raises(MailError, match=r"^550 5\.1\.1 No such user here$"):
        Mailer(server.url, SENDER).send(message(), about_to_send=lambda: calls.append("now"))
    assert calls == []


def test_a_server_that_hangs_up_before_the_message_has_not_got_it(server: Mailbox) -> None:
    server.hang_up = "rcpt"
    with pytest.raises(MailError):
        Mailer(server.url, SENDER).send(message())
    assert server.messages == []


def test_a_server_that_hangs_up_instead_of_answering_may_have_got_it(server: Mailbox) -> None:
    server.hang_up = "answer"
    with pytest.raises(MailUnconfirmed, match="hung up without an answer"):
        Mailer(server.url, SENDER).send(message())
    assert len(server.messages) == 1


def test_no_server_is_said() -> None:
    with pytest.raises(MailError, match="the mail server is not reached"):
        Mailer(f"smtp://127.0.0.1:{free_port()}", SENDER).send(message())


def test_a_server_that_hangs_up_at_once_is_said() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        def hang_up() -> None:
            connection, _ = listening.accept()
            connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(MailError, match="the mail server is not reached"):
            Mailer(f"smtp://127.0.0.1:{listening.getsockname()[1]}", SENDER).send(message())
        thread.join()


@pytest.mark.parametrize(
    ("url", "sender", "variable"),
    [
        pytest.param("", SENDER, "WEBLEADS_SMTP_URL", id="no-server"),
        pytest.param("smtp://localhost", "", "WEBLEADS_MAIL_FROM", id="no-sender"),
    ],
)
def test_a_missing_setting_is_named(url: str, sender: str, variable: str) -> None:
    with pytest.raises(MailSettingsMissing, match=variable):
        Mailer(url, sender).check()


def test_starttls_is_taken_where_it_is_offered_also_with_the_servers_own_certificate(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=mail", "-keyout", key, "-out", certificate],
        capture_output=True,
        check=False,
    )  # fmt: skip
    if made.returncode:
        pytest.skip("no openssl to make a certificate with")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with mail_server(tls_context=context, require_starttls=True) as server:
        Mailer(server.url.replace("//", "//anna:p%40ss%20word@"), SENDER).send(message())
        assert len(server.messages) == 1
        assert server.logins == [("anna", "p@ss word")]


@contextmanager
def dripping_server(*, answers: list[bytes]) -> Iterator[int]:
    """Gives its answers at once and then one byte every tenth of a second, for ever; its port."""
    over = threading.Event()

    def talk(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            for answer in answers:
                connection.sendall(answer)
                if answer is not answers[-1]:
                    connection.recv(65_536)
            while not over.is_set():
                connection.sendall(b"2")
                time.sleep(0.1)

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        def serve() -> None:
            with suppress(OSError):
                connection, _ = listening.accept()
                talk(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            over.set()
            thread.join(10)


@pytest.mark.parametrize(
    ("scheme", "answers", "raised"),
    [
        pytest.param("smtp", [b""], MailServerAway, id="in-its-greeting"),
        pytest.param("smtps", [b"\x16\x03\x03\x3f\xff"], MailServerAway, id="in-the-handshake-of-tls"),
        pytest.param("smtp", [b"220 hello\r\n", b"250-"], MailServerAway, id="in-the-list-of-what-it-can"),
        pytest.param("smtp", [b"220 hello\r\n", b"250 hello\r\n", b"250 ok\r\n", b""], MailServerAway, id="at-the-recipient"),
        pytest.param(
            "smtp",
            [b"220 hello\r\n", b"250 hello\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n", b""],
            MailUnconfirmed,
            id="after-the-message",
        ),
    ],
)  # fmt: skip
def test_a_server_that_drips_is_left_after_the_whole_time(scheme: str, answers: list[bytes], raised: type) -> None:
    with dripping_server(answers=answers) as port, pytest.raises(raised, match=r"longer than 1 s$|hung up"):
        Mailer(f"{scheme}://127.0.0.1:{port}", SENDER, seconds=1).send(message())


def test_a_message_within_the_time_leaves_no_watch_behind(server: Mailbox) -> None:
    Mailer(server.url, SENDER, seconds=60).send(message())
    assert len(server.messages) == 1
    assert not [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]


def test_a_long_url_or_id_in_a_header_stays_in_one_piece(server: Mailbox) -> None:
    url = f"<https://stats.{'un-nom-vraiment-long-' * 3}.example.fr/email/123456-{'x' * 24}/unsubscribe>"
    made = message()
    made["List-Unsubscribe"] = url
    Mailer(server.url, SENDER).send(made)
    assert f"List-Unsubscribe: {url}\r\n".encode() in server.envelopes[0].original_content
    assert b"=?utf-8?b?" in server.envelopes[0].original_content


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        pytest.param("lea@société-générale.fr", "lea@xn--socit-gnrale-eebbcb.fr", id="accents"),
        pytest.param("lea@STRASSE-ß.de", "lea@xn--strasse--xya.de", id="a-letter-of-the-newer-standard"),
        pytest.param("lea@例え.jp", "lea@xn--r8jz45g.jp", id="another-script"),
        pytest.param("lea@exemple.fr", "lea@exemple.fr", id="plain"),
    ],
)
def test_a_recipients_domain_goes_out_in_its_ascii_form(server: Mailbox, typed: str, taken: str) -> None:
    Mailer(server.url, SENDER).send(message(to=typed))
    assert server.recipients == [taken]
    assert str(server.messages[0]["To"]) == taken


def test_messages_share_a_connection_until_the_server_ends_it(server: Mailbox) -> None:
    with Mailer(server.url, SENDER).connection() as connection:
        for number in range(3):
            connection.send(message(to=f"a{number}@exemple.fr"))
        server.refused = {"b@exemple.fr"}
        with pytest.raises(MailRefused):
            connection.send(message(to="b@exemple.fr"))
        connection.send(message(to="c@exemple.fr"))
        assert server.connections == 1
        server.end_connections()
        connection.send(message(to="d@exemple.fr"))
    assert server.recipients == [*(f"a{number}@exemple.fr" for number in range(3)), "c@exemple.fr", "d@exemple.fr"]
    assert server.connections == 2


@pytest.mark.parametrize(
    ("step", "answer", "is_for_good", "is_of_recipient"),
    [
        pytest.param("RCPT", "450 4.2.0 Greylisted, try again later", False, False, id="greylisted"),
        pytest.param("RCPT", "550 5.1.1 No such user here", True, True, id="no-such-user"),
        pytest.param("RCPT", "550 no mailbox here by that name", True, True, id="without-an-enhanced-code"),
        pytest.param("RCPT", "552 5.2.2 Mailbox full", True, True, id="full"),
        pytest.param("RCPT", "554 5.7.1 Relay access denied", True, False, id="no-relay-for-us"),
        pytest.param("RCPT", "550 5.1.8 Bad sender's system address", True, False, id="of-the-sender"),
        pytest.param("RCPT", "530 5.7.0 Authentication required", False, False, id="sign-in-first"),
        pytest.param("MAIL", "550 5.7.1 sender not allowed", False, False, id="the-sender-is-refused"),
        pytest.param("DATA", "554 5.6.0 message content rejected", True, False, id="its-content"),
        pytest.param("DATA", "550 5.1.1 no such user", True, True, id="user-unknown-after-the-message"),
        pytest.param("DATA", "451 4.3.0 try again", False, False, id="try-again-after-the-message"),
    ],
)
def test_a_refusal_says_whether_it_is_for_good_and_for_whom(
    server: Mailbox, step: str, answer: str, is_for_good: bool, is_of_recipient: bool
) -> None:
    server.answers[step] = answer
    with pytest.raises(MailError) as raised:
        Mailer(server.url, SENDER).send(message())
    assert str(raised.value) == answer
    assert isinstance(raised.value, MailRefused) == is_for_good
    assert getattr(raised.value, "is_of_recipient", False) == is_of_recipient
