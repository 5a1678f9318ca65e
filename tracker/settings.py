"""Every setting: its environment variable, its default and what it means. The only reader of the environment.

A bad value stops the start with one line that names the variable and the remedy. Each value may also come from a
file: `WEBLEADS_SMTP_URL_FILE=/run/secrets/smtp` stands for `WEBLEADS_SMTP_URL`. An empty value is the default.
`docs/settings.md` is made from what stands here: `make docs`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

Network = IPv4Network | IPv6Network


class SettingError(ValueError):
    """A setting has a value that cannot be used; the message names the variable and the remedy."""


def _text(value: str) -> str:
    return value


def _folder(value: str) -> Path:
    return Path(value).expanduser()


def _whole_number(value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise ValueError("must be a whole number, 0 or more")
    return int(value)


def _at_least_one(value: str) -> int:
    number = _whole_number(value)
    if not number:
        raise ValueError("must be 1 or more")
    return number


def _port(value: str) -> int:
    if not (value.isascii() and value.isdigit() and 0 < int(value) <= 65535):
        raise ValueError("must be a port between 1 and 65535")
    return int(value)


def _digits(value: str) -> str:
    if not (value.isascii() and value.isdigit()):
        raise ValueError("must be a number")
    return value


def _yes_or_no(value: str) -> bool:
    word = value.strip().lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off"}:
        return False
    raise ValueError("must be yes or no")


def _networks(value: str) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(word.strip(), strict=False) for word in value.split(",") if word.strip())
    except ValueError:
        raise ValueError("must be addresses or networks, such as 127.0.0.1, 10.0.0.0/8") from None


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return value

    return parse


def _base_url(value: str) -> str:
    if not _is_url(value, {"http", "https"}):
        raise ValueError("must be an address such as https://stats.example.fr")
    return value.rstrip("/")


def _header_name(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]+", value):
        raise ValueError(
            "must be the name of one header, of letters, digits and hyphens, such as X-Forwarded-For or X-Real-IP"
        )
    return value


class NameServer(NamedTuple):
    """A resolver's address and port."""

    host: str
    port: int


def _name_server(value: str) -> NameServer:
    """`9.9.9.9`, `127.0.0.1:5353`, `::1` or `[::1]:5353`."""
    host, port = value, "53"
    if value.startswith("["):
        host, _, rest = value[1:].partition("]")
        port = rest.removeprefix(":") or port
    elif value.count(":") == 1:
        host, _, port = value.partition(":")
    try:
        return NameServer(str(ip_address(host)), _port(port))
    except ValueError:
        raise ValueError("must be an address such as 127.0.0.1 or 127.0.0.1:5353") from None


