"""A verdict that comes late takes back what was counted, once, in the transaction that found it out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.running_service import FIREFOX, keep_hits
from tracker.db.models import Site
from tracker.hit import Hit, WireEvent
from tracker.ingest.visits.behaviour import UNREAD_PAGES
from tracker.ingest.worker import Ingest
from tracker.service.ingesting import build_ingest
from tracker.service.service import Service
from tracker.settings import Settings
from tracker.sites.sites import add_site
from tracker.store.schema import events, not_counted

SITE = "blog.example.fr"
# 22:58 in Paris on 15 November: the visit goes over midnight, and each hit is counted on its own day.
BEGIN = datetime(2026, 11, 15, 22, 50, tzinfo=UTC)
BOT, READER = "198.51.100.1", "198.51.100.2"
UNREAD = "Many pages and no reading"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(Settings(data=tmp_path / "data", too_old_hours=24 * 36500))
    add_site(service.app_database, SITE, now=BEGIN)
    yield service
    service.stop()


def open_pages(service: Service, numbers: range, *, address: str = BOT, name: str = "pageview") -> None:
    hits = []
    for number in numbers:
        event = WireEvent(
            name=name,
            url=f"https://{SITE}/{number}",
            domain=SITE,
            id=f"{address} {name} {number}",
            w=1920,
            t="Page",
            l="fr",
        )
        if name == "engagement":
            event.e = 5000
        moment = BEGIN + timedelta(minutes=number)
        hits.append(Hit(moment.isoformat(), address, FIREFOX, event=event))
    keep_hits(service, hits)


def counted(service: Service) -> list[tuple[int, int, int, int]]:
    """Visits, bounces, pageviews and visitors of the site."""
    c = events.c
    columns = (func.sum(c.visits), func.sum(c.bounces), func.sum(c.pageviews), func.count(func.distinct(c.visitor_id)))
    return [tuple(row) for row in service.events.rows(select(*columns).where(c.site == SITE))]


def dropped(service: Service) -> dict[tuple[str, str], int]:
    total = func.sum(not_counted.c.hits)
    rows = service.events.rows(
        select(not_counted.c.day, not_counted.c.detail, total).group_by(not_counted.c.day, not_counted.c.detail)
    )
    return {(str(day), detail): int(hits) for day, detail, hits in rows}


def test_a_visit_that_turns_out_to_be_a_bots_is_taken_back_whole(service: Service) -> None:
    open_pages(service, range(1), address=READER)
    open_pages(service, range(1), address=READER, name="engagement")
    open_pages(service, range(UNREAD_PAGES - 1))
    drain(service.ingest)
    assert counted(service) == [(2, 1, UNREAD_PAGES, 2)]
    assert dropped(service) == {}

    open_pages(service, range(UNREAD_PAGES - 1, UNREAD_PAGES + 3))
    drain(service.ingest)
    assert counted(service) == [(1, 1, 1, 1)]
    # Ten minutes of 15 November, in Paris, and the rest of 16 November.
    assert dropped(service) == {("2026-11-15", UNREAD): 10, ("2026-11-16", UNREAD): UNREAD_PAGES + 3 - 10}


def test_a_restart_between_the_pages_changes_nothing(service: Service) -> None:
    open_pages(service, range(UNREAD_PAGES - 1))
    drain(service.ingest)
    again, _ = build_ingest(service.settings, service.app_database, service.events, keeps_geo=False)
    open_pages(service, range(UNREAD_PAGES - 1, UNREAD_PAGES))
    drain(again)
    assert counted(service) == [(None, None, None, 0)]
    assert sum(dropped(service).values()) == UNREAD_PAGES


def drain(ingest: Ingest) -> None:
    while ingest.run_once().lines:
        pass


def full_disk() -> None:
    raise OSError("the disk is full")


def test_a_batch_that_the_store_refuses_takes_nothing_back(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    open_pages(service, range(UNREAD_PAGES - 1))
    drain(service.ingest)
    open_pages(service, range(UNREAD_PAGES - 1, UNREAD_PAGES))
    with monkeypatch.context() as patch:
        patch.setattr(not_counted, "insert", full_disk)  # after the rows were removed
        with pytest.raises(OSError, match="full"):
            service.ingest.run_once()
    assert counted(service) == [(1, 0, UNREAD_PAGES - 1, 1)]
    drain(service.ingest)
    assert counted(service) == [(None, None, None, 0)]
    assert sum(dropped(service).values()) == UNREAD_PAGES


def test_what_became_of_the_journal_still_adds_up(service: Service) -> None:
    open_pages(service, range(UNREAD_PAGES - 1))
    drain(service.ingest)
    open_pages(service, range(UNREAD_PAGES - 1, UNREAD_PAGES + 1))
    drain(service.ingest)
    positions = service.events.positions().values()
    assert sum(one.events for one in positions) == 0
    assert sum(one.pageviews for one in positions) == 0
    assert sum(sum(one.dropped.values()) for one in positions) == UNREAD_PAGES + 1


def test_a_site_that_switched_the_rule_off_counts_on(service: Service) -> None:
    with service.app_database.transaction() as session:
        session.query(Site).one().disabled_rules = "reads_nothing"
    open_pages(service, range(UNREAD_PAGES + 3))
    drain(service.ingest)
    assert counted(service) == [(1, 0, UNREAD_PAGES + 3, 1)]
