from __future__ import annotations

import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from tests.databases import new_app_database, new_event_store
from tests.reference.registers.published import imported, seat, unit
from tests.stats.conftest import SITE, Blog
from tracker.leads.registers.kept import kept_facts
from tracker.reference.registers.schedule import Update, last_updates
from tracker.service.context import Context
from tracker.service.registers import RegisterUpdates, RegisterWork
from tracker.settings import load_settings
from tracker.sites.sites import add_site, find_site
from tracker.store.protocol import EventStore

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)


@pytest.mark.parametrize(("stopped", "found"), [(False, {"Breguet Systèmes"}), (True, set())])
def test_looks_up_the_companies_of_all_sites_until_it_is_stopped(
    tmp_path: Path, stopped: bool, found: set[str]
) -> None:
    settings = load_settings({"WEBLEADS_DATA": str(tmp_path)})
    imported(
        settings.registers_folder, [unit("552100554", "BREGUET SYSTEMES", size="32")], [seat("552100554", "BESANCON")]
    )
    database, stop = new_app_database(tmp_path / "app.sqlite"), threading.Event()
    with new_event_store() as store:
        add_site(database, SITE, now=NOW)
        site = find_site(database, SITE)
        assert site is not None
        Blog(store).visit(
            "2026-11-12T09:00+01:00", (0, "/"), company="Breguet Systèmes", country="FR", city="Besançon",
            company_method="as_organisation", company_confidence=0.9, network_kind="business",
        )  # fmt: skip
        if stopped:
            stop.set()
        RegisterWork(Context(settings, database, store, lambda: NOW), stop)()
        assert set(kept_facts(database, site.id).by_name) == found
    database.close()


def updating(tmp_path: Path, script: str) -> RegisterUpdates:
    settings = load_settings({"WEBLEADS_DATA": str(tmp_path), "WEBLEADS_REGISTERS_UPDATE": "sirene"})
    database = new_app_database(tmp_path / "app.sqlite")
    context = Context(settings, database, cast("EventStore", None), lambda: NOW)
    database.close()
    return RegisterUpdates(context, (sys.executable, "-c", script))


def ended(updates: RegisterUpdates, folder: Path) -> Update:
    """What an update that was started is noted as, once its process has ended."""
    updates()
    for _ in range(600):
        if found := last_updates(folder).get("sirene"):
            return found
        time.sleep(0.05)
        updates()
    raise AssertionError("the process did not end")


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


def test_ends_an_update_when_the_service_stops(tmp_path: Path) -> None:
    updates = updating(tmp_path, "import time; time.sleep(600)")
    updates()
    updates.close()
    assert last_updates(tmp_path / "registers") == {}
