"""What caches keep: the latest answers, bounded, and never another browser's."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tracker.enrichment.event import Event
from tracker.enrichment.geo.databases import Databases
from tracker.enrichment.pipeline import Enricher
from tracker.enrichment.remembered import Latest
from tracker.enrichment.site_rules import SiteRules
from tracker.hit import Hit, WireEvent

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)


def test_keeps_no_more_answers_than_it_may_and_the_latest_of_them() -> None:
    kept: Latest[str, int] = Latest(2, "squares")
    for number in range(4):
        kept.keep(str(number), number)
    assert list(kept.items()) == [("2", 2), ("3", 3)]


def test_tells_requests_of_one_browser_with_other_headers_apart(tmp_path: Path) -> None:
    enricher, site = Enricher(Databases.open(tmp_path)), SiteRules("a.fr", hosts=frozenset({"a.fr"}))
    wire = WireEvent(n="pageview", u="https://a.fr/")
    languages = []
    for headers in ({"accept-language": "fr"}, {"accept-language": "de"}, {}, {"accept-language": "fr"}):
        event = enricher.enrich(Hit(NOON, "192.0.2.7", CHROME, headers | {"sec-ch-ua": "x"}, wire), site)
        assert isinstance(event, Event)
        languages.append(event.language)
    assert languages == ["fr", "de", None, "fr"]
