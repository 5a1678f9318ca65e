"""Each metric, defined once: its names, the raw sums that it needs, its formula over them, and how it is shown.

An entry is all that a metric takes. The API, the dashboard's figures and chart, the weekly email and the exports read it
from here, in the order of this list. A label needs its French.

`visits`, `bounces`, `pageviews`, `engaged_ms` and `visit_seconds` are deltas that a row adds, so most metrics are sums
over event rows; visitors are a distinct count. What belongs to a visit as a whole (did it bounce, how long was it) is counted
where the visit began, so that no interval shows a bounce that another one takes back. Names and meanings are the
field's (https://plausible.io/docs/metrics-definitions).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, Flag, auto
from typing import Any

from sqlalchemy import ColumnElement, Double, cast, column, func

from tracker.stats.messages import message
from tracker.store.schema import events

VISITORS: ColumnElement[Any] = func.count(events.c.visitor_id.distinct())
VISITS: ColumnElement[Any] = func.sum(events.c.visits)
# Where single events of a visit are kept its first one may be missing: its visits are counted by their ids.
VISITS_TOUCHED: ColumnElement[Any] = func.count(events.c.visit_id.distinct())
PAGEVIEWS: ColumnElement[Any] = func.sum(events.c.pageviews)
ENGAGED_MS: ColumnElement[Any] = func.sum(events.c.engaged_ms)
EVENTS: ColumnElement[Any] = func.count()


class Part(Enum):
    """What a raw sum goes over."""

    EVENTS = "the event rows that are kept: the column is an aggregate"
    VISITS = "the visits that began in the period: the column is a delta, and summed"
    READS = "the pages that a visit read, on the day of the first view: the column is an aggregate over the furthest of each"


@dataclass(frozen=True)
class Raw:
    """A sum that formulas use. `of_single_events` replaces it where only some events of a visit are kept.

    Visitors apart, an aggregate over event rows must be a sum of what it is over some of them.
    """

    name: str
    part: Part
    column: ColumnElement[Any]
    of_single_events: ColumnElement[Any] | None = None


_VISITORS = Raw("visitors", Part.EVENTS, VISITORS)
_VISITS = Raw("visits", Part.EVENTS, VISITS, VISITS_TOUCHED)
_PAGEVIEWS = Raw("pageviews", Part.EVENTS, PAGEVIEWS)
_ENGAGED_MS = Raw("engaged_ms", Part.EVENTS, ENGAGED_MS)
_EVENTS = Raw("events", Part.EVENTS, EVENTS)
_BOUNCES = Raw("bounces", Part.VISITS, events.c.bounces)
_VISITS_BEGUN = Raw("visits_begun", Part.VISITS, events.c.visits)
_VISIT_SECONDS = Raw("visit_seconds", Part.VISITS, events.c.visit_seconds)
# How far down a visit read a page, of a row a visit and page.
FURTHEST: ColumnElement[Any] = column("furthest")
_DEPTH = Raw("depth", Part.READS, func.sum(FURTHEST))
_READS = Raw("reads", Part.READS, func.count(FURTHEST))

# Every part of a statement has a row for each group that it knows; this one knows them all.
ANY_EVENT = _EVENTS


class Unit(Enum):
    """What kind of number a metric is.

    This decides how it is written, and its value without events: a count is 0, a mean is missing.
    """

    COUNT = "a whole number"
    NUMBER = "a mean"
    FRACTION = "a part, 0 to 1"
    SECONDS = "a time"
    SHARE = "a part of what the period has in all: of the metric that it is a `share_of`"


class Shown(Flag):
    """Where a metric is shown in addition to the API, which has all of them."""

    TOTALS = auto()
    """Totals and time series, and so the chart and the exports."""
    FIGURES = auto()
    """The strip of figures over the dashboard's chart."""
    EMAIL = auto()
    """The figures of the weekly email."""
    NOWHERE = 0


Sums = Mapping[str, ColumnElement[Any]]


@dataclass(frozen=True)
class Metric:
    """`name` is its column and its name in the address bar; `api` is its name in the Stats API.

    The API returns it times `factor`, rounded to `decimals`. `meaning` is one line for people.
    """

    name: str
    api: str
    label: str
    meaning: str
    raw: tuple[Raw, ...]
    formula: Callable[[Sums], ColumnElement[Any]]
    unit: Unit = Unit.COUNT
    shown: Shown = Shown.NOWHERE
    less_is_better: bool = False
    share_of: str = ""
    factor: int = 1
    decimals: int = 0


def ratio(numerator: ColumnElement[Any], denominator: ColumnElement[Any]) -> ColumnElement[Any]:
    """A quotient as a decimal; null where there is nothing to divide by."""
    return cast(numerator, Double) / func.nullif(cast(denominator, Double), 0.0)


