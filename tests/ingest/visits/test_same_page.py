"""A change of the query is no page view, whichever client reports it; a reload and a way back are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.running_service import FIREFOX
from tracker.enrichment.drops import Drop, DropReason
from tracker.enrichment.event import Event
from tracker.enrichment.geo.databases import Databases
from tracker.enrichment.pipeline import Enricher
from tracker.enrichment.site_rules import SiteRules
from tracker.hit import Hit, WireEvent
from tracker.ingest.visits.assign import Visits
from tracker.ingest.visits.visitor_ids import Identity

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
SITE = SiteRules("a.fr", hosts=frozenset({"a.fr"}))
SNIPPETS = {"w": 1920.0, "t": "A map", "l": "fr", "h": 1}
REFERRER = "https://www.google.com/"

# A page view's second, its URL on a.fr and its referrer.
Seen = tuple[float, str, str | None]


class Reading:
    """What ingest makes of one visitor's page views, without a store."""

    def __init__(self, folder: Path) -> None:
        enricher, identity = Enricher(Databases.open(folder)), Identity(lambda _: b"salt")
        self._arrive = lambda hit: identity.arrival(enricher.enrich(hit, SITE), hit, "UTC")  # type: ignore[arg-type]
        self.visits = Visits(lambda *_: (), stored_until_us=0)

    def of(self, seen: Iterable[Seen], **fields: object) -> tuple[list[Event], list[Drop]]:
        """The events that are counted, and the drops."""
        arrivals = []
        for number, (second, url, referrer) in enumerate(seen):
            own = {"id": f"{second} {number}"} | SNIPPETS if fields.get("snippet") else {}
            own |= {"e": 0.0} if fields.get("in_place") and number else {}
            wire = WireEvent(n="pageview", u=f"https://a.fr{url}", r=referrer, **own)  # type: ignore[arg-type]
            arrivals.append(self._arrive(Hit(NOON + timedelta(seconds=second), "192.0.2.1", FIREFOX, {}, wire)))
        drops = self.visits.assign(arrivals)
        events = [one.event for one, drop in zip(arrivals, drops, strict=True) if drop is None]
        return events, [drop for drop in drops if drop is not None]


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    return Reading(tmp_path)


def dragged(every: float, *, names_page_before: bool = False) -> list[Seen]:
    urls = [f"/map?lat={n}&lng=2&zoom=12" for n in range(25)]
    before = [REFERRER, *(f"https://a.fr{url}" for url in urls)]
    return [(n * every, url, before[n] if names_page_before else REFERRER) for n, url in enumerate(urls)]


@pytest.mark.parametrize("snippet", [True, False], ids=["our-old-snippet", "another-client"])
@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(dragged(0.16), id="a-map-dragged"),
        pytest.param(dragged(0.16, names_page_before=True), id="by-a-client-that-names-the-page-before"),
        pytest.param(dragged(60), id="now-and-then"),
        pytest.param([(n, f"/app#/map?lat={n}", None) for n in range(25)], id="in-the-fragment"),
        pytest.param([(0, "/?utm_source=x&fbclid=y", None), (0.2, "/", None)], id="a-page-that-tidies-its-url"),
        pytest.param([(n, f"/?cat=3&filter={n}", None) for n in range(25)], id="filters-beside-a-listed-parameter"),
    ],
)
def test_changes_of_the_query_are_one_page_view_and_a_bounce(reading: Reading, seen: list[Seen], snippet: bool) -> None:
    events, drops = reading.of(seen, snippet=snippet)
    assert (len(events), sum(one.pageviews for one in events), sum(one.bounces for one in events)) == (1, 1, 1)
    assert {drop.reason for drop in drops} == {DropReason.SAME_PAGE}
    assert reading.visits.take_judged() == {}


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param([(0, "/a?x=1", None), (5, "/a?x=1", None)], id="a-reload"),
        pytest.param([(0, "/a", REFERRER), (5, "/b", None), (9, "/a", None)], id="a-way-back"),
        pytest.param([(0, "/a?x=1", None), (1, "/b?x=1", None)], id="another-path"),
        pytest.param([(0, "/?p=1", None), (1, "/?p=2", None)], id="a-listed-parameter"),
        pytest.param([(0, "/", None), (1, "/?s=mot", None), (2, "/?s=autre", None)], id="a-search"),
        pytest.param(
            [(0, "/shop.php?id=1", REFERRER), (40, "/shop.php?id=2", "https://a.fr/shop.php?id=1")],
            id="a-link-to-a-page-whose-parameter-nobody-listed",
        ),
    ],
)
def test_what_is_another_page_view_stays_one(reading: Reading, seen: list[Seen]) -> None:
    events, drops = reading.of(seen)
    assert drops == []
    assert [one.pageviews for one in events] == [1] * len(seen)


def test_what_the_snippet_did_in_place_is_one_page_view_whatever_its_referrer_and_pace(reading: Reading) -> None:
    seen = [(n * 60.0, url, before) for n, (_, url, before) in enumerate(dragged(0, names_page_before=True))]
    events, _ = reading.of(seen, snippet=True, in_place=True)
    assert [one.pageviews for one in events] == [1]


def test_a_later_visit_to_the_page_is_counted(reading: Reading) -> None:
    events, _ = reading.of([(0, "/a?x=1", None), (3600, "/a?x=2", None)])
    assert [one.visits for one in events] == [1, 1]
