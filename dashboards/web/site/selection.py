"""What a page shows, parsed from its URL and written into its links: period, comparison, filters, tabs.

`tracker.stats.filters.address_bar` writes and parses the filters; what cannot be parsed is left out and reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from tracker.db.models import Site
from tracker.enrichment.text.clean import clean_text
from tracker.service.context import Context
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Filter, FilterError
from tracker.stats.filters.address_bar import clicked, comparison_of, read_filter, write_filter
from tracker.stats.metrics import FIGURES
from tracker.stats.periods import Period, parse_period
from tracker.stats.scope import Scope
from tracker.stats.traffic import first_day

DEFAULT_PERIOD = "30d"
DEFAULT_METRIC = "visitors"
METRICS = tuple(metric.name for metric in FIGURES)
_MOST_TOLD = 40
_TABS = ("pages", "sources", "places", "devices", "companies")


@dataclass(frozen=True)
class Selection:
    """The selection in a page's URL. `unread_period` and `unread_filters` are the texts that could not be parsed."""

    site: Site
    period: Period
    period_text: str = DEFAULT_PERIOD
    compares: bool = True
    metric: str = DEFAULT_METRIC
    filters: tuple[Filter, ...] = ()
    tabs: tuple[tuple[str, str], ...] = ()
    counted_before: bool = True
    unread_period: str | None = None
    unread_filters: tuple[str, ...] = ()

    @property
    def is_all_read(self) -> bool:
        return self.unread_period is None and not self.unread_filters

    @property
    def shows_before(self) -> bool:
        """Whether the period before is shown: it is asked for, and the site was counted then."""
        return self.compares and self.counted_before

    @property
    def scope(self) -> Scope:
        return Scope(self.site.stored_as, self.period, self.filters)

    @property
    def previous_scope(self) -> Scope:
        return Scope(self.site.stored_as, self.period.previous(), self.filters)

    @property
    def zone(self) -> ZoneInfo:
        return self.period.time_zone

    def tab(self, panel: str, otherwise: str) -> str:
        return dict(self.tabs).get(panel, otherwise)

    def arguments(self, **changes: Any) -> dict[str, Any]:
        """The URL arguments of this selection without defaults, with `changes` to single ones."""
        values: dict[str, Any] = {
            "site": self.site.domain,
            "period": self.period_text if self.period_text != DEFAULT_PERIOD else None,
            "compare": None if self.compares else "no",
            "metric": self.metric if self.metric != DEFAULT_METRIC else None,
            "f": [write_filter(one) for one in self.filters],
            **dict(self.tabs),
        }
        values.update(changes)
        return {name: value for name, value in values.items() if value not in (None, "", [])}

    def filtered(self, dimension: Dimension, value: str) -> Selection:
        """Returns the selection with a filter on the dimension, which replaces an earlier one on it."""
        others = tuple(one for one in self.filters if comparison_of(one).dimension != dimension)
        return replace(self, filters=(*others, clicked(dimension, "is", (value,))))

    @property
    def unfiltered(self) -> Selection:
        return replace(self, filters=())

    def without(self, gone: Filter) -> Selection:
        return replace(self, filters=tuple(one for one in self.filters if one != gone))


def read_selection(context: Context, site: Site, arguments: MultiDict[str, str]) -> Selection:
    """Parses the selection of a URL.

    Invalid parts fall back to the default, and are kept so that the page can report them.
    """
    zone = ZoneInfo(site.time_zone)
    today = context.now().astimezone(zone).date()
    text, unread = _period_text(arguments), None
    try:
        period = _parse(context, site, text, today, zone)
    except ValueError:
        text, unread = DEFAULT_PERIOD, clean_text(text, _MOST_TOLD)
        period = _parse(context, site, text, today, zone)
    filters, unread_filters = _filters(arguments.getlist("f"))
    metric = arguments.get("metric", DEFAULT_METRIC)
    return Selection(
        site=site,
        period=period,
        period_text=text,
        compares=arguments.get("compare") != "no",
        metric=metric if metric in METRICS else DEFAULT_METRIC,
        filters=filters,
        tabs=tuple((panel, arguments[panel]) for panel in _TABS if panel in arguments),
        unread_period=unread,
        unread_filters=unread_filters,
    )


def _period_text(arguments: Mapping[str, str]) -> str:
    """The period, or the two days of the picker's form, in either order. One day alone is not a period."""
    start, end = arguments.get("from", ""), arguments.get("to", "")
    if start and end:
        return f"{min(start, end)},{max(start, end)}"
    if start or end:
        return f"{start},{end}"
    return arguments.get("period") or DEFAULT_PERIOD


def _parse(context: Context, site: Site, text: str, today: date, zone: ZoneInfo) -> Period:
    first = first_day(context.event_store, site.stored_as, zone) if text == "all" else None
    return parse_period(text, today=today, time_zone=zone, first_day=first)


def _filters(texts: list[str]) -> tuple[tuple[Filter, ...], tuple[str, ...]]:
    """The filters in the texts, and the texts that are not filters."""
    filters, unread = [], []
    for text in texts:
        try:
            filters.append(read_filter(text))
        except FilterError:
            unread.append(clean_text(text, _MOST_TOLD))
    return tuple(filters), tuple(unread)
