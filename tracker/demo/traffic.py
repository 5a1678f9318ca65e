"""Generates a year of traffic: visits as arrays, then their events as columns, so that millions take only minutes.

Deterministic: the same seed, day and number make the same events. The names of sources and browsers come from the
product's enrichment, so the demo shows what real hits would show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tracker.demo import catalogue
from tracker.demo.catalogue import (
    ABOUT,
    ARTICLES,
    CONTACT,
    DEVICES,
    HOME,
    ORIGINS,
    PLACES,
    PRICES,
    PROVIDERS,
)
from tracker.demo.companies import PEOPLE_APART, Cast, cast
from tracker.enrichment.agent import parse_agent
from tracker.enrichment.company.evidence import EvidenceCode, as_stored, evidence
from tracker.enrichment.event import ENGAGEMENT, PAGEVIEW
from tracker.enrichment.page.parse import parse_page
from tracker.enrichment.source.attribution import Attribution, attribute
from tracker.store.batch import Batch, NotCounted
from tracker.store.deltas import of_whole_visits
from tracker.store.protocol import EventStore
from tracker.store.schema import EVENT_COLUMNS

Whole = NDArray[np.int64]
Real = NDArray[np.float64]
_Tables = dict[str, NDArray[Any]]

DAYS = 365
_TIME_ZONE = "Europe/Paris"
_PAGES = (HOME, *ARTICLES, ABOUT, PRICES, CONTACT)
_INTENT_FROM = len(_PAGES) - 2
_MAX_PAGES = 12
# Smaller than a row group of DuckDB. Of a larger batch some rows are written before the commit and then again, and
# leave unused space in the file.
_EVENTS_A_CHUNK = 100_000
# Measured on the model below: the mean number of pageviews and engagement reports together.
_EVENTS_A_VISIT = 2.98


class _Visits(NamedTuple):
    """The visits, an array a column. `company` is −1 for a visitor at home; `start_us` is µs since 1970 in UTC."""

    start_us: Whole
    day: Whole
    person: Whole
    company: Whole
    place: Whole
    provider: Whole
    origin: Whole
    device: Whole
    entry: Whole
    pages: Whole


def generate(
    store: EventStore,
    *,
    events: int,
    seed: int,
    last_day: date,
    companies: int = len(catalogue.COMPANIES),
    until: datetime | None = None,
    on_progress: Callable[[int], None] = lambda n: None,
) -> None:
    """Fills an empty store with `events` events of the year that ends with `last_day`. None of them is after `until`.

    `on_progress` is called with the number of events of each batch.
    """
    random = np.random.default_rng(seed)
    first_day = last_day - timedelta(days=DAYS - 1)
    popularity = _popularity()
    readers = cast(random, companies, days=DAYS, visits=events / _EVENTS_A_VISIT)
    weights = _day_weights(random, first_day)
    networks = _network_tables(readers)
    left = events
    while left > 0:
        # A little less than is left: then the last rounds fill all days evenly, and no last days are cut off.
        visits_a_day = random.poisson(weights * max(1.0, 0.97 * left / _EVENTS_A_VISIT))
        for days in _chunks(visits_a_day):
            visits = _make_visits(random, first_day, days, visits_a_day[days], popularity, readers)
            columns, kept = _first(_make_events(random, visits, popularity, readers, networks), left, until)
            store.append(Batch(columns))
            left -= kept
            on_progress(kept)
    store.append(Batch({}, list(_not_counted(random, first_day))))


def _day_weights(random: np.random.Generator, first_day: date) -> Real:
    """Each day's share of the year's visits: a growing blog with quiet weekends, a quiet August and Christmas, and a few days when an article took off."""
    days = np.arange(DAYS)
    dates = pd.date_range(first_day, periods=DAYS)
    weight = (0.6 + 0.8 * days / DAYS) * np.array(catalogue.WEEKDAYS)[dates.day_of_week]
    weight *= np.where(dates.month == 8, 0.55, 1.0) * np.where((dates.month == 12) & (dates.day > 20), 0.6, 1.0)
    weight *= random.lognormal(0, 0.12, DAYS)
    for peak in random.choice(DAYS - 3, 6, replace=False):
        weight[peak : peak + 3] *= np.array([2.6, 1.8, 1.3])
    shares: Real = weight / weight.sum()
    return shares


def _popularity() -> Real:
    """Returns each page's share of each day's views, shape (days, pages): high when the page is new, low later."""
    days = np.arange(DAYS)[:, None]
    published = np.array([page.published_day for page in _PAGES])[None, :]
    age = days - published
    fresh = np.where(age >= 0, 0.5 + 5.0 * np.exp(-np.maximum(age, 0) / 6.0), 0.0)
    evergreen = np.array([page.published_day <= -400 for page in _PAGES])
    weight = np.where(evergreen, 1.0, fresh) * np.array([page.weight for page in _PAGES])
    shares: Real = weight / weight.sum(axis=1, keepdims=True)
    return shares


def _chunks(visits_a_day: Whole) -> Iterator[Whole]:
    chunk = np.cumsum(visits_a_day * _EVENTS_A_VISIT) // _EVENTS_A_CHUNK
    for number in np.unique(chunk):
        days = np.flatnonzero((chunk == number) & (visits_a_day > 0))
        if len(days):
            yield days


def _make_visits(
    random: np.random.Generator, first_day: date, days: Whole, counts: Whole, popularity: Real, readers: Cast
) -> _Visits:
    day = np.repeat(days, counts)
    number = len(day)
    company = np.where(random.random(number) < readers.share, _choose_by_week(random, readers.heat, day // 7), -1)
    _let_debut(company, day, readers.debut)
    at_work = company >= 0
    people = readers.people[company]
    # Readers come back: a person's number is drawn so that low ones are common.
    visitor_at_home = (random.pareto(1.1, number) * 40).astype(np.int64) % 4_000_000
    first_home = max(10_000, len(readers.companies) * PEOPLE_APART)
    person = np.where(
        at_work,
        company * PEOPLE_APART + (random.random(number) * people).astype(np.int64),
        first_home + visitor_at_home,
    )
    origin = np.where(
        at_work,
        _choose(random, [one.company_weight for one in ORIGINS], number),
        _choose(random, [one.weight for one in ORIGINS], number),
    )
    own = np.random.default_rng(7).permutation(65_536)[
        person % 65_536
    ]  # the same for all of a person's visits: home, device
    return _Visits(
        start_us=_moments(random, first_day, day, at_work),
        day=day,
        person=person,
        company=company,
        place=_by_share([one.weight for one in PLACES], (own * 7919) % 65_536),
        provider=_by_share([one.weight for one in PROVIDERS], (own * 104_729) % 65_536),
        device=np.where(at_work, own % 4, _by_share([one.weight for one in DEVICES], own)),
        origin=origin,
        entry=_choose_each(random, popularity[day]),
        pages=np.minimum(_MAX_PAGES, random.geometric(np.where(at_work, 0.46, 0.7), number)),
    )


def _let_debut(company: Whole, day: Whole, debut: Whole) -> None:
    """Assigns the first visits at work of each day to the companies whose first visit is on that day or is overdue."""
    for one in np.unique(day):
        at_work = np.flatnonzero((day == one) & (company >= 0))
        new = np.flatnonzero((debut >= 0) & (debut <= one))[: len(at_work)]
        company[at_work[: len(new)]] = new
        debut[new] = -1


def _moments(random: np.random.Generator, first_day: date, day: Whole, at_work: NDArray[np.bool_]) -> Whole:
    hours = np.array(catalogue.HOURS, dtype=float)
    office = np.where((np.arange(24) >= 8) & (np.arange(24) < 19), hours, hours * 0.05)
    hour = np.where(at_work, _choose(random, office, len(day)), _choose(random, hours, len(day)))
    seconds = day * 86_400 + hour * 3600 + random.integers(0, 3600, len(day))
    local = pd.DatetimeIndex(np.datetime64(first_day, "us") + seconds.astype("timedelta64[s]"))
    utc = local.tz_localize(_TIME_ZONE, nonexistent="shift_forward", ambiguous=np.ones(len(day), bool)).tz_convert(
        "UTC"
    )
    milliseconds = random.integers(0, 1000, len(day)) * 1000
    moments: Whole = utc.as_unit("us").asi8 + milliseconds
    return moments


def _make_events(
    random: np.random.Generator, visits: _Visits, popularity: Real, readers: Cast, networks: _Tables
) -> dict[str, Any]:
    """Returns the visits' pageviews as columns, most of them followed by an engagement report."""
    visit = np.repeat(np.arange(len(visits.pages)), visits.pages)
    step = np.arange(len(visit)) - np.repeat(np.cumsum(visits.pages) - visits.pages, visits.pages)
    at_work = visits.company[visit] >= 0
    page = np.where(step == 0, visits.entry[visit], _next_page(random, visits, visit, at_work, popularity, readers))
    seconds = np.clip(random.lognormal(np.where(at_work, 4.1, 3.6), 0.9), 1, 1500)
    gap_us = np.round((seconds + random.exponential(8, len(visit))) * 1e6).astype(np.int64)
    before = np.cumsum(gap_us) - gap_us
    at = visits.start_us[visit] + before - before[np.flatnonzero(step == 0)][visit]
    read = random.random(len(visit)) < 0.87
    views = _columns(visits, visit, page, PAGEVIEW, at, networks)
    views |= {
        "engaged_ms": np.zeros(len(visit), np.int64),
        "scroll_depth": pd.array(np.full(len(visit), None), dtype="Int64"),
    }
    reads = _columns(
        visits, visit[read], page[read], ENGAGEMENT, at[read] + (seconds[read] * 1e6).astype(np.int64), networks
    )
    reads |= {
        "engaged_ms": (seconds[read] * 1000 * 0.9).astype(np.int64),
        "scroll_depth": pd.array((random.beta(3, 1.6, int(read.sum())) * 100).astype(np.int64), dtype="Int64"),
    }
    _reach_goals(reads, page[read], step[read])
    order = np.argsort(np.concatenate([views["occurred_at"], reads["occurred_at"]]), kind="stable")
    columns = {name: _join(views[name], reads[name], order) for name in views}
    is_view = np.concatenate([np.ones(len(visit), np.bool_), np.zeros(int(read.sum()), np.bool_)])[order]
    columns |= of_whole_visits(np.concatenate([visit, visit[read]])[order], columns["occurred_at"], is_view)
    return {name: columns[name] for name in EVENT_COLUMNS}


