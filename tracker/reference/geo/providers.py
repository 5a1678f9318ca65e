"""Where each provider publishes its free databases, as data. The URLs come from their documentation:

https://db-ip.com/db/lite.php, https://dev.maxmind.com/geoip/updating-databases#directly-downloading-databases and
https://ipinfo.io/developers/ipinfo-lite-database.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode

from tracker.phrase import Phrase, message
from tracker.settings import Settings


class NotConfigured(ValueError):
    """A provider needs a key that is not set; the message names the variable."""


@dataclass(frozen=True)
class Edition:
    """One database. `name` is its file in DATA/geo. `is_type` is a part of its database type, which identifies it.

    `urls` are tried in their order until one exists: on a month's first days its database may not be published yet.
    `checksum_url` returns a text, from which `read_checksum` takes the SHA-256.
    """

    name: str
    is_type: str
    urls: Sequence[str]
    packing: str  # "gzip", "tar.gz" or "plain"
    checksum_url: str | None = None
    read_checksum: Callable[[str], str] = str.strip
    checksum_is_optional: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


# The providers' servers. Tests use their own.
HOSTS = {
    "dbip": "https://download.db-ip.com",
    "geolite2": "https://download.maxmind.com",
    "ipinfo": "https://ipinfo.io",
}


def editions(provider: str, settings: Settings, *, today: date, host: str | None = None) -> list[Edition]:
    """Returns the databases of a provider. Raises NotConfigured when its key is missing."""
    return _EDITIONS[provider](settings, host or HOSTS[provider], today)


def _dbip(_settings: Settings, host: str, today: date) -> list[Edition]:
    months = [today, today.replace(day=1) - timedelta(days=1)]
    return [
        Edition(
            name=f"dbip-{what}-lite.mmdb",
            is_type=what,
            urls=[f"{host}/free/dbip-{what}-lite-{month:%Y-%m}.mmdb.gz" for month in months],
            packing="gzip",
        )
        for what in ("city", "asn")
    ]


def _geolite2(settings: Settings, host: str, _today: date) -> list[Edition]:
    missing = [
        variable
        for variable, value in (
            ("WEBLEADS_MAXMIND_ACCOUNT_ID", settings.maxmind_account_id),
            ("WEBLEADS_MAXMIND_LICENSE_KEY", settings.maxmind_license_key),
        )
        if not value
    ]
    if missing:
        needed = message("GeoLite2 needs a free MaxMind account: set %(settings)s")
        raise NotConfigured(Phrase(needed, settings=", ".join(missing)))
    secret = f"{settings.maxmind_account_id}:{settings.maxmind_license_key}".encode()
    return [
        Edition(
            name=f"GeoLite2-{what}.mmdb",
            is_type=f"GeoLite2-{what}",
            urls=[f"{host}/geoip/databases/GeoLite2-{what}/download?suffix=tar.gz"],
            packing="tar.gz",
            checksum_url=f"{host}/geoip/databases/GeoLite2-{what}/download?suffix=tar.gz.sha256",
            read_checksum=lambda text: text.split(maxsplit=1)[0],
            headers={"Authorization": f"Basic {base64.b64encode(secret).decode()}"},
        )
        for what in ("City", "ASN")
    ]


def _ipinfo(settings: Settings, host: str, _today: date) -> list[Edition]:
    if not settings.ipinfo_token:
        raise NotConfigured(Phrase(message("IPinfo Lite needs the token of a free account: set WEBLEADS_IPINFO_TOKEN")))
    token = urlencode({"token": settings.ipinfo_token})
    return [
        Edition(
            name="ipinfo_lite.mmdb",
            is_type="ipinfo",
            urls=[f"{host}/data/ipinfo_lite.mmdb?{token}"],
            packing="plain",
            checksum_url=f"{host}/data/ipinfo_lite.mmdb/checksums?{token}",
            read_checksum=lambda text: str(json.loads(text)["checksums"]["sha256"]),
            checksum_is_optional=True,
        )
    ]


_EDITIONS: dict[str, Callable[[Settings, str, date], list[Edition]]] = {
    "dbip": _dbip,
    "geolite2": _geolite2,
    "ipinfo": _ipinfo,
}
