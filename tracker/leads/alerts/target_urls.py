"""The URL of a webhook as somebody types it. Whether its host may be reached is looked at when something is sent."""

from __future__ import annotations

from urllib.parse import urlsplit

from tracker.db.invalid import Invalid

_LONGEST = 2000


def check_url(text: str) -> str:
    """Returns the URL, without spaces around it. Raises Invalid."""
    url = text.strip()
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if host is None or parts.scheme not in ("https", "http") or len(url) > _LONGEST or not url.isprintable():
        raise Invalid("Give a URL such as https://hooks.example.com/webleads.")
    if parts.username or parts.password:
        raise Invalid("The URL has a name or password in it, which is not sent: leave it out.")
    if not url.isascii() or " " in url:
        raise Invalid("The URL has characters that must be percent-encoded.")
    return url.partition("#")[0]