def _reach_goals(reads: dict[str, Any], page: Whole, step: Whole) -> None:
    """Makes forms and downloads of some reports of reading, of visits that saw a page before: those never bounced."""
    luck = np.random.default_rng(len(page)).random(len(page))
    for of_page, share, name, props in catalogue.GOALS:
        reached = (page == _PAGES.index(of_page)) & (step > 0) & (luck < share)
        reads["name"] = np.where(reached, name, reads["name"])
        reads["props"] = np.where(reached, props, reads["props"])
        reads["engaged_ms"] = np.where(reached, 0, reads["engaged_ms"])
        reads["scroll_depth"][reached] = None


def _next_page(
    random: np.random.Generator,
    visits: _Visits,
    visit: Whole,
    at_work: NDArray[np.bool_],
    popularity: Real,
    readers: Cast,
) -> Whole:
    """Returns the next page of each step. Companies that are close to being clients often see the prices or contact page."""
    warmth = np.where(at_work, readers.warmth[visits.company[visit]], 0.08)
    wants = random.random(len(visit)) < warmth * 0.35
    return np.where(
        wants, _INTENT_FROM + random.integers(0, 2, len(visit)), _choose_each(random, popularity[visits.day[visit]])
    )


def _columns(
    visits: _Visits,
    visit: Whole,
    page: Whole,
    name: str,
    at: Whole,
    networks: _Tables,
) -> dict[str, Any]:
    """Returns every column but the deltas. The values of a visit are looked up in tables by the visit's indices."""
    rows = len(visit)
    columns: dict[str, Any] = {column: np.full(rows, None, dtype=object) for column in ("revenue", "currency", "props")}
    columns |= {
        "site": _text([catalogue.SITE], np.zeros(rows, np.int64)),
        "name": _text([name], np.zeros(rows, np.int64)),
        "occurred_at": at.astype("datetime64[us]"),
        "has_event_id": np.ones(rows, np.bool_),
        "visitor_id": _mix(visits.person * 400 + visits.day)[visit],
        "visit_id": _mix(visits.person * 1_000_003 + visits.start_us)[visit],
        "hostname": _text([catalogue.SITE], np.zeros(rows, np.int64)),
        "path": _text([one.path for one in _PAGES], page),
        "title": _text([one.title for one in _PAGES], page),
        "entry_page": _text([one.path for one in _PAGES], visits.entry[visit]),
        "language": _text(["fr-FR"], np.zeros(rows, np.int64)),
        "revenue": np.full(rows, np.nan),
        "consented": np.zeros(rows, np.bool_),
    }
    return (
        columns
        | _source_columns(visits.origin[visit])
        | _device_columns(visits.device[visit])
        | _network_columns(visits, visit, networks)
    )


