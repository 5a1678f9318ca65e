"""What the pages ask of the part that sends reports, which is above them: the application brings it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboards.email.letter import Letter
from tracker.db.models import Site


@dataclass(frozen=True)
class InDoubt:
    """An email of which nobody can tell whether it arrived: the service or the connection ended while it was sent."""

    number: int
    site: Site
    recipient: str
    kind: str
    label: str
    begun_at: datetime


@dataclass(frozen=True)
class DnsRecord:
    """The TXT record with the public key of the emails' signature."""

    name: str
    value: str


@dataclass(frozen=True)
class Sent:
    """What became of an email: `problem` is the mail server's own answer, or None."""

    problem: str | None


@dataclass(frozen=True)
class Mailing:
    """`send_again` sends an email in doubt once more; `send_copy` a letter to somebody who tries it.

    `dkim_record` is None where no key was made; `make_dkim_key` makes one, and returns why not or None.
    """

    in_doubt: Callable[[], Sequence[InDoubt]]
    send_again: Callable[[InDoubt], Sent]
    send_copy: Callable[[Letter, str], Sent]
    dkim_record: Callable[[], DnsRecord | None]
    make_dkim_key: Callable[[], str | None]


def no_mailing() -> Mailing:
    """Where the application sends nothing."""
    refused = Sent("no mail server")
    return Mailing(lambda: (), lambda _: refused, lambda *_: refused, lambda: None, lambda: refused.problem)
