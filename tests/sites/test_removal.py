"""A site that is removed is set aside, can be taken back, and then goes with all that the app database has of it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import String, Text, cast, func, select

from tests.databases import new_app_database
from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid
from tracker.db.models import Base, Delivery, SiteGoal
from tracker.sites.names import change_further_domains, move_site
from tracker.sites.removal import delete_site, removed_sites, rows_of, set_aside, take_back
from tracker.sites.sites import add_site, find_site, find_sites, list_sites

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
_ROUNDS = 10


@pytest.fixture
def database(tmp_path: Path) -> Iterator[AppDatabase]:
    opened = new_app_database(tmp_path / "app.sqlite")
    site = add_site(opened, "ancien.fr", now=NOW, recipients=["lea@ancien.fr"])
    move_site(opened, "ancien.fr", "nouveau.fr", now=NOW)
    change_further_domains(opened, "nouveau.fr", "shop.fr", now=NOW)
    with opened.transaction() as session:
        session.add(SiteGoal(site_id=site.id, kind="page", pattern="/", name="x", points=1, created_at=NOW))
        session.add(
            Delivery(
                site_id=site.id, report="weekly", period="x", recipient="lea@ancien.fr", status="sent", claimed_at=NOW
            )
        )
    yield opened
    opened.close()


@pytest.mark.parametrize("name", ["nouveau.fr", "ancien.fr", "shop.fr"])
def test_a_removed_site_is_not_found_and_its_domains_are_held(database: AppDatabase, name: str) -> None:
    set_aside(database, "www.nouveau.fr", by="lea@exemple.fr", now=NOW)
    assert (find_site(database, name), list_sites(database), find_sites(database)) == (None, [], [])
    with pytest.raises(Invalid, match=r"was removed and can still be taken back"):
        add_site(database, name, now=NOW)
    with pytest.raises(Invalid, match=r"nouveau\.fr was removed already, by lea@exemple\.fr"):
        set_aside(database, name, by=None, now=NOW)
    assert take_back(database, name).domain == "nouveau.fr"
    found = find_site(database, name)
    assert found is not None
    assert [one.email for one in found.recipients] == ["lea@ancien.fr"]


def test_what_is_not_removed_cannot_be_taken_back(database: AppDatabase) -> None:
    with pytest.raises(Invalid, match="No removed site"):
        take_back(database, "nouveau.fr")
    with pytest.raises(Invalid, match=r"There is no site inconnu\.fr"):
        set_aside(database, "inconnu.fr", by=None, now=NOW)


def test_a_site_that_went_leaves_its_name_in_no_column_of_any_table(database: AppDatabase) -> None:
    add_site(database, "autre.fr", now=NOW)
    site = set_aside(database, "nouveau.fr", by=None, now=NOW)
    assert rows_of(database, site.id) == {"report_recipients": 1, "goals": 1, "deliveries": 1, "site_domains": 2}
    delete_site(database, site.id)
    assert rows_of(database, site.id) == {}
    with database.transaction() as session:
        for table in Base.metadata.sorted_tables:
            for column in table.c:
                if isinstance(column.type, (Text, String)):
                    left = select(func.count()).where(cast(column, Text).regexp_match("ancien.fr|nouveau.fr|shop.fr"))
                    assert session.scalar(left) == 0, column
    assert [one.domain for one in list_sites(database)] == ["autre.fr"]
    assert add_site(database, "nouveau.fr", now=NOW).stored_as == "nouveau.fr"


def test_a_site_that_was_taken_back_is_not_deleted(database: AppDatabase) -> None:
    site = set_aside(database, "nouveau.fr", by=None, now=NOW)
    (removed,) = removed_sites(database)
    take_back(database, "nouveau.fr")
    delete_site(database, removed.id)
    assert [one.id for one in list_sites(database)] == [site.id]


def test_of_two_people_who_remove_a_site_at_once_one_is_told_of_the_other(database: AppDatabase) -> None:
    both = Barrier(2)

    def remove(email: str) -> str:
        both.wait()
        try:
            return str(set_aside(database, "nouveau.fr", by=email, now=NOW).removed_by)
        except Invalid as problem:
            return str(problem)

    with ThreadPoolExecutor(2) as people:
        for _ in range(_ROUNDS):
            said = sorted(people.map(remove, ["anna@a.fr", "lea@a.fr"]), key=len)
            assert said[1] == f"nouveau.fr was removed already, by {said[0]}."
            take_back(database, "nouveau.fr")
