"""The overview's panel of excluded traffic, against numbers of whole days."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import cast

import pytest

from dashboards.web.overview import excluded
from tests.dashboards.web.conftest import SITE, Browser, Clock
from tests.databases import new_event_store
from tests.stats.conftest import PARIS
from tracker.stats.rollups.keeping import Keeper
from tracker.store.answering.store import AnsweringStore
from tracker.store.batch import Batch, NotCounted
from tracker.store.protocol import EventStore


@pytest.fixture
def store() -> Iterator[EventStore]:
    """A store as the service has it, which keeps answers."""
    with new_event_store() as opened:
        yield cast(EventStore, AnsweringStore(opened))


@pytest.fixture
def counted(store: EventStore, site: str, clock: Clock, company_visit: Callable[..., None]) -> None:
    """A site with visits of two days, which have figures."""
    company_visit("/tarifs", visitor=7)
    company_visit("/a", visitor=8, ago=timedelta(days=35))
    Keeper(store).refresh(SITE, PARIS, today=clock().astimezone(PARIS).date())


def panel(browser: Browser, query: str = "") -> str:
    return browser.get(f"/{SITE}{query}").text.split('id="title-not-counted"')[1].split("</section>")[0]


def figures(browser: Browser, query: str = "") -> list[str]:
    return re.findall(r'<span class="row-figure">([^<]+)</span>', panel(browser, query))


def exclude(store: EventStore, clock: Clock, days: int, reason: str, hits: int) -> None:
    day = clock().date() - timedelta(days=days)
    store.append(Batch({}, not_counted=[NotCounted(SITE, day, reason, "", hits)]))


def test_it_is_of_now_while_the_figures_stay(
    signed_in: Browser, counted: None, store: EventStore, clock: Clock
) -> None:
    assert "No event was excluded." in panel(signed_in)
    exclude(store, clock, 0, "bot", 700)
    assert figures(signed_in) == ["700"]
    exclude(store, clock, 1, "bot", 1400)
    exclude(store, clock, 1, "referrer_spam", 3)
    assert figures(signed_in) == ["2,100", "3"]
    exclude(store, clock, 400, "bot", 5)  # of no day that is shown
    assert figures(signed_in) == ["2,100", "3"]


def test_it_is_drawn_once_for_the_same_rows(
    signed_in: Browser, counted: None, store: EventStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawings: list[str] = []
    real = excluded.part

    def noted(*arguments: object) -> object:
        drawings.append(str(arguments[1]))
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(excluded, "part", noted)
    exclude(store, clock, 0, "bot", 1)
    first, again = panel(signed_in), panel(signed_in)
    assert first == again
    assert drawings == ["overview_excluded.html"]


def test_whole_days_are_compared_and_days_that_go_on_are_not(
    signed_in: Browser, counted: None, store: EventStore, clock: Clock, company_visit: Callable[..., None]
) -> None:
    company_visit("/a", visitor=9, ago=timedelta(days=1))
    exclude(store, clock, 1, "bot", 30)
    exclude(store, clock, 2, "bot", 20)
    assert "50%" in re.sub(r"\s", "", panel(signed_in, "?period=yesterday&weekdays=no"))
    assert "row-change" not in panel(signed_in, "?period=7d")
