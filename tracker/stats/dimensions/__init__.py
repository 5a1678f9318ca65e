"""Each dimension, defined once: its names, the column behind it, and how people read it.

An entry of Dimension and its definition beside it are all that a dimension takes: `of_pages`, `of_sources`, `of_devices`, `of_networks` and
`of_companies` have the definitions. The API, the address bar, the dashboard's panels and chips, and the filters read it from
here; one with `panel` is a tab of that panel, in the order of this list. A label needs its French. Names are Plausible's where it has
them (https://plausible.io/docs/stats-api#dimensions), else ours.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Self

from sqlalchemy import ColumnElement

from tracker.stats.companies.tiers import of_tier
from tracker.stats.dimensions import of_companies, of_devices, of_networks, of_pages, of_sources
from tracker.stats.dimensions.definition import Definition, Level
from tracker.store.functions import json_text
from tracker.store.schema import events

__all__ = ["BY_API_NAME", "BY_NAME", "GROUPING", "Definition", "Dimension", "Level"]


class Dimension(StrEnum):
    """What events are grouped and filtered by. The value is the name in the address bar."""

    definition: Definition

    def __new__(cls, name: str, definition: Definition) -> Self:
        member = str.__new__(cls, name)
        member._value_ = name
        member.definition = definition
        return member

    PAGE = "page", of_pages.PAGE
    EVENT = "event", of_pages.EVENT
    FORM = "form", of_pages.FORM
    LINK = "link", of_pages.LINK
    PROPERTY = "property", of_pages.PROPERTY
    CURRENCY = "currency", of_pages.CURRENCY
    GOAL = "goal", of_pages.GOAL
    HOSTNAME = "hostname", of_pages.HOSTNAME
    TITLE = "title", of_pages.TITLE
    SITE_SEARCH = "site_search", of_pages.SITE_SEARCH
    ENTRY_PAGE = "entry_page", of_pages.ENTRY_PAGE
    EXIT_PAGE = "exit_page", of_pages.EXIT_PAGE
    SOURCE = "source", of_sources.SOURCE
    CHANNEL = "channel", of_sources.CHANNEL
    REFERRER = "referrer", of_sources.REFERRER
    MEDIUM = "medium", of_sources.MEDIUM
    UTM_SOURCE = "utm_source", of_sources.UTM_SOURCE
    UTM_MEDIUM = "utm_medium", of_sources.UTM_MEDIUM
    CAMPAIGN = "campaign", of_sources.CAMPAIGN
    CONTENT = "content", of_sources.CONTENT
    TERM = "term", of_sources.TERM
    DEVICE = "device", of_devices.DEVICE
    BROWSER = "browser", of_devices.BROWSER
    BROWSER_VERSION = "browser_version", of_devices.BROWSER_VERSION
    OS = "os", of_devices.OS
    OS_VERSION = "os_version", of_devices.OS_VERSION
    SCREEN = "screen", of_devices.SCREEN
    COUNTRY = "country", of_devices.COUNTRY
    REGION = "region", of_devices.REGION
    CITY = "city", of_devices.CITY
    LANGUAGE = "language", of_devices.LANGUAGE
    SOCIAL_KIND = "social_kind", of_sources.SOCIAL_KIND
    COMPANY = "company", of_networks.COMPANY
    COMPANY_DOMAIN = "company_domain", of_networks.COMPANY_DOMAIN
    ORGANISATION = "organisation", of_networks.ORGANISATION
    NETWORK_KIND = "network_kind", of_networks.NETWORK_KIND
    IDENTIFICATION = "identification", of_networks.IDENTIFICATION
    COMPANY_STANDING = "standing", of_companies.COMPANY_STANDING
    COMPANY_FIT = "fit", of_companies.COMPANY_FIT
    COMPANY_SECTOR = "sector", of_companies.COMPANY_SECTOR
    COMPANY_ACTIVITY = "activity", of_companies.COMPANY_ACTIVITY
    COMPANY_SIZE = "size", of_companies.COMPANY_SIZE
    COMPANY_TOWN = "seat_town", of_companies.COMPANY_TOWN
    COMPANY_REGION = "seat_region", of_companies.COMPANY_REGION
    COMPANY_STATE = "legal_state", of_companies.COMPANY_STATE
    COMPANY_STATUS = "status", of_companies.COMPANY_STATUS
    COMPANY_KIND = "relationship", of_companies.COMPANY_KIND
    COMPANY_OWNER = "owner", of_companies.COMPANY_OWNER
    COMPANY_TAG = "tag", of_companies.COMPANY_TAG
    COMPANY_LIST = "list", of_companies.COMPANY_LIST
    COMPANY_REMINDER = "reminder", of_companies.COMPANY_REMINDER
    COMPANY_HIDDEN = "hidden", of_companies.COMPANY_HIDDEN

    @property
    def is_event_level(self) -> bool:
        return self.definition.level is Level.EVENT

    @property
    def is_of_company(self) -> bool:
        """Whether the publisher sets it for a company: it can filter and not group, and no event has it."""
        return self.definition.level is Level.COMPANY

    @property
    def can_group(self) -> bool:
        """Whether an event has one value of it, by which it can be grouped."""
        return not self.is_of_company and self not in (Dimension.GOAL, Dimension.PROPERTY)

    @property
    def api_name(self) -> str:
        """The name that the API and stored filters write; it also reads the others."""
        return self.definition.api[0]

    @property
    def event_column(self) -> ColumnElement[Any]:
        column = self._column(self.definition.column or self.value)
        return json_text(column, self.definition.of_property) if self.definition.of_property else column

    @property
    def visit_value(self) -> ColumnElement[Any]:
        """The column that says to which value a visit as a whole belongs."""
        return self._column(self.definition.visit_column or self.definition.column or self.value)

    def _column(self, name: str) -> ColumnElement[Any]:
        if self.definition.worked_out is not None:
            return self.definition.worked_out()
        return of_tier(events.c[name]) if self.definition.of_company else events.c[name]


BY_NAME: dict[str, Dimension] = {one.value: one for one in Dimension}

# Each dimension by the names that the API knows it by.
BY_API_NAME: dict[str, Dimension] = {name: one for one in Dimension for name in one.definition.api}

# Those that events have, which can be asked for as a query's groups.
GROUPING: dict[str, Dimension] = {name: one for name, one in BY_API_NAME.items() if one.can_group}
