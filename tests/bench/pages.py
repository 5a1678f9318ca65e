"""How long pages take at a size of the event store: the database's time and the page's own.

Each page is measured in turn with one hand-written panel over the same events (distinct visitors by path). Its time is
also given as a ratio to that panel's: a slow or busy machine slows both.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC
from statistics import median
from typing import NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient
from sqlalchemy import Select, func, insert, select

from dashboards.web.site.site_order import site_order
from tests.bench.figure import Figure
from tests.bench.one_hit import OneHit
from tests.bench.timed_store import TimedStore
from tracker.clock import utc_now
from tracker.db.engine import AppDatabase
from tracker.db.models import Site
from tracker.demo.catalogue import SITE
from tracker.leads.report import leads
from tracker.sites.sites import find_sites
from tracker.stats.goals import goals_of
from tracker.stats.goals.figures import goal_figures
from tracker.stats.periods import Period, parse_period
from tracker.stats.scope import Scope
from tracker.store.schema import events

_TIMES = 5
_SITES = 1000
PERIODS = {"30d": "30 days", "12mo": "12 months"}
# The whole page against the panel by hand, by the size in millions; with fewer the panel costs next to nothing.
_BUDGETS = {10: 0.25, 100: 0.1}
_FILTERED_BUDGETS = {10: 4.0, 100: 4.0}
# From France, or who read a page of prices.
_GROUP = '["or",[["is","visit:country",["FR"]],["has_done",["contains","event:page",["tarifs"]]]]]'


class _Measured(NamedTuple):
    """Seconds: of the panel by hand, of the database for a page, of the page as a whole. Medians of `_TIMES`, in turn.

    The processor's are of all threads of this process, which others on the machine slow down less than the clock's.
    """

    by_hand: float
    by_hand_processor: float
    database: float
    page: float
    page_processor: float

    @property
    def ratio(self) -> float:
        return self.page / self.by_hand

    @property
    def processor_ratio(self) -> float:
        return self.page_processor / self.by_hand_processor


class Bench:
    """The dashboard over one data folder. `size` is in millions of events.

    With `hit` the pages are those of the running service, each after a hit that was counted; else nothing is kept of any
    page, and each counts all anew.
    """

    def __init__(self, browser: FlaskClient, store: TimedStore, size: int, hit: OneHit | None = None) -> None:
        self._browser = browser
        self._store = store
        self._size = size
        self._hit = hit
        self._sized = f"{size} M events" if hit is None else f"{size} M events, after a hit"

    def figures(self) -> Iterator[Figure]:
        budget = _BUDGETS.get(self._size)
        for period, words in PERIODS.items():
            yield from self._page(f"overview of {words}", f"/{SITE}?period={period}", period, budget)
            filtered = f"/{SITE}?period={period}&f=device:is:desktop"
            yield from self._page(
                f"overview of {words}, desktops only", filtered, period, _FILTERED_BUDGETS.get(self._size)
            )
            if self._hit is not None:
                continue
            span = _span(period)
            yield from self._part(
                f"five leads of {words}", lambda span=span: leads(self._store, Scope(SITE, span), limit=5), span
            )
        yield from self.listed("list of leads, 12 months", f"/{SITE}/leads?period=12mo")
        yield from self.listed("search in it", f"/{SITE}/leads?period=12mo&q=lyon")
        for what, name in (("pages", "page"), ("sources", "source")):
            address = f"/{SITE}/breakdown/{name}?period=30d"
            yield from self.listed(f"all {what} with companies and goals, 30 days", address, at_most=1.0)
        yield from self.listed("pages that brought companies, 30 days", f"/{SITE}/breakdown/page?period=30d&sort=companies", at_most=1.0)  # fmt: skip
        yield from self._page("overview of 30 days, by a group of filters", f"/{SITE}?period=30d&f={quote(_GROUP)}", "30d", _FILTERED_BUDGETS.get(self._size))  # fmt: skip
        for what, of in (("people", "visits"), ("companies", "companies"), ("goals", "goals")):
            yield from self.listed(f"when {what} come, 30 days", f"/{SITE}/timing?period=30d&of={of}")
        self._browser.post(f"/{SITE}/funnels", data={"name": "To a form", "step": ["*", "/tarifs/", "goal:forms"]})
        yield from self.listed("a funnel from any page, 30 days", f"/{SITE}/funnels?period=30d", at_most=1.0)
        yield from self.listed("paths of the most viewed page, 30 days", f"/{SITE}/paths?period=30d", at_most=1.0)
        yield from self.listed("kinds of networks with what each brought, 30 days", f"/{SITE}/breakdown/social_kind?period=30d", at_most=1.0)  # fmt: skip
        yield from self.listed("map of countries, 30 days", f"/{SITE}/breakdown/country?period=30d", at_most=1.0)
        goals = goals_of(Site(domain=SITE, stored_as=SITE, time_zone="Europe/Paris", language="fr"))
        for period, words in PERIODS.items():
            span = _span(period)
            yield from self._part(
                f"goals of {words}", lambda span=span: goal_figures(self._store, Scope(SITE, span), goals), span
            )
        yield from self.listed("page of a company, 12 months", f"/{SITE}/leads/verrier-fils.example?period=12mo")
        if self._hit is not None:
            seen, ready = median(self._hit.seconds), median(self._hit.ready_seconds)
            yield Figure(f"{self._sized}, until it is seen: counting, and making the first page ready", seen, "s", at_most=2)  # fmt: skip
            yield Figure(f"{self._sized}, until all pages that were looked at are ready", ready, "s")

    def sites_page(self, database: AppDatabase) -> Iterator[Figure]:
        """Measures the list of a thousand sites, a hundred a page, and the switcher on each page.

        One of them has all the events. The switcher's order is at most a minute old: it is measured made anew, and kept.
        """
        now = utc_now()
        with database.transaction() as session:
            named = [f"site-{number}.example" for number in range(_SITES - 1)]
            rows = [{"domain": name, "stored_as": name, "time_zone": "Europe/Paris", "language": "fr", "created_at": now} for name in named]  # fmt: skip
            session.execute(insert(Site), rows)
        yield from self.listed(f"list of {_SITES:,} sites", "/sites")
        found = find_sites(database)
        with self._browser.application.app_context():
            order = site_order()
        for words, work in (
            ("counted again", lambda: order.figures(found)),
            ("as on each page", lambda: order.by_busyness(find_sites(database))),
        ):
            work()
            seconds = median(_seconds(work)[0] for _ in range(_TIMES))
            yield Figure(
                f"{self._sized}, order of {_SITES:,} sites in the switcher, {words}", seconds, "s", at_most=0.3
            )

    def _page(self, what: str, address: str, period: str, budget: float | None) -> Iterator[Figure]:
        measured = self._measure(lambda: self._get(address), _span(period))
        yield Figure(f"{self._sized}, {what}", measured.page, "s")
        yield Figure(f"{self._sized}, {what}: the database's part", measured.database, "s")
        yield from self._ratios(what, measured, budget)

    def _part(self, what: str, work: Callable[[], object], span: Period) -> Iterator[Figure]:
        measured = self._measure(work, span)
        yield Figure(f"{self._sized}, {what}", measured.page, "s")
        yield from self._ratios(what, measured, None)

    def _ratios(self, what: str, measured: _Measured, budget: float | None) -> Iterator[Figure]:
        yield Figure(f"{self._sized}, {what}: against one panel by hand", measured.ratio, "x", at_most=budget)
        yield Figure(f"{self._sized}, {what}: the same in processor time", measured.processor_ratio, "x")

    def listed(self, what: str, address: str, *, at_most: float = 0.3) -> Iterator[Figure]:
        """Measures a page: by the clock, in processor time, and the database's part."""
        measured = self._measure(lambda: self._get(address), _span("12mo"))
        yield Figure(f"{self._sized}, {what}", measured.page, "s", at_most=at_most)
        yield Figure(f"{self._sized}, {what}: processor time", measured.page_processor, "s")
        yield Figure(f"{self._sized}, {what}: the database's part", measured.database, "s")
        yield from self._ratios(what, measured, None)

    def _measure(self, work: Callable[[], object], span: Period) -> _Measured:
        work()  # loads what only the first call needs
        rounds = []
        for _ in range(_TIMES):
            by_hand = _seconds(lambda: self._store.rows(_by_hand(span)))
            if self._hit is not None:
                self._hit()
            self._store.seconds = 0.0
            page = _seconds(work)
            rounds.append(_Measured(*by_hand, self._store.seconds, *page))
        return _Measured(*(median(values) for values in zip(*rounds, strict=True)))

    def _get(self, address: str) -> None:
        answer = self._browser.get(address)
        assert answer.status_code == 200, (address, answer.status)


def _by_hand(span: Period) -> Select[tuple[str | None, int]]:
    start, end = (moment.astimezone(UTC).replace(tzinfo=None) for moment in (span.start_at, span.end_at))
    within = (events.c.site == SITE, events.c.occurred_at >= start, events.c.occurred_at < end)
    return select(events.c.path, func.count(events.c.visitor_id.distinct())).where(*within).group_by(events.c.path)


def _span(period: str) -> Period:
    zone = ZoneInfo("Europe/Paris")
    return parse_period(period, today=utc_now().astimezone(zone).date(), time_zone=zone)


def _seconds(work: Callable[[], object]) -> tuple[float, float]:
    """By the clock, and of the processor."""
    begun, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begun, time.process_time() - used
