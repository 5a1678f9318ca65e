"""Corrections are made, replaced, taken back and listed; of a site, or shared by all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.databases import new_app_database
from tracker.db.correction_models import CompanyCorrection
from tracker.db.engine import AppDatabase
from tracker.leads.corrections.changes import (
    MOST,
    NotACorrection,
    TooManyCorrections,
    as_rows,
    corrections_of,
    make,
    rules_now,
    take_back,
)
from tracker.leads.corrections.rules import Kind
from tracker.sites.sites import add_site

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
BY = "lea@exemple.fr"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[AppDatabase]:
    opened = new_app_database(tmp_path / "app.sqlite")
    add_site(opened, "a.fr", now=NOW)
    add_site(opened, "b.fr", now=NOW)
    yield opened
    opened.close()


def test_a_correction_is_kept_to_one_site_or_shared_by_all_and_undone(database: AppDatabase) -> None:
    own = make(database, 1, Kind.RENAME, "Armor", "Armor Biscuits", by=BY, now=NOW)
    make(database, None, Kind.NOT_ASN, "64500", None, by=BY, now=NOW)
    assert [one.kind for one in corrections_of(database, 1)] == ["not_asn", "rename"]
    assert [one.kind for one in corrections_of(database, 2)] == ["not_asn"]
    assert rules_now(database).names_of("a.fr") == {"Armor": "Armor Biscuits"}
    assert rules_now(database).names_of("b.fr") == {}
    take_back(database, 2, own)  # another site's
    assert len(corrections_of(database, 1)) == 2
    take_back(database, 1, own)
    assert [one.kind for one in corrections_of(database, 1)] == ["not_asn"]
    assert rules_now(database).concern("b.fr")


def test_a_new_name_takes_the_place_of_the_earlier_one(database: AppDatabase) -> None:
    make(database, 1, Kind.RENAME, "Armor", "One", by=BY, now=NOW)
    make(database, 1, Kind.MERGE, "Armor", "Two", by=BY, now=NOW)
    (row,) = as_rows(corrections_of(database, 1))
    assert row == {
        "kind": "merge",
        "subject": "Armor",
        "target": "Two",
        "all_sites": False,
        "made_by": BY,
        "made_at": "2026-11-20T12:00:00Z",
    }


@pytest.mark.parametrize(
    ("kind", "subject", "target"),
    [
        (Kind.RENAME, "Armor", "Armor"),
        (Kind.RENAME, "Armor", " "),
        (Kind.MERGE, "", "Armor"),
        (Kind.NOT_ASN, "AS64500", None),
        (Kind.NOT_ASN, "٦٤٥", None),
        (Kind.NOT_DOMAIN, " ", None),
        (Kind.RENAME, "Armor", "A" * 201),
        (Kind.NOT_A_COMPANY, "A" * 201, None),
        (Kind.RENAME, "Armor", "\u202e\0"),
    ],
)
def test_what_says_nothing_is_refused(database: AppDatabase, kind: Kind, subject: str, target: str | None) -> None:
    with pytest.raises(NotACorrection):
        make(database, 1, kind, subject, target, by=BY, now=NOW)


def test_a_new_name_has_nothing_that_cannot_be_seen(database: AppDatabase) -> None:
    make(database, 1, Kind.RENAME, "Armor", " Ker\u202ejean\0\n SAS ", by=BY, now=NOW)
    assert rules_now(database).names_of("a.fr") == {"Armor": "Kerjean SAS"}


def test_corrections_are_as_many_as_can_be_and_one_can_still_be_replaced(database: AppDatabase) -> None:
    rows = [CompanyCorrection(site_id=1, kind="not_asn", subject=str(n), made_by=BY, made_at=NOW) for n in range(MOST)]
    with database.transaction() as session:
        session.add_all(rows)
    with pytest.raises(TooManyCorrections):
        make(database, 1, Kind.NOT_ASN, "64500", None, by=BY, now=NOW)
    make(database, 1, Kind.NOT_ASN, "7", None, by=BY, now=NOW)
    make(database, 2, Kind.NOT_ASN, "64500", None, by=BY, now=NOW)
    assert len(corrections_of(database, 1)) == MOST
