"""Where alerts may go: the URL of a webhook as somebody types it, and the emails of those who agreed to them.

Whether a URL's host may be reached is looked at when something is sent.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import idna
from sqlalchemy import select

from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid
from tracker.db.models import ReportRecipient, User

_LONGEST = 2000


def check_url(text: str, *, example: str) -> str:
    """Returns the URL, without spaces around it; a host with accents in its ASCII form. Raises Invalid.

    What is no URL is refused with an example of those that are asked for.
    """
    url = text.strip()
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if host is None or parts.scheme not in ("https", "http") or len(url) > _LONGEST or not url.isprintable():
        raise Invalid("Give a URL such as %(example)s.", example=example)
    if "@" in parts.netloc:
        raise Invalid("The URL has a name or password in it, which is not sent: leave it out.")
    if not host.isascii():
        url = parts._replace(netloc=_in_ascii(parts.netloc, host, example)).geturl()
    if not url.isascii() or " " in url:
        raise Invalid("The URL has characters that must be percent-encoded.")
    return url.partition("#")[0]


def _in_ascii(netloc: str, host: str, example: str) -> str:
    try:
        name = idna.encode(host, uts46=True, transitional=False).decode("ascii")
    except idna.IDNAError:
        raise Invalid("Give a URL such as %(example)s.", example=example) from None
    _, colon, port = netloc.partition(":")
    return f"{name}{colon}{port}"


def may_get_alerts(database: AppDatabase, site_id: int, email: str) -> bool:
    """Whether an alert of a site may go to an email address: neither to a stranger's nor to one that is paused."""
    with database.transaction() as session:
        entries = session.scalars(select(ReportRecipient).where(ReportRecipient.email == email)).all()
        if any(one.paused_at is not None for one in entries):
            return False
        if any(one.site_id == site_id and one.confirmed_at is not None for one in entries):
            return True
        return session.scalar(select(User.id).where(User.email == email)) is not None
