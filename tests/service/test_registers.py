from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.databases import new_app_database, new_event_store
from tests.reference.registers.published import imported, seat, unit
from tests.stats.conftest import SITE, Blog
from tracker.leads.registers.kept import kept_facts
from tracker.service.context import Context
from tracker.service.registers import RegisterWork
from tracker.settings import load_settings
from tracker.sites.sites import add_site, find_site

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