def _url_path(*endings: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", value) or not value.endswith(endings or ("",)):
            raise ValueError(f"must be a path such as /stats/{'hello' + endings[0] if endings else 'hello'}")
        return value

    return parse


def _smtp_url(value: str) -> str:
    if not _is_url(value, {"smtp", "smtps"}):
        raise ValueError(
            "must be an address such as smtp://user:password@mail.example.fr:587, with signs in the password"
            " percent-encoded (@ is %40)"
        )
    return value


def _is_url(value: str, schemes: set[str]) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number
        return False


def _setting(
    variable: str, default: Any, parse: Callable[[str], Any], says: str, example: str = "", *, secret: bool = False
) -> Any:
    """A field of Settings. The value of a secret is never printed."""
    metadata = {"variable": variable, "parse": parse, "says": says, "example": example, "secret": secret}
    return field(default=default, repr=not secret, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The service's settings; every field carries its variable and meaning in its metadata."""

    data: Path = _setting(
        "WEBLEADS_DATA",
        Path("data"),
        _folder,
        "The folder that holds the journal, the event store and the app database.",
    )
    host: str = _setting("WEBLEADS_HOST", "127.0.0.1", _text, "The address that `webleads serve` listens on.")
    port: int = _setting("WEBLEADS_PORT", 8000, _port, "The port that `webleads serve` listens on.")
    base_url: str = _setting(
        "WEBLEADS_BASE_URL",
        "",
        _base_url,
        "Where browsers reach this service; stands in the snippet, in emails and decides on secure cookies."
        " Empty: the listening address.",
        "https://stats.example.fr",
    )
    database_url: str = _setting(
        "WEBLEADS_DATABASE_URL", "", _text, "The app database. Empty: SQLite in the data folder.", secret=True
    )
    event_store_url: str = _setting(
        "WEBLEADS_EVENT_STORE_URL", "", _text, "The event store. Empty: DuckDB in the data folder.", secret=True
    )
    store_memory_mb: int = _setting(
        "WEBLEADS_STORE_MEMORY",
        0,
        _whole_number,
        "Megabytes that DuckDB may take; what does not fit is read again or goes to a temporary file. 0: a quarter of"
        " the machine's memory, and 1024 at most.",
        "2048",
    )
    smtp_url: str = _setting(
        "WEBLEADS_SMTP_URL",
        "",
        _smtp_url,
        "The mail server for reports: smtp:// (STARTTLS where offered) or smtps://. Empty: no email is sent.",
        "smtp://user:password@mail.example.fr:587",
        secret=True,
    )
    mail_from: str = _setting("WEBLEADS_MAIL_FROM", "", _text, "The sender of reports.", "Webleads <stats@example.fr>")
    trusted_proxies: tuple[Network, ...] = _setting(
        "WEBLEADS_TRUSTED_PROXIES",
        (),
        _networks,
        "Addresses and networks of your reverse proxies. Only they are believed when they forward a visitor's address.",
        "127.0.0.1, 10.0.0.0/8",
    )
    client_ip_header: str = _setting(
        "WEBLEADS_CLIENT_IP_HEADER",
        "X-Forwarded-For",
        _header_name,
        "The one header in which your reverse proxies forward a visitor's IP address; no other is read. `Forwarded` is read"
        " as RFC 7239 has it, any other as a list that is counted from the right.",
        "X-Real-IP",
    )
    script_path: str = _setting(
        "WEBLEADS_SCRIPT_PATH",
        "/js/webleads.js",
        _url_path(".js"),
        "Where the snippet is served beside `/js/webleads.js`, for pages whose readers' blockers act on that name.",
        "/assets/notes.js",
    )
    event_path: str = _setting(
        "WEBLEADS_EVENT_PATH",
        "/api/event",
        _url_path(),
        "Where events are taken beside `/api/event`; stands in the snippet as `data-api`.",
        "/assets/note",
    )
    pixel_path: str = _setting(
        "WEBLEADS_PIXEL_PATH",
        "/pixel.gif",
        _url_path(".gif"),
        "Where the image for pages without JavaScript is served beside `/pixel.gif`.",
        "/assets/note.gif",
    )
    rate_limit: int = _setting(
        "WEBLEADS_RATE_LIMIT", 50, _whole_number, "Hits per second that one address may send; 0 switches the limit off."
    )
    threads: int = _setting(
        "WEBLEADS_THREADS",
        512,
        _at_least_one,
        "Requests that one process works on at once. Threads wait on one another, so few are fast; but each client that"
        " sends its body slowly holds one. Behind a proxy that buffers requests (deploy/ has two): 2 for `webleads collect`"
        " and 4 for `webleads serve`. WEBLEADS_JOURNAL_SYNC=always needs many.",
    )
    journal_sync: str = _setting(
        "WEBLEADS_JOURNAL_SYNC",
        "interval",
        _one_of("interval", "always"),
        "When the journal is synced to disk: `interval` at least every 200 ms, `always` before each answer.",
    )
    journal_retention_hours: int = _setting(
        "WEBLEADS_JOURNAL_RETENTION",
        24,
        _whole_number,
        "Hours that a raw hit, which bears an address, is kept after the event store holds it.",
    )
    segment_bytes: int = _setting(
        "WEBLEADS_JOURNAL_SEGMENT", 64 * 1024 * 1024, _whole_number, "Bytes after which a journal file is closed."
    )
    too_old_hours: int = _setting(
        "WEBLEADS_TOO_OLD", 24, _whole_number, "Hours after which a late event is no longer counted."
    )
    geo_update: str = _setting(
        "WEBLEADS_GEO_UPDATE",
        "off",
        _one_of("off", "dbip", "geolite2", "ipinfo"),
        "Whose geo databases `webleads serve` fetches and keeps fresh by itself; `off` leaves it to you.",
        "dbip",
    )
    maxmind_account_id: str = _setting(
        "WEBLEADS_MAXMIND_ACCOUNT_ID", "", _digits, "Your MaxMind account's number, for GeoLite2.", "123456"
    )
    maxmind_license_key: str = _setting(
        "WEBLEADS_MAXMIND_LICENSE_KEY", "", _text, "A licence key of your MaxMind account, for GeoLite2.", secret=True
    )
    ipinfo_token: str = _setting(
        "WEBLEADS_IPINFO_TOKEN", "", _text, "The token of your IPinfo account, for IPinfo Lite.", secret=True
    )
    reverse_dns: bool = _setting(
        "WEBLEADS_REVERSE_DNS",
        False,
        _yes_or_no,
        "Whether visitors' addresses are asked for their names, to recognise companies behind a provider's line. The"
        " addresses then reach your resolver, and the name servers that it asks.",
    )
    name_server: NameServer | None = _setting(
        "WEBLEADS_NAME_SERVER",
        None,
        _name_server,
        "The resolver that reverse DNS asks. Empty: the system's.",
        "127.0.0.1",
    )
    scheduler: bool = _setting(
        "WEBLEADS_SCHEDULER",
        True,
        _yes_or_no,
        "Whether `webleads serve` sends the weekly reports and fetches geo databases by itself.",
    )
    log_level: str = _setting(
        "WEBLEADS_LOG_LEVEL", "info", _one_of("debug", "info", "warning", "error"), "How much the service logs."
    )

    @property
    def journal_folder(self) -> Path:
        return self.data / "journal"

    @property
    def scripts_folder(self) -> Path:
        return self.data / "scripts"

    @property
    def geo_folder(self) -> Path:
        return self.data / "geo"

    @property
    def network_list_file(self) -> Path:
        """The operator's own list of networks, a CSV: network,company,domain,kind."""
        return self.data / "networks.csv"

    @property
    def geo_kept_folder(self) -> Path:
        """Checked copies of the geo databases: what the service reads."""
        return self.data / "geo-in-use"

    @property
    def app_database(self) -> str:
        return self.database_url or f"sqlite:///{self.data / 'webleads.sqlite'}"

    @property
    def event_store(self) -> str:
        return self.event_store_url or f"duckdb:///{self.data / 'events.duckdb'}"

    @property
    def public_url(self) -> str:
        """Where browsers reach the service, without a trailing slash."""
        if self.base_url:
            return self.base_url
        host = "localhost" if self.host in {"0.0.0.0", "::", "127.0.0.1"} else self.host  # noqa: S104 - compared, not bound
        return f"http://{host}:{self.port}"


def load_settings(environment: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Settings from the environment (or a mapping given instead), then `overrides` that are not None.

    Raises SettingError for a value that cannot be used and for a `WEBLEADS_…` variable that does not exist.
    """
    environment = os.environ if environment is None else environment
    known = {setting.metadata["variable"]: setting for setting in fields(Settings)}
    _refuse_unknown(environment, known)
    values: dict[str, Any] = {}
    for variable, setting in known.items():
        raw = _raw_value(environment, variable)
        if not raw:
            continue
        try:
            values[setting.name] = setting.metadata["parse"](raw)
        except ValueError as problem:
            shown = variable if setting.metadata["secret"] else f"{variable}={raw!r}"
            raise SettingError(f"{shown}: {problem}") from None
    values.update({name: value for name, value in overrides.items() if value is not None})
    return Settings(**values)


def _raw_value(environment: Mapping[str, str], variable: str) -> str:
    """What the environment says, or a file that it names; empty when neither says anything."""
    file = environment.get(f"{variable}_FILE")
    if not file:
        return environment.get(variable, "").strip()
    if environment.get(variable):
        raise SettingError(f"{variable} and {variable}_FILE are both set: unset one of them")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as problem:
        raise SettingError(f"{variable}_FILE={file!r}: cannot be read ({problem.strerror})") from problem
    except UnicodeDecodeError as problem:
        raise SettingError(f"{variable}_FILE={file!r}: is not text in UTF-8") from problem


# Set for the build and the tests, not for the service.
_NOT_OURS = {"WEBLEADS_CHROMIUM"}


def _refuse_unknown(environment: Mapping[str, str], known: Mapping[str, Any]) -> None:
    for variable in environment:
        if not variable.startswith("WEBLEADS_") or variable in _NOT_OURS:
            continue
        if variable.removesuffix("_FILE") not in known:
            near = get_close_matches(variable, [*known, *(f"{name}_FILE" for name in known)], n=1)
            remedy = f"did you mean {near[0]}? If not, unset it" if near else "unset it"
            raise SettingError(f"{variable} is no setting: {remedy} (docs/settings.md lists all)")
