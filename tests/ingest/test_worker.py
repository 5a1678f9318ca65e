"""The loop's rhythm: a trickle of hits is gathered, a backlog is worked off without a pause."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.running_service import FIREFOX, keep_hits
from tracker.clock import utc_now
from tracker.hit import Hit, WireEvent
from tracker.ingest.worker import _BACKLOG_LINES, _IDLE_TURNS
from tracker.service.service import Service
from tracker.settings import Settings
from tracker.sites.removal import set_aside
from tracker.sites.sites import add_site
from tracker.store.batch import Batch
from tracker.store.schema import events

SITE = "blog.example.fr"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(Settings(data=tmp_path / "data"))
    add_site(service.app_database, SITE, now=utc_now())
    yield service
    service.stop()


def read_pages(service: Service, pages: int) -> None:
    event = WireEvent(name="pageview", url=f"https://{SITE}/", domain=SITE)
    now = utc_now().isoformat()
    keep_hits(service, (Hit(now, f"82.64.{number % 250}.7", FIREFOX, event=event) for number in range(pages)))


class Pauses(threading.Event):
    """A stop that lets no time pass: `pages` more are read in each pause, and after `most` pauses it is set."""

    def __init__(self, service: Service, *, pages: int, most: int) -> None:
        super().__init__()
        self.service, self.pages, self.left = service, pages, most

    def wait(self, timeout: float | None = None) -> bool:
        self.left -= 1
        if self.left <= 0:
            self.set()
        else:
            read_pages(self.service, self.pages)
        return self.is_set()


def test_what_trickles_in_is_gathered_before_the_next_batch(service: Service) -> None:
    """Each batch costs the same however little is in it; without a pause between them a core was busy at 340 hits/s."""
    turns: list[int] = []
    read_pages(service, 3)
    service.ingest.run(Pauses(service, pages=3, most=4), housekeeping=lambda: turns.append(1))
    assert service.ingest.events_stored == 4 * 3
    assert len(turns) == 4


def test_a_backlog_is_worked_off_without_a_pause(service: Service) -> None:
    turns: list[int] = []
    read_pages(service, 2 * _BACKLOG_LINES + 100)
    pauses = Pauses(service, pages=0, most=1)
    service.ingest.run(pauses, housekeeping=lambda: turns.append(service.ingest.events_stored))
    assert service.ingest.events_stored == 2 * _BACKLOG_LINES + 100
    assert len(turns) > 1


def test_the_lists_are_loaded_once_while_no_hit_comes(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first hit is not to wait for them; nor is the start."""
    loaded: list[int] = []
    pauses = Pauses(service, pages=0, most=3 * _IDLE_TURNS)
    monkeypatch.setattr(service.ingest._enricher, "warm_up", lambda: loaded.append(pauses.left))
    service.ingest.run(pauses)
    assert loaded == [3 * _IDLE_TURNS - (_IDLE_TURNS - 1)]


def test_a_removed_site_s_events_go_between_two_batches_with_those_that_came_meanwhile(service: Service) -> None:
    read_pages(service, 3)
    service.ingest.run_once()
    set_aside(service.app_database, SITE, by=None, now=utc_now())
    read_pages(service, 3)
    done = service.ingest.forget_site(SITE)
    assert service.ingest.run_once().dropped == {"unknown_site": 3}
    assert done.is_set()
    assert service.events.rows(select(func.count()).select_from(events))[0][0] == 0


def test_a_batch_whose_answer_was_lost_is_counted_once(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commit was done and the engine failed after it: the next batch is read from where the store ends."""
    append = service.events.append

    def fails_once(batch: Batch) -> None:
        append(batch)
        monkeypatch.undo()
        raise OSError("the connection was lost")

    monkeypatch.setattr(service.events, "append", fails_once)
    read_pages(service, 3)
    service.ingest.run(Pauses(service, pages=2, most=4))
    assert service.events.rows(select(func.count()).select_from(events))[0][0] == 3 + 3 * 2
    assert sum(position.events for position in service.events.positions().values()) == 9
