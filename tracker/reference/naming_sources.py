"""What an installation could still be given so that more companies are named: outside data that is not there yet."""

from __future__ import annotations

from enum import StrEnum

from tracker.enrichment.network.operator_list import has_entries
from tracker.reference.geo.verified_copies import open_databases
from tracker.settings import Settings


class NamingSource(StrEnum):
    """A source of companies' names, the one that names most first. The value stands in the API."""

    NETWORK_DATABASE = "network_database"
    REVERSE_DNS = "reverse_dns"
    NETWORK_LIST = "network_list"


def missing_sources(settings: Settings, *, knows_networks: bool | None = None) -> tuple[NamingSource, ...]:
    """Returns the sources that are not there. Whoever knows the databases already says so; else they are looked at."""
    if knows_networks is None:
        knows_networks = open_databases(settings, warn=False).knows_networks
    there = {
        NamingSource.NETWORK_DATABASE: knows_networks,
        NamingSource.REVERSE_DNS: settings.reverse_dns,
        NamingSource.NETWORK_LIST: has_entries(settings.network_list_file),
    }
    return tuple(one for one, is_there in there.items() if not is_there)
