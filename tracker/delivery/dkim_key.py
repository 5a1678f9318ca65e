"""The key that signs emails (DKIM), where no relay does: made once, kept in the data folder, its public half in the DNS.

Sources: RFC 6376 (DKIM), RFC 8301 (RSA keys of 2048 bits, SHA-256).
"""

from __future__ import annotations

import logging
import os
import secrets
import subprocess
from base64 import b64encode
from dataclasses import dataclass
from email.utils import getaddresses
from functools import cached_property
from pathlib import Path

import dkim

from tracker.recipients.ascii_email import ascii_email

log = logging.getLogger(__name__)

NAME = "dkim.key"
SELECTOR = "webleads"
_BITS = 2048
# RFC 8058 asks for the two of unsubscribing; the others are what the recipient sees or what threads messages.
_SIGNED = (
    b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type", b"content-language",
    b"auto-submitted", b"list-id", b"list-unsubscribe", b"list-unsubscribe-post", b"feedback-id",
)  # fmt: skip


class DkimError(RuntimeError):
    """The key cannot be made or read; the message is one line with the remedy."""


@dataclass(frozen=True)
class DkimKey:
    """A private key (PEM) for the domain of the sender's email address."""

    domain: str
    private: bytes

    @property
    def record_name(self) -> str:
        """Where the public key is published, as a TXT record."""
        return f"{SELECTOR}._domainkey.{self.domain}"

    @cached_property
    def record(self) -> str:
        """The record's text."""
        return f"v=DKIM1; k=rsa; p={b64encode(_public_half(self.private)).decode()}"

    def sign(self, content: bytes) -> bytes:
        """Returns the message with a signature before it. Raises DkimError."""
        try:
            signature: bytes = dkim.sign(
                content,
                SELECTOR.encode(),
                self.domain.encode(),
                self.private,
                canonicalize=(b"relaxed", b"relaxed"),
                include_headers=list(_SIGNED),
            )
        except Exception as problem:  # dkimpy raises what its parsers raise
            raise DkimError(f"{NAME} is not a private RSA key (PEM): {problem}") from problem
        return signature + content


def read_key(folder: Path, sender: str) -> DkimKey | None:
    """Returns the key for a sender, as WEBLEADS_MAIL_FROM has it; None where none was made. Raises DkimError."""
    try:
        private = (folder / NAME).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise DkimError(
            f"{folder / NAME} cannot be read ({problem.strerror}): let the service's user read it"
        ) from problem
    return DkimKey(_domain_of(sender), private)


def make_key(folder: Path, sender: str) -> DkimKey:
    """Returns the key, which is made where there is none. Raises DkimError."""
    found = read_key(folder, sender)
    if found is not None:
        return found
    private = _openssl("genrsa", "-traditional", str(_BITS))
    fresh = folder / f"{NAME}.{secrets.token_hex(8)}.new"
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(private)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, folder / NAME)
    except FileExistsError:
        private = (folder / NAME).read_bytes()
    finally:
        fresh.unlink()
    return DkimKey(_domain_of(sender), private)


def _domain_of(sender: str) -> str:
    address = getaddresses([sender])[0][1]
    return ascii_email(address).rpartition("@")[2].lower()


def _public_half(private: bytes) -> bytes:
    return _openssl("rsa", "-pubout", "-outform", "DER", given=private)


def _openssl(*arguments: str, given: bytes = b"") -> bytes:
    try:
        done = subprocess.run(
            ["openssl", *arguments],  # noqa: S607 - the one in the PATH
            input=given,
            capture_output=True,
            check=True,
            timeout=60,
        )
    except FileNotFoundError as problem:
        raise DkimError(
            f"openssl makes the key and is not installed: install it, or put a key into {NAME}"
        ) from problem
    except (subprocess.SubprocessError, OSError) as problem:
        raise DkimError(f"openssl {arguments[0]} failed; is {NAME} a private RSA key (PEM)?") from problem
    return done.stdout
