"""The network database, fetched from a stand-in at a click, with its progress."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from dashboards import web
from dashboards.web.first_day.geo_knowledge import GeoDatabases, GeoKnowledge
from tests.dashboards.web.conftest import SITE, Browser, Clock, ToldStatus
from tests.mmdb import BUILT_AT, write_asn, write_city
from tests.reference.geo.publisher import Publisher, gzipped, never
from tracker.db.engine import AppDatabase
from tracker.service.context import Context
from tracker.settings import Settings
from tracker.store.protocol import EventStore

ASKED_AT = datetime.fromtimestamp(BUILT_AT, UTC)
MONTH = f"{ASKED_AT:%Y-%m}"


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as running:
        yield running


@pytest.fixture
def app(
    database: AppDatabase, store: EventStore, clock: Clock, status: ToldStatus, tmp_path: Path, publisher: Publisher
) -> Flask:
    clock.now = ASKED_AT
    (tmp_path / "data").mkdir()
    made = Flask("tracker", static_folder=None)
    made.config.update(SECRET_KEY="only for this test")
    settings = Settings(data=tmp_path / "data", base_url="https://stats.exemple.fr", geo_mirror=publisher.url)
    web.register(made, Context(settings, database, store, clock), status)
    return made


def fetch(app: Flask, browser: Browser) -> None:
    browser.post("/status/geo", f"/{SITE}", next=f"/{SITE}")
    app.extensions["webleads first day"].fetch.wait()


def test_a_click_fetches_it_and_its_task_is_done(
    app: Flask, signed_in: Browser, site: str, publisher: Publisher, tmp_path: Path
) -> None:
    for name, made in (
        ("city", write_city(tmp_path / "city", database_type="DBIP-City-Lite")),
        ("asn", write_asn(tmp_path / "asn", database_type="DBIP-ASN-Lite (compat=GeoLite2-ASN)")),
    ):
        publisher.answers[f"/free/dbip-{name}-lite-{MONTH}.mmdb.gz"] = gzipped(made.read_bytes())
    assert signed_in.get("/status/geo").json == {"running": False, "done": False, "words": ""}
    fetch(app, signed_in)
    answer = signed_in.get("/status/geo").json
    assert answer is not None
    assert (answer["running"], answer["done"]) == (False, True), answer
    assert answer["words"].startswith("The databases are here.")
    assert "Fetch it now" not in signed_in.get(f"/{SITE}").text


def test_a_fetch_that_ends_while_a_page_is_made_is_under_way_on_all_of_the_page(
    app: Flask, signed_in: Browser, site: str, publisher: Publisher
) -> None:
    first_day, may_end = app.extensions["webleads first day"], threading.Event()
    publisher.answers[f"/free/dbip-city-lite-{MONTH}.mmdb.gz"] = never(may_end)

    class EndsTheFetch(GeoDatabases):
        @property
        def known(self) -> GeoKnowledge:
            before = super().known
            may_end.set()
            first_day.fetch.wait()
            return before

    signed_in.post("/status/geo", f"/{SITE}", next=f"/{SITE}")
    first_day.geo = EndsTheFetch(first_day.context.settings)
    page = signed_in.get(f"/{SITE}").text
    assert not first_day.fetch.state.is_running
    assert re.search(r"<button[^>]* disabled>Fetch it now", page)
    assert re.search(r"<span data-geo-words>(Asking|Fetching) ", page)


def test_a_fetch_that_fails_says_why_and_what_to_do(app: Flask, signed_in: Browser, site: str, tmp_path: Path) -> None:
    fetch(app, signed_in)
    answer = signed_in.get("/status/geo").json
    assert answer is not None
    assert not answer["done"]
    assert answer["words"].startswith("The database could not be fetched: dbip-city-lite.mmdb: ")
    assert answer["words"].endswith(
        f"(HTTP 404); there is none in use. Try again, or put the file (.mmdb) into the folder {tmp_path / 'data' / 'geo'} yourself."
    )
    page = signed_in.get(f"/{SITE}").text  # without JavaScript too
    assert "The database could not be fetched: " in page
    assert re.search(r"<button[^>]*[^d]>Fetch it now", page), "the button is there again"


def test_a_database_that_is_put_in_the_folder_is_seen_at_once(
    app: Flask, signed_in: Browser, site: str, tmp_path: Path
) -> None:
    assert "Fetch it now" in signed_in.get(f"/{SITE}").text
    (tmp_path / "data" / "geo").mkdir()
    write_asn(tmp_path / "data" / "geo" / "GeoLite2-ASN.mmdb")
    assert "Fetch it now" not in signed_in.get(f"/{SITE}").text
