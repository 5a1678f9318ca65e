"""Parses the values of settings: from a variable's text to the value, or a ValueError that says what it must be.

A value that could only fail later, such as on Monday when emails are sent, is refused here. The messages follow the
variable's name (`WEBLEADS_PORT='http': must be …`) and end with an example. Pure, except that it looks up the home
folder and whether a database's driver is installed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

Network = IPv4Network | IPv6Network

# Control characters, line and paragraph separators, and characters that change the direction of writing.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_HOST_NAME = re.compile(
    r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*\.?"
)
_ESCAPES = re.compile(r"%(?![0-9A-Fa-f]{2})")
_DRIVERS = {
    "postgresql": "psycopg2",
    "postgresql+psycopg2": "psycopg2",
    "postgresql+psycopg": "psycopg",
    "postgresql+pg8000": "pg8000",
}
# First parts of the paths of the service's own pages. A path for hits that begins so would hide a page.
OWN_PAGES = frozenset(
    "account email email-notices forgotten-password healthz identify invitation language metrics new-password operations opt-out people"
    " public readyz setup share sign-in sign-out sites status theme".split()
)
# The HTTP API's, beside which a path for hits may be.
OWN_API = "/api/v1/"


def refuse_controls(value: str) -> None:
    """Raises ValueError for a value that is more than one line of text."""
    if _CONTROLS.search(value):
        raise ValueError("must be one line of text without control characters")


def folder(value: str) -> Path:
    try:
        return Path(value).expanduser()
    except RuntimeError:  # ~name, and there is no such user
        raise ValueError("must be a folder, and there is no such home folder; write the whole path") from None


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Returns a parser of whole numbers within bounds, both included."""

    def parse(value: str) -> int:
        number = int(value) if value.isascii() and value.isdigit() and len(value) <= 18 else -1
        if not least <= number <= most:
            raise ValueError(f"must be a whole number between {least} and {most}")
        return number

    return parse


def megabytes(value: str) -> int:
    """Parses the memory of the event store's engine in MB; 0 for the default. The engine may not open a file with less."""
    if value == "0":
        return 0
    try:
        return whole_number(64, 1_048_576)(value)
    except ValueError:
        raise ValueError("must be 0, or a whole number of megabytes between 64 and 1048576") from None


def port(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 5 and 0 < int(value) <= 65535):
        raise ValueError("must be a port between 1 and 65535")
    return int(value)


def digits(value: str) -> str:
    if not (value.isascii() and value.isdigit() and len(value) <= 20):
        raise ValueError("must be a number, such as 123456")
    return value


def token(value: str) -> str:
    if not re.fullmatch(r"[!-~]{1,500}", value):
        raise ValueError("must be a key of letters, digits and signs without spaces, as the provider shows it")
    return value


def yes_or_no(value: str) -> bool:
    word = value.lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off"}:
        return False
    raise ValueError("must be yes or no")


def networks(value: str) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(word.strip(), strict=False) for word in value.split(",") if word.strip())
    except ValueError:
        raise ValueError("must be IP addresses or networks, such as 127.0.0.1, 10.0.0.0/8") from None


def one_of(*words: str) -> Callable[[str], str]:
    """Returns a parser that accepts one of these words."""

    def parse(value: str) -> str:
        if value not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return value

    return parse


def listening_host(value: str) -> str:
    if not (_is_ip(value) or _is_host(value)):
        raise ValueError("must be an IP address or a host without scheme and port, such as 127.0.0.1 or 0.0.0.0")
    return value


def base_url(value: str) -> str:
    parts = _split_url(value, {"http", "https"})
    if parts is None or "@" in parts.netloc or parts.query or parts.fragment or not _is_plain_path(parts.path):
        raise ValueError("must be a URL such as https://stats.example.fr, without user, query and fragment")
    return value.rstrip("/")


def header_name(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]+", value):
        raise ValueError(
            "must be the name of one header, of letters, digits and hyphens, such as X-Forwarded-For or X-Real-IP"
        )
    return value


class NameServer(NamedTuple):
    """A resolver's IP address and port."""

    host: str
    port: int


def name_server(value: str) -> NameServer:
    """Parses `9.9.9.9`, `127.0.0.1:5353`, `::1` or `[::1]:5353`."""
    host, number = value, "53"
    if value.startswith("["):
        host, bracket, rest = value[1:].partition("]")
        number = rest.removeprefix(":") if rest.startswith(":") else (rest and "-") or number
        host = host if bracket else ""
    elif value.count(":") == 1:
        host, _, number = value.partition(":")
    try:
        return NameServer(str(ip_address(host)), port(number))
    except ValueError:
        raise ValueError("must be an IP address such as 127.0.0.1 or 127.0.0.1:5353") from None


