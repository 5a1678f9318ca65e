"""A batch's columns, in which what events share is gone through once."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from tests.made_events import new_event
from tracker.enrichment.event import VISIT_FACTS, columns_of
from tracker.ingest.columns import columns_of_batch
from tracker.store.arrays import column_array
from tracker.store.schema import EVENT_COLUMNS

MAILED = {"source": "newsletter", "channel": "Email", "country": "FR", "asn": 3215, "browser": "Firefox", "os": "Linux"}
NAMED = {"company": "Armor", "company_domain": "armor.fr", "company_confidence": 0.75, "entry_page": "/a", "asn": 64500}


def plain(name: str, values: Any) -> list[Any]:
    """A column as the store will hold it: masked and not-a-number are nothing."""
    return [None if value != value else value for value in column_array(name, values).tolist()]


def test_each_event_has_its_own_values_whatever_it_shares() -> None:
    first, second = (new_event("pageview", moment, event_id=f"0.{moment}", **MAILED) for moment in (1, 2))
    second.facts = first.facts
    third = new_event("Signup", 3, screen_width=800, scroll_depth=40, props='{"a":1}', **NAMED)
    fourth = new_event("engagement", 4, engaged_ms=9000)
    fourth.facts = replace(fourth.facts, agent=first.facts.agent)
    batch = [first, third, second, fourth]
    columns = columns_of_batch(batch)
    assert set(columns) == {*EVENT_COLUMNS, "event_id"}
    made = {name: plain(name, values) for name, values in columns.items() if name != "occurred_at"}
    assert made.pop("has_event_id") == [True, False, True, False]
    assert made == {name: [columns_of(one)[name] for one in batch] for name in made}


def test_each_fact_stands_in_its_own_column() -> None:
    numbers = {"asn": 3215, "company_confidence": 0.5}
    given = {name: numbers.get(name, name) for name in VISIT_FACTS}
    columns = columns_of_batch([new_event("pageview", 1, **given)])
    assert {name: plain(name, columns[name]) for name in VISIT_FACTS} == {
        name: [value] for name, value in given.items()
    }


def test_no_events_are_no_columns() -> None:
    assert columns_of_batch([]) == {}
