"""A fetch that somebody asked for: one at a time, with its progress, its outcome and what kept it from it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tracker.data_folder import FolderInUse
from tracker.reference.geo.on_demand import Fetching, GeoFetch, provider_of
from tracker.reference.geo.update import UpdateOutcome
from tracker.settings import Settings

NOW = datetime(2026, 11, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("settings", "provider"),
    [
        (Settings(), "dbip"),
        (Settings(maxmind_license_key="key"), "geolite2"),
        (Settings(geo_update="ipinfo", maxmind_license_key="key"), "ipinfo"),
    ],
)
def test_the_provider_is_that_of_the_settings_or_one_without_a_key(settings: Settings, provider: str) -> None:
    assert provider_of(settings) == provider


def test_it_tells_how_far_it_is_and_what_came_of_it(tmp_path: Path) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def run(_settings: Settings, _provider: str, *, report: Any, **_: Any) -> Iterator[UpdateOutcome]:
        report("city.mmdb")(5_000_000, 20_000_000)
        reached.set()
        go_on.wait(10)
        yield UpdateOutcome("city.mmdb", "updated", "20 MB")

    fetch = GeoFetch(Settings(data=tmp_path), lambda: NOW, run)
    fetch.start()
    assert reached.wait(10)
    fetch.start()  # one at a time
    assert fetch.state == Fetching(True, "city.mmdb", 5_000_000, 20_000_000)
    go_on.set()
    fetch.wait()
    assert (fetch.state.is_running, fetch.state.problem) == (False, None)
    assert [one.state for one in fetch.state.outcomes] == ["updated"]


@pytest.mark.parametrize("problem", [FolderInUse("another fetches"), RuntimeError("boom\nmore"), RuntimeError()])
def test_what_keeps_it_from_fetching_is_told_and_it_may_be_tried_again(tmp_path: Path, problem: Exception) -> None:
    def run(*_: Any, **__: Any) -> Iterator[UpdateOutcome]:
        raise problem

    fetch = GeoFetch(Settings(data=tmp_path), lambda: NOW, run)
    for _ in range(2):
        fetch.start()
        fetch.wait()
        assert fetch.state.problem in (
            "another process is fetching databases; wait until it has ended",
            "boom",
            "RuntimeError",
        )
        assert not fetch.state.is_running
