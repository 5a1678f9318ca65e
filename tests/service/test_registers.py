from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from tests.databases import new_app_database, new_event_store
from tests.reference.registers.published import imported, seat, unit
from tests.stats.conftest import SITE, Blog
from tracker.data_folder import acquire
from tracker.leads.registers.kept import kept_facts
from tracker.reference.registers.schedule import Update, last_updates
from tracker.service import registers
from tracker.service.context import Context
from tracker.service.registers import RegisterUpdates, RegisterWork
from tracker.settings import load_settings
from tracker.sites.sites import add_site, find_site
from tracker.store.protocol import EventStore

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)


class Installation:
    """A site in an installation that has a register with Breguet and Kerjean."""

    def __init__(self, folder: Path, store: EventStore) -> None:
        settings = load_settings({"WEBLEADS_DATA": str(folder)})
        units = [unit("552100554", "BREGUET SYSTEMES", size="51"), unit("111111101", "KERJEAN", size="32")]
        imported(settings.registers_folder, units, [seat("552100554", "BESANCON"), seat("111111101", "BREST")])
        self.database = new_app_database(folder / "app.sqlite")
        add_site(self.database, SITE, now=NOW)
        found = find_site(self.database, SITE)
        assert found is not None
        self.site, self.stop = found, threading.Event()
        self.blog = Blog(store)
        self.work = RegisterWork(Context(settings, self.database, store, lambda: NOW), self.stop)

    def visited(self, company: str, town: str, at: str = "2026-11-16T09:59+01:00") -> None:
        """A visit of a company; without a moment, one that has just begun."""
        self.blog.visit(
            at, (0, "/"), company=company, country="FR", city=town, company_method="as_organisation",
            company_confidence=0.9, network_kind="business",
        )  # fmt: skip

    def known(self) -> dict[str, tuple[str, ...]]:
        """The evidence for each company that a register has."""
        return {name: one.evidence for name, one in kept_facts(self.database, self.site.id).by_name.items()}


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with new_event_store() as store:
        made = Installation(tmp_path, store)
        yield made
        made.database.close()


@pytest.mark.parametrize(("stopped", "found"), [(False, {"Breguet Systèmes"}), (True, set())])
def test_looks_up_the_companies_of_all_sites_until_it_is_stopped(
    installation: Installation, stopped: bool, found: set[str]
) -> None:
    installation.visited("Breguet Systèmes", "Besançon", "2026-11-12T09:00+01:00")
    if stopped:
        installation.stop.set()
    installation.work.match_all()
    assert set(installation.known()) == found


def test_a_newcomer_is_looked_up_alone_and_again_by_all_of_its_visits(installation: Installation) -> None:
    work = installation.work
    installation.visited("Kerjean", "Brest", "2026-11-12T09:00+01:00")
    work.match_newcomers()
    assert installation.known() == {}, "it came days ago"
    installation.visited("Breguet Systèmes", "Besançon")
    work.match_newcomers()
    assert set(installation.known()) == {"Breguet Systèmes"}
    assert "same_town" in installation.known()["Breguet Systèmes"]
    for day in (12, 13):
        installation.visited("Breguet Systèmes", "Paris", f"2026-11-{day}T09:00+01:00")
    work.match_newcomers()
    assert "same_town" in installation.known()["Breguet Systèmes"], "it is no newcomer any more"
    work.match_all()
    assert set(installation.known()) == {"Breguet Systèmes", "Kerjean"}
    assert "same_town" not in installation.known()["Breguet Systèmes"], "most of its visits come from Paris"


def test_a_site_without_a_new_event_is_not_looked_at_for_newcomers(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = []
    monkeypatch.setattr(registers, "match_newcomers", lambda *_, **__: looked.append(1) or 0)
    for company in ("Kerjean", "Breguet Systèmes"):
        installation.visited(company, "Brest")
        for _ in range(3):
            installation.work.match_newcomers()
    assert len(looked) == 2


def test_a_match_without_facts_leaves_what_readers_keep_as_it_is(installation: Installation) -> None:
    installation.visited("Kerjean", "Brest")
    installation.work.match_newcomers()
    kept = kept_facts(installation.database, installation.site.id)
    installation.visited("Chez nous", "Brest")
    installation.work.match_newcomers()
    assert kept_facts(installation.database, installation.site.id) is kept


def updating(tmp_path: Path, script: str) -> RegisterUpdates:
    settings = load_settings({"WEBLEADS_DATA": str(tmp_path), "WEBLEADS_REGISTERS_UPDATE": "sirene"})
    database = new_app_database(tmp_path / "app.sqlite")
    context = Context(settings, database, cast("EventStore", None), lambda: NOW)
    database.close()
    return RegisterUpdates(context, (sys.executable, "-c", script))


def ended(updates: RegisterUpdates, folder: Path) -> Update:
    """What an update that was started is noted as, once its process has ended."""
    updates()
    running = updates._running
    assert running is not None
    running.process.wait()
    updates()
    return last_updates(folder)["sirene"]


@pytest.mark.parametrize(
    ("script", "is_good", "said"),
    [
        ("import sys; print(sys.argv[1:3])", True, "['sirene', '--data']"),
        ("raise SystemExit('webleads: sirene: HTTP 404')", False, "sirene: HTTP 404"),
    ],
)
def test_fetches_a_register_that_is_due_and_notes_what_became_of_it(
    tmp_path: Path, script: str, is_good: bool, said: str
) -> None:
    updates = updating(tmp_path, script)
    assert ended(updates, tmp_path / "registers") == Update(NOW, is_good, said)
    updates()
    assert last_updates(tmp_path / "registers")["sirene"].at == NOW, "nothing is due again"
    updates.close()


def test_ends_an_update_when_the_service_stops_and_removes_what_it_left(tmp_path: Path) -> None:
    folder = tmp_path / "registers"
    (folder / ".fetched-cut-off").mkdir(parents=True)
    updates = updating(tmp_path, "import time; time.sleep(600)")
    updates()
    assert list(folder.glob("*cut-off")) == []
    (folder / ".sirene-cut-off").mkdir()
    updates.close()
    assert list(folder.glob("*cut-off")) == []
    assert last_updates(folder) == {}


def test_does_not_disturb_an_import_by_hand(tmp_path: Path) -> None:
    left = tmp_path / "registers" / ".fetched-by-hand"
    left.mkdir(parents=True)
    updates = updating(tmp_path, "")
    with acquire(tmp_path, "registers.lock"):
        updates()
        assert left.exists()
    updates.close()
