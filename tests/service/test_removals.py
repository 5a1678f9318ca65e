"""What a removed site leaves behind goes after seven days, also when that is interrupted at any step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.databases import new_app_database
from tracker.db.engine import AppDatabase
from tracker.ingest.kept import Kept
from tracker.ingest.quarantine import Quarantine
from tracker.service.removals import Removals
from tracker.sites.removal import removed_sites, set_aside, take_back
from tracker.sites.sites import add_site, list_sites
from tracker.store.errors import StoreUnavailable

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
_LATER = NOW + timedelta(days=7)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[AppDatabase]:
    opened = new_app_database(tmp_path / "app.sqlite")
    add_site(opened, "a.fr", now=NOW)
    set_aside(opened, "a.fr", by=None, now=NOW)
    yield opened
    opened.close()


def test_a_site_goes_once_its_days_are_over(database: AppDatabase, tmp_path: Path) -> None:
    forgotten: list[str] = []
    for now, gone in ((_LATER - timedelta(seconds=1), []), (_LATER, ["a.fr"]), (_LATER, ["a.fr"])):
        Removals(database, tmp_path, forgotten.append, now=lambda now=now: now)()  # type: ignore[misc]
        assert forgotten == gone
    assert removed_sites(database) == []


def test_a_site_that_was_taken_back_stays(database: AppDatabase, tmp_path: Path) -> None:
    take_back(database, "a.fr")
    Removals(database, tmp_path, pytest.fail, now=lambda: _LATER)()
    assert [one.domain for one in list_sites(database)] == ["a.fr"]


@pytest.mark.parametrize("step", ["events", "quarantine", "rows"])
def test_a_removal_that_was_killed_at_a_step_ends_after_a_restart(
    database: AppDatabase, tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgotten: list[str] = []
    with Quarantine(tmp_path).keeping([Kept("x", 1, NOW, "a.fr", NOW.date(), "x")]):
        pass

    def killed(*_arguments: object) -> None:
        raise StoreUnavailable("killed")

    with monkeypatch.context() as patched:
        if step == "quarantine":
            patched.setattr(Quarantine, "forget_site", killed)
        elif step == "rows":
            patched.setattr("tracker.service.removals.delete_site", killed)
        forget = killed if step == "events" else forgotten.append
        with pytest.raises(StoreUnavailable):
            Removals(database, tmp_path, forget, now=lambda: _LATER)()
    assert [one.domain for one in removed_sites(database)] == ["a.fr"]
    Removals(database, tmp_path, forgotten.append, now=lambda: _LATER)()
    assert (removed_sites(database), set(forgotten), list(Quarantine(tmp_path).kept())) == ([], {"a.fr"}, [])