_DEFINITIONS = (
    Metric(
        "visitors",
        "visitors",
        message("Visitors"),
        message("Unique visitors per day: whoever comes back on another day counts again, unless they gave consent."),
        (_VISITORS,),
        lambda raw: raw["visitors"],
        shown=Shown.TOTALS | Shown.FIGURES | Shown.EMAIL,
    ),
    Metric(
        "visits",
        "visits",
        message("Visits"),
        message("A visitor’s page views without a 30-minute break."),
        (_VISITS,),
        lambda raw: raw["visits"],
        shown=Shown.TOTALS | Shown.FIGURES | Shown.EMAIL,
    ),
    Metric(
        "pageviews",
        "pageviews",
        message("Page views"),
        message("Pages displayed."),
        (_PAGEVIEWS,),
        lambda raw: raw["pageviews"],
        shown=Shown.TOTALS | Shown.FIGURES | Shown.EMAIL,
    ),
    Metric(
        "views_per_visit",
        "views_per_visit",
        message("Page views per visit"),
        message("Pages displayed per visit, on average."),
        (_PAGEVIEWS, _VISITS),
        lambda raw: ratio(raw["pageviews"], raw["visits"]),
        Unit.NUMBER,
        Shown.TOTALS,
        decimals=2,
    ),
    Metric(
        "bounce_rate",
        "bounce_rate",
        message("Bounce rate"),
        message("Share of one-page visits with no other action (outbound link, download, form)."),
        (_BOUNCES, _VISITS_BEGUN),
        lambda raw: ratio(raw["bounces"], raw["visits_begun"]),
        Unit.FRACTION,
        Shown.TOTALS | Shown.FIGURES,
        less_is_better=True,
        factor=100,
    ),
    Metric(
        "visit_duration_seconds",
        "visit_duration",
        message("Visit duration (avg.)"),
        message("From a visit’s first event to its last, on average."),
        (_VISIT_SECONDS, _VISITS_BEGUN),
        lambda raw: ratio(raw["visit_seconds"], raw["visits_begun"]),
        Unit.SECONDS,
        Shown.TOTALS | Shown.FIGURES,
    ),
    Metric(
        "engaged_seconds",
        "engaged_seconds",
        message("Reading time"),
        message("Time with the page in the foreground, per visit on average."),
        (_ENGAGED_MS, _VISITS),
        lambda raw: ratio(raw["engaged_ms"], raw["visits"] * 1000),
        Unit.SECONDS,
        Shown.TOTALS | Shown.FIGURES | Shown.EMAIL,
        decimals=1,
    ),
    Metric(
        "page_seconds",
        "time_on_page",
        message("Time on page"),
        message("Time with the page in the foreground, per page view on average."),
        (_ENGAGED_MS, _PAGEVIEWS),
        lambda raw: ratio(raw["engaged_ms"], raw["pageviews"] * 1000),
        Unit.SECONDS,
    ),
    Metric(
        "scroll_depth",
        "scroll_depth",
        message("Scroll depth"),
        message("How far down a page was read, in per cent, on average per page of a visit."),
        (_DEPTH, _READS),
        lambda raw: ratio(raw["depth"], raw["reads"]),
        Unit.NUMBER,
    ),
    Metric(
        "events",
        "events",
        message("Events"),
        message("Page views and all other actions."),
        (_EVENTS,),
        lambda raw: raw["events"],
        shown=Shown.TOTALS,
    ),
    Metric(
        "percentage",
        "percentage",
        message("Share of visitors"),
        message("Share of the period’s visitors, in per cent."),
        (_VISITORS,),
        lambda raw: raw["visitors"],
        Unit.SHARE,
        share_of="visitors",
        decimals=2,
    ),
    Metric(
        "visits_begun",
        "visits_begun",
        message("Visits begun"),
        message("Visits that began in the period, each where it was at its end."),
        (_VISITS_BEGUN,),
        lambda raw: raw["visits_begun"],
    ),
    Metric(
        "visit_share",
        "visit_share",
        message("Share of visits"),
        message("Share of the visits that began in the period, in per cent."),
        (_VISITS_BEGUN,),
        lambda raw: raw["visits_begun"],
        Unit.SHARE,
        share_of="visits_begun",
        decimals=2,
    ),
)

METRICS: dict[str, Metric] = {one.name: one for one in _DEFINITIONS}
BY_API_NAME: dict[str, Metric] = {one.api: one for one in _DEFINITIONS}

# What totals and time series have.
NAMES = tuple(one.name for one in _DEFINITIONS if Shown.TOTALS in one.shown)
COUNTS = tuple(name for name in NAMES if METRICS[name].unit is Unit.COUNT)
FIGURES = tuple(one for one in _DEFINITIONS if Shown.FIGURES in one.shown)
OF_EMAILS = tuple(one for one in _DEFINITIONS if Shown.EMAIL in one.shown)
