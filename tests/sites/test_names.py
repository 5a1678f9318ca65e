"""A site gets another name and keeps what it was; a site goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.databases import new_app_database
from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid
from tracker.db.models import ReportRecipient
from tracker.sites.names import remove_site, rename_site
from tracker.sites.sites import add_site, find_site, list_sites

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[AppDatabase]:
    opened = new_app_database(tmp_path / "app.sqlite")
    add_site(opened, "ancien.fr", now=NOW, recipients=["lea@ancien.fr"])
    yield opened
    opened.close()


def test_a_renamed_site_is_found_by_both_names(database: AppDatabase) -> None:
    rename_site(database, "https://ANCIEN.fr", "Nouveau.fr.")
    for name in ("ancien.fr", "www.nouveau.fr"):
        found = find_site(database, name)
        assert found is not None
        assert (found.domain, found.stored_as) == ("nouveau.fr", "ancien.fr")
        assert [one.email for one in found.recipients] == ["lea@ancien.fr"]
    assert find_site(database, "cien.fr") is None  # a part of a former name is none


def test_a_site_gets_its_first_name_back(database: AppDatabase) -> None:
    rename_site(database, "ancien.fr", "nouveau.fr")
    site = rename_site(database, "nouveau.fr", "ancien.fr")
    assert (site.domain, site.former_domains, site.stored_as) == ("ancien.fr", "nouveau.fr", "ancien.fr")


def test_a_name_that_a_site_has_or_had_is_not_given_to_another(database: AppDatabase) -> None:
    add_site(database, "autre.fr", now=NOW)
    with pytest.raises(Invalid, match=r"^autre\.fr already exists\.$"):
        rename_site(database, "ancien.fr", "autre.fr")
    rename_site(database, "ancien.fr", "nouveau.fr")
    with pytest.raises(Invalid, match=r"ancien\.fr already exists: nouveau\.fr had that name"):
        add_site(database, "ancien.fr", now=NOW)
    with pytest.raises(Invalid, match=r"is a page, and a site is all that its host has; write exemple\.fr"):
        rename_site(database, "nouveau.fr", "https://exemple.fr/blog")
    with pytest.raises(Invalid, match=r"There is no site inconnu\.fr"):
        rename_site(database, "inconnu.fr", "exemple.fr")


def test_a_removed_site_leaves_nothing_and_its_names_are_free(database: AppDatabase) -> None:
    rename_site(database, "ancien.fr", "nouveau.fr")
    assert remove_site(database, "ancien.fr").stored_as == "ancien.fr"
    assert list_sites(database) == []
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(ReportRecipient)) == 0
    add_site(database, "ancien.fr", now=NOW)
    with pytest.raises(Invalid, match=r"There is no site nouveau\.fr"):
        remove_site(database, "nouveau.fr")
