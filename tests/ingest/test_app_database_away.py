"""An app database that is damaged or cannot be read is no fault of the hits: they wait, and each is counted once later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.running_service import FIREFOX, keep_hits
from tracker.db.errors import AppDatabaseDamaged, AppDatabaseUnavailable, NewerDatabaseError
from tracker.hit import Hit, WireEvent
from tracker.service.service import Service
from tracker.settings import Settings
from tracker.sites.sites import add_site
from tracker.store.errors import blames_the_data

SITE = "blog.exemple.fr"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    opened = Service(Settings(data=tmp_path / "data"))
    add_site(opened.app_database, SITE, now=datetime.now(UTC))
    yield opened
    opened.stop()


def pages(number: int) -> list[Hit]:
    now = datetime.now(UTC).isoformat()
    seen = [WireEvent(name="pageview", url=f"https://{SITE}/{n}", domain=SITE) for n in range(number)]
    return [Hit(now, f"82.64.{n}.7", FIREFOX, event=event) for n, event in enumerate(seen)]


def spoil(service: Service) -> None:
    database = service.app_database
    database.forget_deleted()
    database.engine.dispose()
    assert database.file is not None
    database.file.write_bytes(b"garbage" * 10_000)


def test_hits_wait_for_a_damaged_database_and_are_counted_once_when_it_is_restored(service: Service) -> None:
    service.app_database.copy(datetime.now(UTC))
    service.ingest.run_once()
    keep_hits(service, pages(20))
    spoil(service)
    for _ in range(2):
        with pytest.raises(AppDatabaseUnavailable):
            service.ingest.run_once()
    assert service.ingest.quarantine.summary().lines == 0
    service._housekeeping()
    assert service.ingest.run_once().events == 20
    assert service.ingest.quarantine.summary().lines == 0


def test_without_a_copy_they_wait_on(service: Service) -> None:
    service.ingest.run_once()
    keep_hits(service, pages(3))
    spoil(service)
    with pytest.raises(AppDatabaseUnavailable):
        service.ingest.run_once()
    with pytest.raises(AppDatabaseUnavailable, match="no good copy"):
        service._housekeeping()
    assert service.ingest.lag_bytes() > 0


@pytest.mark.parametrize("error", [AppDatabaseUnavailable, AppDatabaseDamaged, NewerDatabaseError])
def test_it_is_never_blamed_on_a_hit(error: type[Exception]) -> None:
    assert not blames_the_data(error("away"))
