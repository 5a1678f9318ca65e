from __future__ import annotations

from functools import cache, partial

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from dashboards.translations import FOLDER, catalogue

# A page is needed outside of the pages' tests, too.
from tests.dashboards.web.conftest import (  # noqa: F401 - fixtures
    app,
    browser,
    clock,
    company_visit,
    database,
    signed_in,
    site,
    status,
    store,
    user,
    visit,
)
from tracker.accounts import passwords


@pytest.fixture(scope="session", autouse=True)
def compiled_translations() -> None:
    """The catalogues as the build compiles them; without them every page would be English."""
    for source in FOLDER.glob("*/LC_MESSAGES/messages.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            with source.open("rb") as file:
                messages = read_po(file, locale=source.parts[-3])
            with target.open("wb") as file:
                write_mo(file, messages)
    catalogue.cache_clear()


CHEAP = "scrypt:1024:8:1"


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real hash takes a third of a second of the processor for each password; tests/accounts holds it."""
    monkeypatch.setattr(passwords, "_METHOD", CHEAP)
    monkeypatch.setattr(passwords, "_hash_of_nobody", cache(partial(passwords.hash_password, "nobody's password")))
