"""Self-identification: the email or company that a visitor gave with consent, in a form, by a call, or by a link token.

Pure. A link token is `BODY.SIGNATURE`, both in base64url without padding: the body is a JSON object with `e` (email),
`c` (company) and, where it ends, `x` (seconds since 1970); the signature is HMAC-SHA256 (RFC 2104) of the body's text
under the site's key. Anybody who sees the link can read it; nobody without the key can make one.
"""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from typing import NamedTuple

from tracker.enrichment.text import clean_text
from tracker.hit import WireEvent

_LONGEST_LINK_TOKEN = 1024
# RFC 5321, 4.5.3.1.3, less the brackets.
_LONGEST_TEXT = 254


class SelfIdentification(NamedTuple):
    """An email address and a company, each as the visitor wrote it. `ends_at` is seconds since 1970.

    `is_signed` when the publisher's own link says it and not the visitor.
    """

    email: str | None = None
    company: str | None = None
    ends_at: int | None = None
    is_signed: bool = False

    def shown(self, *, with_email: bool) -> dict[str, str]:
        """What the stored event keeps of it: the email only where the site keeps emails."""
        found = {"company": self.company, "email": self.email if with_email and self._is_a_person_s else None}
        return {name: clean_text(value, _LONGEST_TEXT) for name, value in found.items() if value}

    @property
    def _is_a_person_s(self) -> bool:
        return bool(self.email and self.email.partition("@")[0])


NOTHING = SelfIdentification()


def self_identification(wire: WireEvent, key: str, timestamp_us: int) -> SelfIdentification:
    """What an event says of its visitor; nothing without their consent.

    `key` is the site's, which signs its link tokens.
    """
    if not wire.consent:
        return NOTHING
    if wire.email or wire.company:
        return SelfIdentification(_text(wire.email), _text(wire.company))
    if not wire.token or not key:
        return NOTHING
    found = read_link_token(wire.token, key)
    return NOTHING if found.ends_at is not None and found.ends_at * 1_000_000 < timestamp_us else found


def make_link_token(given: SelfIdentification, key: str) -> str:
    """The link token of a self-identification, signed with a site's key."""
    fields = {"e": given.email, "c": given.company, "x": given.ends_at}
    body = json.dumps({name: value for name, value in fields.items() if value}, separators=(",", ":"))
    text = _encode(body.encode())
    return f"{text}.{_signature(text, key)}"


def read_link_token(token: str, key: str) -> SelfIdentification:
    """What a link token says; NOTHING when its signature does not match the key."""
    return _read_link_token(token, key) if len(token) <= _LONGEST_LINK_TOKEN and token.isascii() else NOTHING


@lru_cache(maxsize=4096)
def _read_link_token(token: str, key: str) -> SelfIdentification:
    text, _, signature = token.partition(".")
    if not hmac.compare_digest(signature, _signature(text, key)):
        return NOTHING
    body = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return SelfIdentification(body.get("e"), body.get("c"), body.get("x"), is_signed=True)


def _signature(text: str, key: str) -> str:
    return _encode(hmac.digest(key.encode(), text.encode(), "sha256"))


def _encode(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _text(value: str | None) -> str | None:
    return clean_text(value)[:_LONGEST_TEXT] or None if value else None
