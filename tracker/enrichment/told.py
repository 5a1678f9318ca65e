"""What the publisher is told of a URL or a site's name that could not be used: as much as tells where it came from.

Pure. A path, a query, a fragment or a user's name may say who somebody is, and what is not counted is kept for long:
of a URL only the scheme and the host are told, of a name what stands before a path. Stored rows are read by it as well.
"""

from __future__ import annotations

import re

_LONGEST = 1024
_URL = re.compile(r"([a-z][a-z0-9+.-]*):(?:[/\\]+([^/\\?#]*))?([^?#]*)", re.IGNORECASE)
_HOST = re.compile(r"(?:[\w-]+\.)+[\w-]+|localhost", re.IGNORECASE)
# Between the name and the host of a detail: no name is told that holds an @.
_AT = " @ "
_PORT = re.compile(r":\d*$")
# A scheme of somebody's own making may say anything.
_SCHEMES = frozenset(
    "about android-app app blob capacitor chrome-extension content data file ftp http https intent ionic javascript"
    " mailto moz-extension safari-web-extension sms tauri tel view-source ws wss".split()
)


def host_of_invalid_url(url: str) -> str:
    """The scheme and the host of a URL that is none of a page, as far as they are such: `https://blog.fr`, `file:`."""
    match = _URL.match(url[:_LONGEST].strip())
    if match is None or match[1].lower() not in _SCHEMES:
        return ""
    scheme, authority, path = match[1].lower(), match[2] or "", match[3]
    host = _PORT.sub("", authority.rpartition("@")[2]).lower()
    # With a user's name that holds a slash, what looks like the host is the name.
    if "@" in path or len(host) > 253 or _HOST.fullmatch(host) is None:
        return f"{scheme}:"
    return f"{scheme}://{host}"


def name_of_unknown_site(domain: str) -> str:
    """What stands where a site's name should: whatever it is, up to where a path or a query would begin."""
    return "" if "@" in domain else re.split(r"[/\\?#]", domain[:_LONGEST].strip(), maxsplit=1)[0][:253]


def unknown_site(domain: str, url: str) -> str:
    """The detail of a hit for a site that is not here: the name it gives, and the host of its page where that is another."""
    name, (_, slashes, host) = name_of_unknown_site(domain), host_of_invalid_url(url).partition("://")
    return f"{name}{_AT}{host}" if name and slashes and host.removeprefix("www.") != name.lower() else name


def read_unknown_site(detail: str) -> tuple[str, str]:
    """The name and the page's host of such a detail, as stored; without a host the name says it, or nobody knows."""
    name, at, host = detail.rpartition(_AT)
    return (name_of_unknown_site(name), host) if at and _HOST.fullmatch(host) else (name_of_unknown_site(detail), "")