def _source_columns(origin: Whole) -> dict[str, Any]:
    found = [_attribution(one) for one in ORIGINS]
    return {name: _text([getattr(one, name) for one in found], origin) for name in Attribution._fields}


def _attribution(origin: catalogue.DemoOrigin) -> Attribution:
    page = parse_page(f"https://{catalogue.SITE}/?{origin.utm}")
    assert page is not None
    return attribute(page, origin.referrer, site_hosts=(catalogue.SITE,))


def _device_columns(device: Whole) -> dict[str, Any]:
    found = [parse_agent(one.user_agent, {}) for one in DEVICES]
    columns = {name: _text([getattr(one, name) for one in found], device) for name in found[0]._fields}
    widths = np.array([one.screen_width for one in DEVICES], np.int64)[device]
    return columns | {"screen_width": pd.array(widths, dtype="Int64")}


def _network_tables(readers: Cast) -> _Tables:
    """Returns the tables of places, networks and companies: rows for each provider at each place, then for companies."""
    homes = [(place, provider) for place in PLACES for provider in PROVIDERS]
    work = readers.companies
    tables: dict[str, list[Any]] = {
        "country": [place.country for place, _ in homes] + [one.country for one in work],
        "region": [place.region for place, _ in homes] + [one.region for one in work],
        "city": [place.city for place, _ in homes] + [one.city for one in work],
        "organisation": [provider.organisation for _, provider in homes] + [one.name for one in work],
        "network_kind": [provider.kind for _, provider in homes] + [one.kind for one in work],
        "company": [None] * len(homes) + [one.name for one in work],
        "company_domain": [None] * len(homes) + [one.domain for one in work],
        "company_method": [None] * len(homes) + ["own_list"] * len(work),
        "company_evidence": [None] * len(homes)
        + [as_stored(evidence(EvidenceCode.LISTED_NETWORK, network=one.network)) for one in work],
    }
    asns = [provider.asn for _, provider in homes] + [one.asn for one in work]
    return {name: np.array(values, dtype=object) for name, values in tables.items()} | {"asn": np.array(asns, np.int64)}


