"""Whether the public half of the key that signs emails is in the DNS, as `webleads doctor` says it."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.delivery.dkim_key import DkimError, read_key
from tracker.reference.dns.lookup import Lookup, Unanswered
from tracker.service.context import Context
from tracker.service.finding import Finding
from tracker.stats.messages import message


def published_key(context: Context) -> Iterator[Finding]:
    """Looks the record up, for two seconds at most. Returns nothing where emails are not signed."""
    settings = context.settings
    try:
        key = read_key(settings.data, settings.mail_from) if settings.mail_from else None
        if key is None:
            return
        wanted = key.record
    except DkimError as problem:
        yield Finding("problem", message("emails cannot be signed: %(problem)s"), {"problem": problem})
        return
    values = {"name": key.record_name}
    try:
        found = Lookup(settings.name_server).texts(key.record_name)
    except Unanswered as problem:
        words = message("nobody knows whether the key that signs emails is published: %(problem)s")
        yield Finding("hint", words, {"problem": problem})
        return
    if any(_key_of(text) == _key_of(wanted) for text in found):
        yield Finding("good", message("emails are signed, and the key is published at %(name)s"), values)
    elif found:
        words = message(
            "the DNS record %(name)s is another key than the one that signs emails, so mail servers refuse them:"
            " publish the record that `webleads dkim` shows"
        )
        yield Finding("problem", words, values)
    else:
        words = message(
            "emails are signed, and there is no DNS record %(name)s: publish the one that `webleads dkim` shows"
        )
        yield Finding("problem", words, values)


def _key_of(record: str) -> str:
    """The key in a record (RFC 6376 § 3.6.1), whatever stands beside it; empty if there is none."""
    parts = (part.partition("=") for part in record.split(";"))
    return next(("".join(value.split()) for name, _, value in parts if name.strip() == "p"), "")
