"""Signatures of emails, made with one library (dkimpy) and verified with another (Perl's Mail::DKIM) and openssl's keys."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.mail_server import Mailbox, mail_server
from tracker.cli import webleads
from tracker.delivery.dkim_key import DkimKey, make_key, read_key
from tracker.delivery.mail_settings import mailer_of
from tracker.delivery.mailer import MailError
from tracker.settings import Settings

SENDER = "Wébleads <stats@société.fr>"
pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a key with")


@pytest.fixture
def server() -> Iterator[Mailbox]:
    with mail_server() as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, server: Mailbox) -> Settings:
    return Settings(data=tmp_path, smtp_url=server.url, mail_from=SENDER)


def message() -> EmailMessage:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = SENDER, "lea@exemple.fr", "Vos lecteurs de la semaine : été"
    made["List-Unsubscribe"] = f"<https://stats.exemple.fr/email/1-{'x' * 24}/unsubscribe>"
    made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content("Première ligne\n.une ligne à point\n\n\nfin  \n\n")
    return made


def verified(content: bytes, key: DkimKey) -> list[str]:
    """What Mail::DKIM says: the result, and which headers are signed."""
    script = Path(__file__).parent / "dkim_verify.pl"
    done = subprocess.run(["perl", script, key.record_name, key.record], input=content, capture_output=True, check=True)
    return done.stdout.decode().splitlines()


@pytest.fixture
def has_verifier() -> None:
    known = shutil.which("perl") and subprocess.run(
        ["perl", "-MMail::DKIM", "-e", "1"], capture_output=True, check=False
    )
    if not known or known.returncode:
        pytest.skip("no Mail::DKIM to verify with (Debian: apt-get install libmail-dkim-perl)")


@pytest.mark.usefixtures("has_verifier")
def test_a_signed_email_is_verified_by_another_library(server: Mailbox, settings: Settings) -> None:
    key = make_key(settings.data, SENDER)
    assert key.record_name == "webleads._domainkey.xn--socit-esab.fr"
    mailer_of(settings).send(message())
    content = server.envelopes[0].original_content
    result, signed = verified(content, key)
    assert result == "pass"
    assert {"from", "to", "subject", "list-unsubscribe", "list-unsubscribe-post"} <= set(signed.split(":"))
    for before, after in ((b"premi", b"Premi"), (b"One-Click", b"Two-Clicks"), (b"ligne", b"Ligne")):
        changed = content.replace(before, after)
        assert changed == content or verified(changed, key)[0].startswith("fail")
    other = DkimKey(key.domain, subprocess.run(["openssl", "genrsa", "-traditional", "2048"], capture_output=True, check=True).stdout)  # fmt: skip
    assert verified(content, other)[0].startswith("fail")


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    assert read_key(tmp_path, SENDER) is None
    made = make_key(tmp_path, SENDER)
    assert make_key(tmp_path, SENDER) == made == read_key(tmp_path, SENDER)
    assert (tmp_path / "dkim.key").stat().st_mode & 0o077 == 0
    assert made.record.startswith("v=DKIM1; k=rsa; p=MIIB")


def test_without_a_key_nothing_is_signed(server: Mailbox, settings: Settings) -> None:
    mailer_of(settings).send(message())
    assert server.messages[0]["DKIM-Signature"] is None


def test_a_key_that_is_none_sends_nothing_unsigned(server: Mailbox, settings: Settings) -> None:
    (settings.data / "dkim.key").write_text("not a key")
    with pytest.raises(MailError, match=r"dkim\.key"):
        mailer_of(settings).send(message())
    assert server.messages == []


def test_the_command_shows_the_record_to_publish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBLEADS_MAIL_FROM", SENDER)
    for _ in range(2):
        said = CliRunner().invoke(webleads, ["dkim", "--data", str(tmp_path)])
        assert said.exit_code == 0, said.output
    key = read_key(tmp_path, SENDER)
    assert key is not None
    assert said.stdout.startswith(f'{key.record_name}. IN TXT "v=DKIM1; k=rsa; p=')
    assert "".join(said.stdout.split('"')[1::2]) == key.record
