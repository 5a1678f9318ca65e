from __future__ import annotations

from pathlib import Path

import pytest

from tests.reference.registers.published import NOW, csv_text, zipped
from tracker.reference.registers.entries import State
from tracker.reference.registers.files import BadFile
from tracker.reference.registers.gleif import _ENTITIES, _RELATIONS, import_files
from tracker.reference.registers.matching import Asked, match
from tracker.reference.registers.store import RegisterStore

ACME, HOLDING, OTHER, GONE = (f"{name:0<18}00" for name in ("ACME", "HOLDING", "ACMEUS", "GONE"))


def entity(lei: str, name: str, country: str = "DE", town: str = "Berlin", **more: str) -> dict[str, str]:
    row = {
        "LEI": lei,
        "Entity.LegalName": name,
        "Entity.LegalAddress.Country": country,
        "Entity.HeadquartersAddress.City": town,
        "Entity.EntityStatus": "ACTIVE",
        "Entity.EntityCategory": "GENERAL",
        "Registration.RegistrationStatus": "ISSUED",
        "Registration.LastUpdateDate": "2026-11-01T00:00:00Z",
        "Entity.RegistrationAuthority.RegistrationAuthorityEntityID": "HRB 12345",
    }
    return row | more


def relation(child: str, parent: str, kind: str) -> dict[str, str]:
    return dict(zip(_RELATIONS, (child, parent, kind, "ACTIVE"), strict=True))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> RegisterStore:
    folder = tmp_path_factory.mktemp("gleif")
    rows = [
        entity(ACME, "Acme Maschinenbau GmbH"),
        entity(HOLDING, "Acme Holding AG", **{"Entity.RegistrationAuthority.RegistrationAuthorityEntityID": "HRB 9"}),
        entity(OTHER, "Acme Maschinenbau Inc.", "US", "Boston"),
        entity(
            GONE,
            "Zephyr AG",
            **{
                "Entity.EntityStatus": "INACTIVE",
                "Entity.RegistrationAuthority.RegistrationAuthorityEntityID": "HRB 7",
            },
        ),
        entity("not an LEI", "Nobody"),
    ]
    relations = [
        relation(ACME, HOLDING, "IS_DIRECTLY_CONSOLIDATED_BY"),
        relation(ACME, HOLDING, "IS_ULTIMATELY_CONSOLIDATED_BY"),
    ]
    paths = [
        zipped(folder / "lei2.zip", csv_text(_ENTITIES, rows)),
        zipped(folder / "rr.zip", csv_text(_RELATIONS, relations)),
    ]
    assert import_files(folder / "gleif.sqlite", paths, now=NOW) == (4, 1)
    return RegisterStore("gleif", folder / "gleif.sqlite")


def test_keeps_a_company_with_its_group(store: RegisterStore) -> None:
    entry = store.entry(ACME)
    assert entry is not None
    assert (entry.name, entry.country, entry.seat.town, entry.parents) == (
        "Acme Maschinenbau GmbH",
        "DE",
        "Berlin",
        (HOLDING,),
    )
    gone = store.entry(GONE)
    assert gone is not None
    assert gone.state is State.CEASED


def test_finds_a_company_by_its_number_in_its_country(store: RegisterStore) -> None:
    found = store.registered_as("DE", "HRB12345")
    assert found is not None
    assert found.number == ACME
    assert store.registered_as("FR", "HRB12345") is None


def test_names_the_company_of_the_country(store: RegisterStore) -> None:
    found = match(store, Asked("Acme Maschinenbau", "DE", "Berlin"))
    assert found.best is not None
    assert found.best.entry.number == ACME


def test_without_a_country_nothing_is_matched(store: RegisterStore) -> None:
    assert match(store, Asked("Acme Maschinenbau")).candidates == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("a,b\n1,2\n", "is neither the golden copy of level 1", id="another-file"),
        pytest.param(csv_text(_RELATIONS, []), "level 1 is missing", id="level-2-alone"),
        pytest.param(
            csv_text(_ENTITIES, []).replace("Entity.EntityStatus", "Status"),
            "Entity.EntityStatus is missing",
            id="other",
        ),
    ],
)
def test_a_bad_file_is_one_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BadFile) as raised:
        import_files(tmp_path / "gleif.sqlite", [zipped(tmp_path / "a.zip", text)], now=NOW)
    assert words in str(raised.value)
    assert not (tmp_path / "gleif.sqlite").exists()
