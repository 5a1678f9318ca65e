"""All settings: their environment variables, defaults and descriptions. Nothing else reads the environment.

An invalid value stops the start with one line that names the variable and the remedy. Each value may also come from a
file: `WEBLEADS_SMTP_URL_FILE=/run/secrets/smtp` stands for `WEBLEADS_SMTP_URL`. An empty value means the default.
`make docs` writes `docs/settings.md` from this module.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from tracker.settings import values as read
from tracker.settings.values import NameServer, Network

__all__ = ["EVENT_STORE_FILE", "NameServer", "SettingError", "Settings", "load_settings"]

# The default event store, by its file name in the data folder. The engine makes more files beside it.
EVENT_STORE_FILE = "events.duckdb"

# A file with a secret is short. A longer file is not one.
_LONGEST_FILE = 64 * 1024
_YEAR_HOURS = 366 * 24


class SettingError(ValueError):
    """A setting has an invalid value; the message names the variable and the remedy."""


def _setting(
    variable: str, default: Any, parse: Callable[[str], Any], says: str, example: str = "", *, secret: bool = False
) -> Any:
    """A field of Settings. The value of a secret is never printed."""
    metadata = {"variable": variable, "parse": parse, "says": says, "example": example, "secret": secret}
    return field(default=default, repr=not secret, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The service's settings. The metadata of a field has its variable and its description."""

    data: Path = _setting(
        "WEBLEADS_DATA",
        Path("data"),
        read.folder,
        "The folder that holds the journal, the event store and the app database.",
    )
    host: str = _setting(
        "WEBLEADS_HOST", "127.0.0.1", read.listening_host, "The IP address or host that `webleads serve` listens on."
    )
    port: int = _setting("WEBLEADS_PORT", 8000, read.port, "The port that `webleads serve` listens on.")
    base_url: str = _setting(
        "WEBLEADS_BASE_URL",
        "",
        read.base_url,
        "Where browsers reach this service; used in the snippet and in emails, and decides on secure cookies."
        " Empty: the listening address.",
        "https://stats.example.fr",
    )
    database_url: str = _setting(
        "WEBLEADS_DATABASE_URL",
        "",
        read.database_url,
        "The app database. Empty: SQLite in the data folder.",
        secret=True,
    )
    event_store_url: str = _setting(
        "WEBLEADS_EVENT_STORE_URL",
        "",
        read.event_store_url,
        "The event store. Empty: DuckDB in the data folder.",
        secret=True,
    )
    store_memory_mb: int = _setting(
        "WEBLEADS_STORE_MEMORY",
        0,
        read.megabytes,
        "Megabytes that DuckDB may take; what does not fit is read again or goes to a temporary file. 0: a quarter of"
        " the machine's memory, and 1024 at most.",
        "2048",
    )
    query_seconds: int = _setting(
        "WEBLEADS_QUERY_SECONDS",
        60,
        read.whole_number(1, 3600),
        "Seconds that the figures of one page or query may take. A longer one is stopped, and the page says so.",
        "300",
    )
    smtp_url: str = _setting(
        "WEBLEADS_SMTP_URL",
        "",
        read.smtp_url,
        "The mail server for reports: smtp:// (STARTTLS where offered) or smtps://. Empty: no email is sent.",
        "smtp://user:password@mail.example.fr:587",
        secret=True,
    )
    mail_from: str = _setting(
        "WEBLEADS_MAIL_FROM", "", read.sender, "The sender of reports.", "Webleads <stats@example.fr>"
    )
    private_targets: tuple[Network, ...] = _setting(
        "WEBLEADS_PRIVATE_TARGETS",
        (),
        read.networks,
        "Private IP addresses and networks that alerts may be sent to. All others of these are refused, so that a webhook's"
        " URL reaches nothing but the public internet.",
        "10.0.5.0/24",
    )
    trusted_proxies: tuple[Network, ...] = _setting(
        "WEBLEADS_TRUSTED_PROXIES",
        (),
        read.networks,
        "IP addresses and networks of your reverse proxies. A visitor's forwarded IP address is accepted only from them.",
        "127.0.0.1, 10.0.0.0/8",
    )
    client_ip_header: str = _setting(
        "WEBLEADS_CLIENT_IP_HEADER",
        "X-Forwarded-For",
        read.header_name,
        "The one header in which your reverse proxies forward a visitor's IP address; no other is read. `Forwarded` is read"
        " as RFC 7239 has it, any other as a list that is counted from the right.",
        "X-Real-IP",
    )
    script_path: str = _setting(
        "WEBLEADS_SCRIPT_PATH",
        "/js/webleads.js",
        read.url_path(".js"),
        "Where the snippet is served beside `/js/webleads.js`, for visitors whose blockers act on that name.",
        "/assets/notes.js",
    )
    event_path: str = _setting(
        "WEBLEADS_EVENT_PATH",
        "/api/event",
        read.url_path(),
        "Where events are taken beside `/api/event`; the snippet has it as `data-api`.",
        "/assets/note",
    )
    pixel_path: str = _setting(
        "WEBLEADS_PIXEL_PATH",
        "/pixel.gif",
        read.url_path(".gif"),
        "Where the image for pages without JavaScript is served beside `/pixel.gif`.",
        "/assets/note.gif",
    )
    rate_limit: int = _setting(
        "WEBLEADS_RATE_LIMIT",
        50,
        read.whole_number(0, 1_000_000),
        "Hits that one IP address (of IPv6 one /64) may send in any second; each event of a batch counts. The"
        " workers of one `webleads collect` share it. 0 switches the limit off.",
    )
    journal_sync: str = _setting(
        "WEBLEADS_JOURNAL_SYNC",
        "interval",
        read.one_of("interval", "always"),
        "When the journal is synced to disk: `interval` at least every 200 ms, `always` before each answer.",
    )
    journal_retention_hours: int = _setting(
        "WEBLEADS_JOURNAL_RETENTION",
        24,
        read.whole_number(0, _YEAR_HOURS),
        "Hours that a raw hit, which has an IP address, is kept after the event store holds it.",
    )
    segment_bytes: int = _setting(
        "WEBLEADS_JOURNAL_SEGMENT",
        64 * 1024 * 1024,
        read.whole_number(4096, 1024**3),
        "Bytes after which a journal file is closed.",
    )
    too_old_hours: int = _setting(
        "WEBLEADS_TOO_OLD",
        24,
        read.whole_number(0, _YEAR_HOURS),
        "Hours after which a late event is no longer counted.",
    )
    geo_update: str = _setting(
        "WEBLEADS_GEO_UPDATE",
        "off",
        read.one_of("off", "dbip", "geolite2", "ipinfo"),
        "Whose geo databases `webleads serve` fetches and keeps fresh by itself; `off` leaves it to you.",
        "dbip",
    )
    geo_mirror: str = _setting(
        "WEBLEADS_GEO_MIRROR",
        "",
        read.base_url,
        "A server with the provider's geo databases under the same paths, which is used instead of the provider.",
        "http://mirror.example.net",
    )
    registers_update: str = _setting(
        "WEBLEADS_REGISTERS_UPDATE",
        "off",
        read.one_of("off", "sirene", "gleif", "all"),
        "Which registers of companies `webleads serve` fetches and imports by itself, once a month; `off` leaves it to you.",
        "all",
    )
    registers_mirror: str = _setting(
        "WEBLEADS_REGISTERS_MIRROR",
        "",
        read.base_url,
        "A server with the registers' files under the same paths, which is used instead of the publishers.",
        "http://mirror.example.net",
    )
    maxmind_account_id: str = _setting(
        "WEBLEADS_MAXMIND_ACCOUNT_ID", "", read.digits, "Your MaxMind account's number, for GeoLite2.", "123456"
    )
    maxmind_license_key: str = _setting(
        "WEBLEADS_MAXMIND_LICENSE_KEY",
        "",
        read.token,
        "A licence key of your MaxMind account, for GeoLite2.",
        secret=True,
    )
    ipinfo_token: str = _setting(
        "WEBLEADS_IPINFO_TOKEN", "", read.token, "The token of your IPinfo account, for IPinfo Lite.", secret=True
    )
    reverse_dns: bool = _setting(
        "WEBLEADS_REVERSE_DNS",
        False,
        read.yes_or_no,
        "Whether the host names of visitors' IP addresses are looked up, to identify companies behind an internet provider's line."
        " The IP addresses then reach your resolver, and the name servers that it asks.",
    )
    name_server: NameServer | None = _setting(
        "WEBLEADS_NAME_SERVER",
        None,
        read.name_server,
        "The resolver that reverse DNS asks. Empty: the system's.",
        "127.0.0.1",
    )
    scheduler: bool = _setting(
        "WEBLEADS_SCHEDULER",
        True,
        read.yes_or_no,
        "Whether `webleads serve` sends reports and alerts and fetches geo databases by itself.",
    )
    log_level: str = _setting(
        "WEBLEADS_LOG_LEVEL", "info", read.one_of("debug", "info", "warning", "error"), "How much the service logs."
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
    def registers_folder(self) -> Path:
        """The imported registers of companies, a file each."""
        return self.data / "registers"

    @property
    def app_database(self) -> str:
        return self.database_url or f"sqlite:///{self.data / 'webleads.sqlite'}"

    @property
    def event_store(self) -> str:
        return self.event_store_url or f"duckdb:///{self.data / EVENT_STORE_FILE}"

    @property
    def public_url(self) -> str:
        """Where browsers reach the service, without a trailing slash."""
        if self.base_url:
            return self.base_url
        host = "localhost" if self.host in {"0.0.0.0", "::", "127.0.0.1"} else self.host  # noqa: S104 - compared, not bound
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def load_settings(environment: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Returns the settings of the environment, or of another mapping. `overrides` that are not None replace them.

    Raises SettingError for an invalid value and for an unknown `WEBLEADS_…` variable.
    """
    environment = os.environ if environment is None else environment
    known = {setting.metadata["variable"]: setting for setting in fields(Settings)}
    _refuse_unknown(environment, known)
    values: dict[str, Any] = {}
    for variable, setting in known.items():
        source, raw = _raw_value(environment, variable)
        if not raw:
            continue
        try:
            read.refuse_controls(raw)
            values[setting.name] = setting.metadata["parse"](raw)
        except ValueError as problem:
            is_shown = source == variable and not setting.metadata["secret"]
            raise SettingError(f"{source}={raw!r}: {problem}" if is_shown else f"{source}: {problem}") from None
    values.update({name: value for name, value in overrides.items() if value is not None})
    settings = Settings(**values)
    _refuse_same_paths(settings)
    return settings


def _refuse_same_paths(settings: Settings) -> None:
    """Raises SettingError when two of the paths for hits are the same: only one of them could be served."""
    named = {"WEBLEADS_SCRIPT_PATH": settings.script_path, "WEBLEADS_EVENT_PATH": settings.event_path}
    named["WEBLEADS_PIXEL_PATH"] = settings.pixel_path
    defaults = {setting.metadata["variable"]: setting.default for setting in fields(Settings)}
    for variable, path in named.items():
        for other, taken in named.items():
            if other != variable and path != defaults[variable] and path in (taken, defaults[other]):
                raise SettingError(f"{variable}={path!r}: is the path of {other}; choose another")


def _raw_value(environment: Mapping[str, str], variable: str) -> tuple[str, str]:
    """Returns the variable's name and value; with `…_FILE`, the content of that file. Empty when neither is set."""
    file = environment.get(f"{variable}_FILE")
    if not file:
        return variable, environment.get(variable, "").strip()
    if environment.get(variable):
        raise SettingError(f"{variable} and {variable}_FILE are both set: unset one of them")
    return f"{variable}_FILE", _read_file(f"{variable}_FILE={file!r}", file)


def _read_file(shown: str, file: str) -> str:
    try:
        with open(file, encoding="utf-8-sig") as source:
            text = source.read(_LONGEST_FILE)
    except (OSError, ValueError) as problem:
        if isinstance(problem, UnicodeDecodeError):
            raise SettingError(f"{shown}: is not text in UTF-8") from problem
        reason = getattr(problem, "strerror", None) or problem
        raise SettingError(f"{shown}: cannot be read ({reason})") from problem
    if not text.strip():
        raise SettingError(f"{shown}: is empty; write the value into it, or unset the variable")
    return text.strip()


# Set for the build and the tests, not for the service.
_NOT_OURS = {"WEBLEADS_CHROMIUM"}
# Of older versions, and of no use any more: an upgrade must not fail for it.
_RETIRED = {"WEBLEADS_THREADS"}


def _refuse_unknown(environment: Mapping[str, str], known: Mapping[str, Any]) -> None:
    for variable in environment:
        if not variable.startswith("WEBLEADS_") or variable in _NOT_OURS | _RETIRED:
            continue
        if variable.removesuffix("_FILE") not in known:
            near = get_close_matches(variable, [*known, *(f"{name}_FILE" for name in known)], n=1)
            remedy = f"did you mean {near[0]}? If not, unset it" if near else "unset it"
            raise SettingError(f"{variable} is not a setting: {remedy} (docs/settings.md lists all)")
