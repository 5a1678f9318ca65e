"""All advice of a site, as reports and pages have it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.reports.advice.made_visits import store_thirteen_weeks
from tests.stats.conftest import PARIS, SITE, site, store  # noqa: F401 - fixtures
from tracker.db.models import Site
from tracker.reports.advice.advice import advice_of_site, advice_on
from tracker.reports.advice.window import window
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Comparison
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore

END = date(2026, 11, 16)


@pytest.fixture
def filled(store: EventStore) -> EventStore:  # noqa: F811
    store_thirteen_weeks(store, datetime(2026, 11, 16, 9, tzinfo=UTC))
    return store


def test_sources_and_articles_are_found_with_the_visits_they_rest_on(filled: EventStore, site: Site) -> None:  # noqa: F811
    found = advice_of_site(filled, site, END).as_json()
    assert (found["start"], found["end"], found["needed"]) == ("2026-08-17", "2026-11-16", [])
    by_kind = {one["kind"]: one for one in found["found"]}
    assert {kind: (one["name"], one["visits"]) for kind, one in by_kind.items()} == {
        "source": ("LinkedIn", 13 * 11),
        "article": ("Titre de /a", 13 * 11),
        "days_of_visitors": ("", 13 * 81),
        "days_of_companies": ("", 13 * 11),
        "hours_of_visitors": ("", 13 * 81),
    }
    assert by_kind["days_of_visitors"]["slots"] == [4]
    assert by_kind["source"]["share"] == pytest.approx(8 / 11)
    assert by_kind["source"]["expected_share"] == pytest.approx(18 / 81)
    assert by_kind["source"]["companies"] == 24


def test_companies_that_are_left_out_of_figures_are_left_out_of_advice(filled: EventStore) -> None:
    names = tuple(f"LinkedIn {number}" for number in range(24))
    scope = Scope(SITE, window(END, PARIS), (Comparison(Dimension.COMPANY, "is_not", names),))
    found = advice_on(filled, scope)
    assert [one.code for one in found.needs] == ["companies", "visits_of_companies"]
    assert {one.code for one in found.findings} == {"days_of_visitors", "hours_of_visitors"}
