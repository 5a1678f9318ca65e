"""A year of traffic that means nothing gives no advice, with bursts and busy companies or without."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pytest

from tests.stats.conftest import EMPTY, PARIS, SITE
from tracker.reports.advice.advice import advice_on
from tracker.reports.advice.networks import Verdict
from tracker.reports.advice.window import window
from tracker.stats.scope import Scope
from tracker.store.batch import Batch
from tracker.store.engines import open_event_store
from tracker.store.protocol import EventStore
from tracker.store.schema import EVENT_COLUMNS

YEAR, END = 364, date(2026, 11, 16)
SOURCES = np.array([None, "Google", "LinkedIn", "Facebook", "X", "Bluesky", "newsletter", "Bing"], object)
SHARES = [0.25, 0.3, 0.15, 0.1, 0.08, 0.02, 0.07, 0.03]
KINDS = {"LinkedIn": "networking", "Facebook": "networking", "X": "discussing", "Bluesky": "discussing"}
PATHS = np.array([f"/article-{number}/" for number in range(20)], object)


def random_year(seed: int, *, visits: int, bursts: int) -> dict[str, Any]:
    """A year of visits at random moments, by random sources, on random pages; a tenth are of companies, some much more than others.

    A burst is 300 visits within two days, all by one source and on one page.
    """
    random = np.random.default_rng(seed)
    number = visits + 300 * bursts
    began = random.uniform(0, YEAR * 86_400, number)
    source, entry = random.choice(len(SOURCES), number, p=SHARES), random.integers(len(PATHS), size=number)
    for burst in range(bursts):
        part = slice(visits + 300 * burst, visits + 300 * (burst + 1))
        began[part] = random.uniform(0, YEAR - 2) * 86_400 + random.exponential(30_000, 300)
        source[part], entry[part] = random.integers(1, len(SOURCES)), random.integers(len(PATHS))
    company = np.where(random.random(number) < 0.1, random.zipf(1.5, number) % 40, -1)
    pages = np.minimum(6, random.geometric(0.5, number))
    visit = np.repeat(np.arange(number), pages)
    step = np.arange(len(visit)) - np.repeat(np.cumsum(pages) - pages, pages)
    start = np.datetime64(END, "us") - np.timedelta64(YEAR, "D")
    moments = start + ((began[visit] + 60 * step) * 1e6).astype("timedelta64[us]")
    named = np.array([f"Acme {one}" for one in range(40)] + [None], object)[company][visit]
    columns = {name: np.full(len(visit), EMPTY[name], object) for name in EVENT_COLUMNS}
    columns |= {"site": np.full(len(visit), SITE, object), "name": np.full(len(visit), "pageview", object)}
    columns |= {"occurred_at": moments, "visitor_id": visit, "visit_id": visit, "company": named}
    columns |= {"path": np.where(step == 0, PATHS[entry][visit], PATHS[random.integers(len(PATHS), size=len(visit))])}
    columns |= {"entry_page": PATHS[entry][visit], "source": SOURCES[source][visit]}
    columns |= {"social_kind": np.array([KINDS.get(one) for one in SOURCES], object)[source][visit]}
    columns |= {"visits": (step == 0).astype(int), "pageviews": np.ones(len(visit), int)}
    order = np.argsort(moments, kind="stable")
    return {name: values[order] for name, values in columns.items()}


@pytest.fixture(params=[(1, 12_000, 0), (2, 12_000, 12), (3, 4_000, 30)], ids=["even", "bursts", "bursts-alone"])
def year(request: pytest.FixtureRequest) -> Iterator[EventStore]:
    seed, visits, bursts = request.param
    store = open_event_store("duckdb:///:memory:")
    store.append(Batch(random_year(seed, visits=visits, bursts=bursts)))
    yield store
    store.close()


def test_a_year_of_random_traffic_gives_no_advice(year: EventStore) -> None:
    found = advice_on(year, Scope(SITE, window(END, PARIS)))
    assert found.needs == [], "there are visits enough"
    assert found.findings == []
    assert {one.verdict for one in found.networks} <= {Verdict.OPEN, Verdict.FEW}
