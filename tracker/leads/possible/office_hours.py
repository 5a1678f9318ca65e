"""Office hours where a visitor is: the time zone of a country, and of a region where the country has several.

Countries have their zones from the time zone database (zone.tab of the package tzdata). Of one with several zones the table
below names the zone of most of its people, and the regions with another one, in the spelling of geo databases. A country that
nobody knows has the zone that is asked with.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import pandas as pd

OFFICE_HOURS = (8, 19)
_SATURDAY = 5

_MOST_PEOPLE = {
    "AU": "Australia/Sydney", "BR": "America/Sao_Paulo", "CA": "America/Toronto", "KZ": "Asia/Almaty",
    "RU": "Europe/Moscow", "UA": "Europe/Kyiv", "US": "America/New_York", "UZ": "Asia/Tashkent",
}  # fmt: skip
_REGIONS = {
    "AU": {
        "Australia/Perth": "Western Australia",
        "Australia/Adelaide": "South Australia|Northern Territory",
        "Australia/Brisbane": "Queensland",
    },
    "BR": {
        "America/Manaus": "Amazonas|Rondônia|Rondonia|Roraima|Mato Grosso|Mato Grosso do Sul",
        "America/Rio_Branco": "Acre",
    },
    "CA": {
        "America/Vancouver": "British Columbia|Yukon",
        "America/Edmonton": "Alberta|Northwest Territories",
        "America/Winnipeg": "Manitoba|Saskatchewan",
        "America/Halifax": "Nova Scotia|New Brunswick|Prince Edward Island",
        "America/St_Johns": "Newfoundland and Labrador",
    },
    "ES": {"Atlantic/Canary": "Canary Islands|Canarias"},
    "ID": {"Asia/Makassar": "Bali|South Sulawesi|East Kalimantan", "Asia/Jayapura": "Papua"},
    "MX": {"America/Tijuana": "Baja California", "America/Hermosillo": "Sonora"},
    "PT": {"Atlantic/Azores": "Azores"},
    "RU": {
        "Asia/Yekaterinburg": "Sverdlovsk Oblast|Chelyabinsk Oblast|Perm Krai|Tyumen Oblast|Bashkortostan",
        "Asia/Omsk": "Omsk Oblast",
        "Asia/Novosibirsk": "Novosibirsk Oblast|Tomsk Oblast|Krasnoyarsk Krai|Kemerovo Oblast",
        "Asia/Irkutsk": "Irkutsk Oblast",
        "Asia/Vladivostok": "Primorye|Primorskiy Kray|Khabarovsk|Khabarovsk Krai",
    },
    "US": {
        "America/Chicago": "Alabama|Arkansas|Illinois|Iowa|Kansas|Louisiana|Minnesota|Mississippi|Missouri|Nebraska"
        "|North Dakota|Oklahoma|South Dakota|Tennessee|Texas|Wisconsin",
        "America/Denver": "Colorado|Idaho|Montana|New Mexico|Utah|Wyoming",
        "America/Phoenix": "Arizona",
        "America/Los_Angeles": "California|Nevada|Oregon|Washington",
        "America/Anchorage": "Alaska",
        "Pacific/Honolulu": "Hawaii",
    },
}  # fmt: skip


@lru_cache(maxsize=1)
def _first_zones() -> dict[str, str]:
    """The first zone of each country in the time zone database, ours where it is not that of most people."""
    zones: dict[str, str] = {}
    for line in files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            zones.setdefault(country, zone)
    return zones | _MOST_PEOPLE


@lru_cache(maxsize=4096)
def zone_of(country: str | None, region: str | None) -> str | None:
    """The time zone of a country (ISO 3166-1) and a region's name; None for a country that is not known."""
    if country is None:
        return None
    for zone, regions in _REGIONS.get(country, {}).items():
        if region and region in regions.split("|"):
            return zone
    return _first_zones().get(country)


def in_office_hours(
    at: pd.Series[pd.Timestamp], country: pd.Series[str], region: pd.Series[str], *, otherwise: str
) -> pd.Series[bool]:
    """Whether each moment (UTC without a zone) is on a weekday within OFFICE_HOURS where its visitor is."""
    utc = pd.to_datetime(at).dt.tz_localize("UTC")
    zones = pd.Series(
        [zone_of(*map(_text, place)) or otherwise for place in zip(country, region, strict=True)], index=at.index
    )
    found = pd.Series(False, index=at.index)
    first, end = OFFICE_HOURS
    for zone, moments in utc.groupby(zones):
        local = moments.dt.tz_convert(str(zone))
        found[moments.index] = (local.dt.day_of_week < _SATURDAY) & local.dt.hour.between(first, end - 1)
    return found


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
