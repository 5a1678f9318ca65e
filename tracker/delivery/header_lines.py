"""How a message's headers are written for SMTP.

Python writes an unbroken word of more than 76 characters as encoded words (RFC 2047), also where that may not stand: in
a URL or an id. These are written as they are; a line may have 998 characters (RFC 5322, 2.1.1).
"""

from __future__ import annotations

from email.message import Message
from email.policy import EmailPolicy
from typing import Any

_MOST = 998
_UNBROKEN = {"list-unsubscribe", "list-id", "feedback-id", "message-id"}


class _Unbroken(EmailPolicy):
    """SMTP's policy, with URLs and ids in one piece."""

    def fold(self, name: str, value: Any) -> str:
        return self._whole(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        whole = self._whole(name, value)
        return whole.encode("ascii") if whole else super().fold_binary(name, value)

    def _whole(self, name: str, value: Any) -> str | None:
        line = f"{name}: {value}"
        fits = name.lower() in _UNBROKEN and line.isascii() and line.isprintable() and len(line) <= _MOST
        return line + self.linesep if fits else None


_SMTP: EmailPolicy[Any] = _Unbroken(linesep="\r\n", cte_type="7bit")


def as_sent(message: Message[Any, Any], *, international: bool) -> bytes:
    """Returns the message's bytes; `international` where an email address itself has accents (RFC 6532)."""
    return message.as_bytes(policy=_SMTP.clone(utf8=international))
