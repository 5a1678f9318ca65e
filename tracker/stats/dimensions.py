"""Each dimension, defined once: its names, the column behind it, and how people read it.

An entry is all that a dimension takes. The API, the address bar, the dashboard's panels and chips, and the filters read
it from here; an entry with `panel` is a tab of that panel, in the order of this list. A label needs its French.
Names are Plausible's where it has them (https://plausible.io/docs/stats-api#dimensions), else ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any, Literal, Self

from sqlalchemy import ColumnElement

from tracker.stats.companies.tiers import identification, of_tier
from tracker.stats.devices.screens import screen_size
from tracker.stats.messages import message
from tracker.stats.site_pages.site_search import searched_for
from tracker.store.functions import json_text
from tracker.store.schema import events


class Level(Enum):
    """What a dimension describes."""

    EVENT = "one event: the events of a visit may differ"
    VISIT = "a visit: it is the same on each of its events"
    COMPANY = "a company: what the publisher says of it, resolved to company ids before a statement is made"


@dataclass(frozen=True)
class Definition:
    """Everything about a dimension except its name in the address bar.

    `column` is the event column, where it is not named as the dimension is; `of_property` names the one of the
    publisher's own properties that it is of, where it is of one. `visit_column` says to which value of an
    event-level dimension a visit as a whole belongs (its bounce, its duration); without one it belongs to each that its
    events have. `of_last_page_view`: only the column of the visit's last page view counts. `in_mid_visit`: a visitor
    may name it during a visit, so that it stands only on the events from then on.

    `more` is a tab that opens from the panel's menu, and is
    counted from the events.

    `label` names a filter, `title` the tab and the page of all values. `done` and `not_done` word the filter that keeps
    visits with such an event. `vocabulary` names the labels of the values, which else stand as they are; `unknown` is
    the missing value, which is left out where `only_named`. `of_company`: possible companies have none. `worked_out` returns the
    SQL of a value that no column has.
    """

    label: str
    api: tuple[str, ...]
    level: Level = Level.VISIT
    column: str = ""
    of_property: str = ""
    visit_column: str = ""
    of_last_page_view: bool = False
    in_mid_visit: bool = False
    panel: Literal["pages", "sources", "companies", "places", "devices"] | None = None
    more: bool = False
    title: str = ""
    done: str = ""
    not_done: str = ""
    vocabulary: (
        Literal[
            "country",
            "channel",
            "social_kind",
            "language",
            "screen",
            "site_search",
            "device",
            "network_kind",
            "identification",
            "fit",
            "standing",
            "work",
            "sector",
            "activity",
            "size",
            "seat_region",
            "legal_state",
            "goal",
        ]
        | None
    ) = None
    unknown: str = message("Unknown")
    only_named: bool = False
    of_company: bool = False
    worked_out: Callable[[], ColumnElement[Any]] | None = None


class Dimension(StrEnum):
    """What events are grouped and filtered by. The value is the name in the address bar."""

    definition: Definition

    def __new__(cls, name: str, definition: Definition) -> Self:
        member = str.__new__(cls, name)
        member._value_ = name
        member.definition = definition
        return member

    PAGE = (
        "page",
        Definition(
            message("Page"),
            ("event:page",),
            Level.EVENT,
            column="path",
            # A visit bounces on the page that it entered by, as Plausible has it.
            visit_column="entry_page",
            panel="pages",
            title=message("Pages"),
            done=message("read"),
            not_done=message("did not read"),
        ),
    )
    EVENT = (
        "event",
        Definition(
            message("Event"),
            ("event:name",),
            Level.EVENT,
            column="name",
            done=message("did"),
            not_done=message("did not do"),
        ),
    )
    FORM = (
        "form",
        Definition(
            message("Form"),
            ("event:props:form",),
            Level.EVENT,
            column="props",
            of_property="form",
            done=message("sent the form"),
            not_done=message("did not send the form"),
        ),
    )
    LINK = (
        "link",
        Definition(
            message("Link"),
            ("event:props:url",),
            Level.EVENT,
            column="props",
            of_property="url",
            done=message("followed the link"),
            not_done=message("did not follow the link"),
        ),
    )
    # The publisher's own properties; a value is `key=value`. The API also knows each as `event:props:KEY`.
    PROPERTY = (
        "property",
        Definition(
            message("Property"),
            ("event:props",),
            Level.EVENT,
            column="props",
            done=message("with"),
            not_done=message("without"),
        ),
    )
    CURRENCY = (
        "currency",
        Definition(
            message("Currency"),
            ("event:currency",),
            Level.EVENT,
            done=message("paid in"),
            not_done=message("did not pay in"),
        ),
    )
    # A goal of the site by its key or name (tracker.stats.goals.filtering). No event has it: it is one of these filters.
    GOAL = (
        "goal",
        Definition(
            message("Goal"),
            ("event:goal",),
            Level.EVENT,
            column="name",
            vocabulary="goal",
            done=message("reached"),
            not_done=message("did not reach"),
        ),
    )
    HOSTNAME = (
        "hostname",
        Definition(
            message("Host"),
            ("event:hostname",),
            Level.EVENT,
            panel="pages",
            more=True,
            title=message("Hosts"),
            done=message("visited"),
            not_done=message("did not visit"),
        ),
    )
    TITLE = (
        "title",
        Definition(
            message("Title"),
            ("event:title",),
            Level.EVENT,
            done=message("read"),
            not_done=message("did not read"),
        ),
    )
    SITE_SEARCH = (
        "site_search",
        Definition(
            message("Site search"),
            ("event:site_search",),
            Level.EVENT,
            panel="pages",
            more=True,
            title=message("Site searches"),
            done=message("searched for"),
            not_done=message("did not search for"),
            vocabulary="site_search",
            only_named=True,
            worked_out=searched_for,
        ),
    )
    ENTRY_PAGE = (
        "entry_page",
        Definition(message("Entry page"), ("visit:entry_page",), panel="pages", title=message("Entry pages")),
    )
    EXIT_PAGE = (
        "exit_page",
        Definition(
            message("Exit page"),
            ("visit:exit_page",),
            column="path",
            of_last_page_view=True,
            panel="pages",
            title=message("Exit pages"),
        ),
    )
    SOURCE = (
        "source",
        Definition(
            message("Source"),
            ("visit:source",),
            panel="sources",
            title=message("Sources"),
            unknown=message("Direct"),
        ),
    )
    CHANNEL = (
        "channel",
        Definition(
            message("Channel"), ("visit:channel",), panel="sources", title=message("Channels"), vocabulary="channel"
        ),
    )
    REFERRER = (
        "referrer",
        Definition(
            message("Referrer"),
            ("visit:referrer",),
            panel="sources",
            more=True,
            title=message("Referrer URLs"),
            only_named=True,
        ),
    )
    MEDIUM = "medium", Definition(message("Medium"), ("visit:medium",))
    # As they stood in the URL: what Plausible documents. Rows stored before schema 3 have neither.
    UTM_SOURCE = (
        "utm_source",
        Definition(
            message("UTM source"),
            ("visit:utm_source",),
            panel="sources",
            more=True,
            title=message("UTM sources"),
            only_named=True,
        ),
    )
    UTM_MEDIUM = (
        "utm_medium",
        Definition(
            message("UTM medium"),
            ("visit:utm_medium",),
            panel="sources",
            more=True,
            title=message("UTM media"),
            only_named=True,
        ),
    )
    CAMPAIGN = (
        "campaign",
        Definition(
            message("Campaign"), ("visit:utm_campaign",), panel="sources", title=message("Campaigns"), only_named=True
        ),
    )
    CONTENT = (
        "content",
        Definition(
            message("Content of the campaign"),
            ("visit:utm_content",),
            panel="sources",
            more=True,
            title=message("Contents of campaigns"),
            only_named=True,
        ),
    )
    TERM = (
        "term",
        Definition(
            message("Term of the campaign"),
            ("visit:utm_term",),
            panel="sources",
            more=True,
            title=message("Terms of campaigns"),
            only_named=True,
        ),
    )
    DEVICE = (
        "device",
        Definition(
            message("Device"), ("visit:device",), panel="devices", title=message("Devices"), vocabulary="device"
        ),
    )
    BROWSER = "browser", Definition(message("Browser"), ("visit:browser",), panel="devices", title=message("Browsers"))
    BROWSER_VERSION = "browser_version", Definition(message("Browser version"), ("visit:browser_version",))
    OS = "os", Definition(message("System"), ("visit:os",), panel="devices", title=message("Systems"))
    OS_VERSION = "os_version", Definition(message("System version"), ("visit:os_version",))
    # In CSS pixels, as wide as the screen and not as the window.
    SCREEN = (
        "screen",
        Definition(
            message("Screen width"),
            ("visit:screen_size",),
            panel="devices",
            more=True,
            title=message("Screen widths"),
            vocabulary="screen",
            worked_out=screen_size,
        ),
    )
    COUNTRY = (
        "country",
        Definition(
            message("Country"), ("visit:country",), panel="places", title=message("Countries"), vocabulary="country"
        ),
    )
    REGION = "region", Definition(message("Region"), ("visit:region",), panel="places", title=message("Regions"))
    CITY = "city", Definition(message("City"), ("visit:city",), panel="places", title=message("Cities"))
    LANGUAGE = (
        "language",
        Definition(
            message("Language"),
            ("visit:language",),
            panel="places",
            more=True,
            title=message("Languages"),
            vocabulary="language",
        ),
    )
    SOCIAL_KIND = (
        "social_kind",
        Definition(
            message("Kind of social network"),
            ("visit:social_kind",),
            panel="sources",
            more=True,
            title=message("Kinds of social networks"),
            vocabulary="social_kind",
            only_named=True,
        ),
    )
    COMPANY = (
        "company",
        Definition(
            message("Company"),
            ("visit:company",),
            in_mid_visit=True,
            panel="companies",
            title=message("Companies"),
            only_named=True,
            of_company=True,
        ),
    )
    COMPANY_DOMAIN = (
        "company_domain",
        Definition(message("Domain of the company"), ("visit:company_domain",), in_mid_visit=True, of_company=True),
    )
    ORGANISATION = "organisation", Definition(message("Organisation"), ("visit:organisation",))
    NETWORK_KIND = (
        "network_kind",
        Definition(
            message("Kind of network"),
            ("visit:network_kind",),
            panel="companies",
            title=message("Kinds of network"),
            vocabulary="network_kind",
        ),
    )
    IDENTIFICATION = (
        "identification",
        Definition(
            message("Identification"),
            ("visit:identification",),
            in_mid_visit=True,
            vocabulary="identification",
            worked_out=identification,
        ),
    )
    # What is worked out of a company (tracker.leads.segments): where it stands in the period, and how well it fits.
    COMPANY_STANDING = (
        "standing",
        Definition(
            message("Standing"), ("company:standing",), Level.COMPANY, vocabulary="standing", unknown=message("none")
        ),
    )
    COMPANY_FIT = (
        "fit",
        Definition(message("Fit"), ("company:fit",), Level.COMPANY, vocabulary="fit", unknown=message("none")),
    )
    # What public registers say of a company (tracker.leads.registers): the section and code of its activity (NACE, NAF), its
    # employees (`250-499`), the town and region (ISO 3166-2) of its seat, and whether it exists.
    COMPANY_SECTOR = (
        "sector",
        Definition(message("Sector"), ("company:sector",), Level.COMPANY, vocabulary="sector", unknown=message("none")),
    )
    COMPANY_ACTIVITY = (
        "activity",
        Definition(
            message("Activity code"),
            ("company:activity",),
            Level.COMPANY,
            vocabulary="activity",
            unknown=message("none"),
        ),
    )
    COMPANY_SIZE = (
        "size",
        Definition(message("Size"), ("company:size",), Level.COMPANY, vocabulary="size", unknown=message("none")),
    )
    COMPANY_TOWN = (
        "seat_town",
        Definition(message("Town of the seat"), ("company:town",), Level.COMPANY, unknown=message("none")),
    )
    COMPANY_REGION = (
        "seat_region",
        Definition(
            message("Region of the seat"),
            ("company:region",),
            Level.COMPANY,
            vocabulary="seat_region",
            unknown=message("none"),
        ),
    )
    COMPANY_STATE = (
        "legal_state",
        Definition(
            message("Legal state"), ("company:state",), Level.COMPANY, vocabulary="legal_state", unknown=message("none")
        ),
    )
    # What the publisher set for a company (tracker.leads.workflow). An owner is written as the email of their account.
    COMPANY_STATUS = "status", Definition(message("Lead status"), ("company:status",), Level.COMPANY, vocabulary="work")
    COMPANY_KIND = (
        "relationship",
        Definition(message("Relationship"), ("company:relationship",), Level.COMPANY, vocabulary="work"),
    )
    COMPANY_OWNER = (
        "owner",
        Definition(message("Owner"), ("company:owner",), Level.COMPANY, unknown=message("Nobody")),
    )
    COMPANY_TAG = "tag", Definition(message("Tag"), ("company:tag",), Level.COMPANY, unknown=message("No tag"))
    COMPANY_LIST = (
        "list",
        Definition(message("In the list"), ("company:list",), Level.COMPANY, unknown=message("No list")),
    )
    COMPANY_REMINDER = (
        "reminder",
        Definition(
            message("Reminder"), ("company:reminder",), Level.COMPANY, vocabulary="work", unknown=message("none")
        ),
    )
    COMPANY_HIDDEN = (
        "hidden",
        Definition(message("Hidden from lists"), ("company:hidden",), Level.COMPANY, vocabulary="work"),
    )

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