def url_path(ending: str = "") -> Callable[[str], str]:
    """Returns a parser of paths for hits, which must have this ending."""

    def parse(value: str) -> str:
        if not _is_plain_path(value) or value.endswith("/") or not value.endswith(ending):
            raise ValueError(f"must be a path such as /stats/hello{ending}")
        if value.split("/")[1] in OWN_PAGES or value.startswith(OWN_API):
            raise ValueError(f"would hide pages of the service; choose another, such as /stats/hello{ending}")
        return value

    return parse


def smtp_url(value: str) -> str:
    parts = _split_url(value, {"smtp", "smtps"})
    if parts is None or parts.path.strip("/") or parts.query or parts.fragment or not _is_signed_in(parts):
        raise ValueError(
            "must be a URL such as smtp://user:password@mail.example.fr:587, with signs in the password"
            " percent-encoded (@ is %40)"
        )
    return value


def sender(value: str) -> str:
    """Parses one email address, alone or after a name, for the From header of emails."""
    from email.errors import MessageError
    from email.headerregistry import Address
    from email.utils import getaddresses

    wrong = ValueError(
        "must be one sender such as Webleads <stats@example.fr>; a name with a comma needs quotes:"
        ' "Acme, Paris" <stats@example.fr>'
    )
    try:
        ((name, address),) = getaddresses([value])
        local, _, domain = address.rpartition("@")
        Address(name, addr_spec=address)
    except (ValueError, LookupError, MessageError) as problem:
        raise wrong from problem
    if not local or not _is_host(domain) or value.count("<") != value.count(">") or " " in address:
        raise wrong
    return value


def database_url(value: str) -> str:
    scheme = value.partition("://")[0]
    if scheme == "sqlite":
        return _file_url(
            value, "sqlite:////srv/webleads/webleads.sqlite or postgresql+psycopg://user:password@host/webleads"
        )
    parts = _split_url(value, set(_DRIVERS), needs_host=False)
    if parts is None or len(parts.path) < 2 or not _is_signed_in(parts, needs_ascii=False):
        raise ValueError(
            "must be a URL such as sqlite:////srv/webleads/webleads.sqlite or"
            " postgresql+psycopg://user:password@host/webleads, with signs in the password percent-encoded (@ is %40)"
        )
    driver = _DRIVERS[scheme]
    if find_spec(driver) is None:
        raise ValueError(f"needs the Python package {driver}, which is not installed here; install it beside webleads")
    return value


def event_store_url(value: str) -> str:
    return _file_url(value, "duckdb:////srv/webleads/events.duckdb")


def _file_url(value: str, example: str) -> str:
    scheme, _, path = value.partition(":///")
    if not example.startswith(f"{scheme}:///") or not path.strip("/") or path.endswith("/"):
        raise ValueError(f"must be a URL such as {example}")
    if path.startswith(":") or "?" in path:
        raise ValueError(f"must name a file and nothing else, such as {example.partition(' ')[0]}")
    return value


def _split_url(value: str, schemes: set[str], *, needs_host: bool = True) -> SplitResult | None:
    """Returns the parts of a URL with one of these schemes; None for other text."""
    if " " in value or "\\" in value:
        return None
    try:
        parts = urlsplit(value)
        if parts.scheme not in schemes or parts.port == 0:
            return None
    except ValueError:  # a port that is not a number, or a missing bracket
        return None
    host = parts.hostname
    if host is None:
        return None if needs_host or parts.netloc.rpartition("@")[2] else parts
    return parts if _is_ip(host) or _is_host(host) else None


def _is_signed_in(parts: SplitResult, *, needs_ascii: bool = True) -> bool:
    """Whether user and password, if any, can be decoded and are ASCII, which SMTP's AUTH requires."""
    for text in (parts.username, parts.password):
        if text is None:
            continue
        try:
            plain = unquote(text, errors="strict")
        except UnicodeDecodeError:
            return False
        if _ESCAPES.search(text) or _CONTROLS.search(plain) or (needs_ascii and not plain.isascii()):
            return False
    return parts.username != "" and not (parts.password is not None and parts.username is None)


def _is_plain_path(path: str) -> bool:
    parts = path.split("/")[1:]
    return path in ("", "/") or (
        re.fullmatch(r"(?:/[A-Za-z0-9._~-]+)+/?", path) is not None and not any(set(part) == {"."} for part in parts)
    )


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_host(text: str) -> bool:
    """Whether the text may be a host name. A name whose last part is a number would be an invalid IP address."""
    try:
        name = text.lower() if text.isascii() else text.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return False
    return _HOST_NAME.fullmatch(name) is not None and not name.rstrip(".").rpartition(".")[2].isdigit()
