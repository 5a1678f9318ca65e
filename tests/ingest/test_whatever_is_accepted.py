"""Whatever the collector answers 202 to can be read, enriched, stored and shown: nothing of it stops ingest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.running_service import FIREFOX
from tracker.clock import utc_now
from tracker.collector.fields import FLAGS, NUMBERS, OBJECTS, REVENUES, SWITCHES, TEXTS
from tracker.collector.payload import read_events
from tracker.hit import Hit, encode_line
from tracker.journal import Journal
from tracker.service.service import Service
from tracker.settings import Settings
from tracker.sites.sites import add_site
from tracker.store.protocol import EventStore
from tracker.store.schema import events as events_table

SITE = "blog.example.fr"
HOSTILE: list[Any] = [
    "\0",
    "a\0b\x07\x1b[31m\r\n\u202e\u2028",
    "\ud800 \udfff",
    "\U0001f600" * 3000,
    "' OR 1=1; --",
    "NaN",
    "1e400",
    "9" * 5000,
    "[" * 990,
    '{"a":NaN,"b":"\\ud800"}',
    10**40,
    -(10**300),
    1e308,
    5e-324,
    True,
    None,
    [],
    [["x"]],
    {},
    {"": ""},
    {"\0": "\0", "a\ud800": "\ud800", "n": 10**40, "deep": {"x": [1]}},
    {"amount": "\0", "currency": "\0\0\0"},
    {"amount": 10**400, "currency": "EUR"},
]
FIELDS = [*TEXTS, *NUMBERS, *FLAGS, *SWITCHES, *OBJECTS, *REVENUES, "v"]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(Settings(data=tmp_path / "data"))
    add_site(service.app_database, SITE, now=utc_now())
    yield service
    service.stop()


def accepted() -> Iterator[list[Hit]]:
    """The hits of each field with each value, every one by a visitor of its own."""
    for number, (field, value) in enumerate((field, value) for field in FIELDS for value in HOSTILE):
        event = {"n": "Signup", "u": f"https://{SITE}/", "consent": True}
        event |= {"d": SITE, field: value} if field not in ("d", "domain") else {field: value}
        if field in ("n", "u"):
            event |= {"name": "Signup"} if field == "n" else {"url": f"https://{SITE}/"}
        events, _ = read_events(json.dumps(event).encode(), f"https://{SITE}/")
        yield [Hit(utc_now(), f"203.0.{number >> 8}.{number & 255}", FIREFOX, {}, one) for one in events]


def test_every_field_may_hold_anything(service: Service) -> None:
    lines = list(accepted())
    journal = Journal(service.settings.journal_folder)
    for hits in lines:
        journal.append(encode_line(hits))
    journal.close()
    progress = service.ingest.run_once()
    assert progress.lines == len(lines) == len(FIELDS) * len(HOSTILE)
    # `wd: true` is a program; `d: "NaN"` is no site; none of them is a hit that cannot be read.
    assert set(progress.dropped) <= {"bot", "unknown_site", "invalid_url", "too_old"}
    assert progress.events > 0.9 * len(lines)
    read_back(service.events)


def read_back(store: EventStore) -> None:
    """Every column can be read, what people see has no control characters, and all readers of JSON read the properties."""
    frame = store.frame(events_table.select())
    for properties in frame["props"].dropna():
        json.loads(properties, parse_constant=pytest.fail)
    for name in ("name", "title", "path", "language"):
        for text in frame[name].dropna():
            assert not any(ord(letter) < 32 or letter in "\u202e\u2028" for letter in text), (name, text)