def _network_columns(visits: _Visits, visit: Whole, networks: _Tables) -> dict[str, Any]:
    home = visits.place * len(PROVIDERS) + visits.provider
    row = np.where(visits.company >= 0, len(PLACES) * len(PROVIDERS) + visits.company, home)[visit]
    columns: dict[str, Any] = {name: table[row] for name, table in networks.items()}
    columns["asn"] = pd.array(columns["asn"], dtype="Int64")
    columns["company_confidence"] = np.where(visits.company >= 0, 1.0, np.nan)[visit]
    return columns


def _not_counted(random: np.random.Generator, first_day: date) -> Iterator[NotCounted]:
    for day in range(DAYS):
        for reason, detail, daily in catalogue.NOT_COUNTED:
            hits = int(random.poisson(daily))
            if hits:
                yield NotCounted(catalogue.SITE, first_day + timedelta(days=day), reason, detail, hits)


def _text(table: list[Any], index: Whole) -> NDArray[np.object_]:
    return np.array([*table, None], dtype=object)[index]


def _join(views: Any, reads: Any, order: Whole) -> Any:
    if isinstance(views, np.ndarray):
        return np.concatenate([views, reads])[order]
    return pd.concat([pd.Series(views), pd.Series(reads)], ignore_index=True).array[order]


def _first(columns: dict[str, Any], most: int, until: datetime | None) -> tuple[dict[str, Any], int]:
    """Returns the rows before `until`, at most `most` of them, and their number. Rows are in the order of time."""
    rows = len(columns["site"])
    if until is not None:
        rows = int(
            np.searchsorted(columns["occurred_at"], np.datetime64(until.astimezone(UTC).replace(tzinfo=None), "us"))
        )
    rows = min(rows, most)
    return {name: values[:rows] for name, values in columns.items()}, rows


def _choose(random: np.random.Generator, weights: Any, number: int) -> Whole:
    shares = np.asarray(weights, dtype=float)
    chosen: Whole = np.searchsorted(np.cumsum(shares / shares.sum())[:-1], random.random(number), side="right").astype(
        np.int64
    )
    return chosen


def _choose_each(random: np.random.Generator, shares: Real) -> Whole:
    """Returns one random choice for each row of `shares`, shape (rows, choices), whose rows add up to 1."""
    bounds = np.cumsum(shares, axis=1)[:, :-1]
    chosen: Whole = (random.random(len(shares))[:, None] >= bounds).sum(axis=1)
    return chosen


def _choose_by_week(random: np.random.Generator, shares: Real, week: Whole) -> Whole:
    """Chooses as `_choose_each` does, by the week of each row; needs less memory when there are many choices."""
    drawn, chosen = random.random(len(week)), np.empty(len(week), np.int64)
    for one in np.unique(week):
        of_week = week == one
        chosen[of_week] = np.searchsorted(np.cumsum(shares[one])[:-1], drawn[of_week], side="right")
    return chosen


def _by_share(weights: list[float], own: Whole) -> Whole:
    """Returns the choice that a number below 65,536 stands for, in proportion to the weights."""
    shares = np.cumsum(np.array(weights) / sum(weights))[:-1]
    chosen: Whole = np.searchsorted(shares, own / 65_536, side="right").astype(np.int64)
    return chosen


def _mix(values: Whole) -> Whole:
    """Spreads numbers over 64 bits like a hash (the finaliser of SplitMix64)."""
    mixed = values.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (mixed ^ (mixed >> np.uint64(31))).view(np.int64)


def local_today(now: datetime) -> date:
    """Today in the demo blog's zone."""
    return pd.Timestamp(now).tz_convert(_TIME_ZONE).date()
