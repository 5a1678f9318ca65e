"""What a page shows, parsed from its URL and written into its links: period, comparison, filters, tabs.

`tracker.stats.filters.address_bar` writes and parses the filters; what cannot be parsed is left out and reported.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from dashboards.web.goals.names import remember_goals
from dashboards.web.site.asked_periods import DEFAULT_PERIOD, Problem, read_against, read_period, write_against
from dashboards.web.workflow.loading import companies_of, of_events
from tracker.db.models import Site
from tracker.enrichment.text.clean import clean_text
from tracker.leads.workflow.resolving import asks_for_more
from tracker.service.context import Context
from tracker.stats import traffic
from tracker.stats.comparisons import Against, compared
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Filter, FilterError
from tracker.stats.filters.address_bar import as_clicked, clicked, read_filter, write_filter
from tracker.stats.metrics import FIGURES
from tracker.stats.periods import INTERVALS, Period, parse_period
from tracker.stats.scope import Scope

DEFAULT_METRIC = "visitors"
METRICS = tuple(metric.name for metric in FIGURES)
_MOST_TOLD = 40
# So many filters are read of a URL; more are no person's.
_MOST_FILTERS = 50
_TABS = ("pages", "sources", "places", "devices", "companies")


@dataclass(frozen=True)
class Selection:
    """The selection in a page's URL. `unread_…` are the parts that could not be parsed.

    `asked` are the filters as events are asked, where some are of what is set for companies; None where they are the same.

    `compared` is the period with which `period` is compared, on pages that compare; None where there is nothing to compare
    with: not asked for, or not counted then, which `uncounted` says.
    """

    site: Site
    period: Period
    period_text: str = DEFAULT_PERIOD
    against: Against | None = None
    compared: Period | None = None
    uncounted: Period | None = None
    asked_interval: str | None = None
    metric: str = DEFAULT_METRIC
    filters: tuple[Filter, ...] = ()
    tabs: tuple[tuple[str, str], ...] = ()
    unread_period: Problem | None = None
    unread_against: Problem | None = None
    unread_filters: tuple[str, ...] = ()
    asked: tuple[Filter, ...] | None = None
    # What leaves internal and ignored companies out of figures of traffic.
    not_counted: tuple[Filter, ...] = ()

    @property
    def is_all_read(self) -> bool:
        return self.unread_period is None and not self.unread_filters

    @property
    def interval(self) -> str:
        """What the chart steps by: as asked where that suits the period."""
        asked = self.asked_interval
        return asked if asked is not None and asked in self.period.intervals else self.period.interval

    @property
    def scope(self) -> Scope:
        """What is counted: traffic."""
        return Scope(self.site.stored_as, self.period, (*self.events_filters, *self.not_counted))

    @property
    def scope_of_companies(self) -> Scope:
        """The same with all companies, for what is said of one of them."""
        return replace(self.scope, filters=self.events_filters)

    @property
    def events_filters(self) -> tuple[Filter, ...]:
        return self.filters if self.asked is None else self.asked

    @property
    def compared_scope(self) -> Scope | None:
        return None if self.compared is None else replace(self.scope, period=self.compared)

    @property
    def zone(self) -> ZoneInfo:
        return self.period.time_zone

    def tab(self, panel: str, otherwise: str) -> str:
        return dict(self.tabs).get(panel, otherwise)

    def arguments(self, **changes: Any) -> dict[str, Any]:
        """The URL arguments of this selection without defaults, with `changes` to single ones."""
        values = {**self._own_arguments, **changes}
        return {name: value for name, value in values.items() if value not in (None, "", [])}

    @cached_property
    def _own_arguments(self) -> dict[str, Any]:
        return {
            "site": self.site.domain,
            "period": self.period_text if self.period_text != DEFAULT_PERIOD else None,
            **write_against(self.against),
            "interval": self.asked_interval,
            "metric": self.metric if self.metric != DEFAULT_METRIC else None,
            "f": [write_filter(one) for one in self.filters],
            **dict(self.tabs),
        }

    def filtered(self, dimension: Dimension, value: str) -> Selection:
        """Returns the selection with a filter on the dimension, which replaces an earlier one on it."""
        others = self.without_dimension(dimension).filters
        return replace(self, filters=(*others, clicked(dimension, "is", (value,))), asked=None)

    def without_dimension(self, dimension: Dimension) -> Selection:
        """Returns the selection without filters on the dimension."""
        compared = {one: as_clicked(one) for one in self.filters}
        others = tuple(one for one, by in compared.items() if by is None or by.dimension != dimension)
        return replace(self, filters=others, asked=None)

    @property
    def unfiltered(self) -> Selection:
        return replace(self, filters=(), asked=None)

    def without(self, gone: Filter) -> Selection:
        return replace(self, filters=tuple(one for one in self.filters if one != gone), asked=None)


def read_selection(context: Context, site: Site, arguments: MultiDict[str, str]) -> Selection:
    """Parses the selection of a URL.

    Invalid parts fall back to the default, and are kept so that the page can report them.
    """
    remember_goals(site)
    zone = ZoneInfo(site.time_zone)
    parse = partial(_parse, context, site, context.now().astimezone(zone).date(), zone)
    period, text, unread_period = read_period(arguments, parse)
    against, unread_against = read_against(arguments, parse)
    filters, unread_filters = _filters([text for text in arguments.getlist("f") if text])
    metric = arguments.get("metric", DEFAULT_METRIC)
    return Selection(
        site=site,
        period=period,
        period_text=text,
        against=against,
        asked_interval=_one_of(INTERVALS, arguments.get("interval")),
        metric=metric if metric in METRICS else DEFAULT_METRIC,
        filters=filters,
        tabs=tuple((panel, arguments[panel]) for panel in _TABS if panel in arguments),
        unread_period=unread_period,
        unread_against=unread_against,
        unread_filters=unread_filters,
        asked=of_events(context, site, filters, period) if asks_for_more(filters) else None,
        not_counted=companies_of(context, site).not_counted(filters),
    )


def comparing(context: Context, selection: Selection) -> Selection:
    """The selection with the period that it is compared with, if the site was counted for all of it."""
    if selection.against is None:
        return selection
    other = compared(selection.period, selection.against, now=context.now())
    site = selection.site.stored_as
    if other is None or not traffic.has_begun(context.event_store, site, other.start, selection.zone):
        return replace(selection, uncounted=other)
    return replace(selection, compared=other)


def _one_of(names: Collection[str], asked: str | None) -> str | None:
    return asked if asked in names else None


def _parse(context: Context, site: Site, today: date, zone: ZoneInfo, text: str) -> Period:
    first = traffic.first_day(context.event_store, site.stored_as, zone) if text == "all" else None
    return parse_period(text, today=today, time_zone=zone, first_day=first)


def _filters(texts: list[str]) -> tuple[tuple[Filter, ...], tuple[str, ...]]:
    """The filters in the texts, and the texts that are not filters."""
    filters, unread = [], [clean_text(text, _MOST_TOLD) for text in texts[_MOST_FILTERS:][:1]]
    for text in texts[:_MOST_FILTERS]:
        try:
            filters.append(read_filter(text))
        except FilterError:
            unread.append(clean_text(text, _MOST_TOLD))
    return tuple(filters), tuple(unread)
