from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.reference.registers.published import imported, seat, unit
from tracker.reference.registers.matching import Asked, Evidence, match
from tracker.reference.registers.store import RegisterStore


def units() -> tuple[Sequence[dict[str, str]], Sequence[dict[str, str]]]:
    """Companies with namesakes, subsidiaries, holdings, and some that ceased."""
    known = [
        (unit("780129987", "RENAULT SAS", size="53"), "BOULOGNE-BILLANCOURT"),
        (unit("954506077", "RENAULT TRUCKS", size="52"), "SAINT-PRIEST"),
        (unit("111111101", "RENAULT", size="01", form="5499"), "DOLE"),
        (unit("500569405", "DECATHLON FRANCE", size="53"), "VILLENEUVE-D'ASCQ"),
        (unit("306138900", "DECATHLON SE", size="22", form="5800"), "VILLENEUVE-D'ASCQ"),
        (unit("111111102", "BREGUET SYSTEMES", size="32"), "BESANCON"),
        (unit("111111103", "BREGUET SYSTEMES", size="32"), "NANTES"),
        (unit("111111104", "BREGUET SYSTEMES HOLDING", size="NN"), "BESANCON"),
        (unit("111111105", "PAPILLON", size="NN"), "LYON"),
        (unit("111111106", "PAPILLON", size="NN"), "BREST"),
        (unit("111111107", "GANYMEDE", form="6540"), "DOLE"),
        (unit("111111108", "GANYMEDE", etatAdministratifUniteLegale="C", dateDebut="2025-01-01"), "PARIS"),
        (unit("212500565", "COMMUNE DE BESANCON", size="51", form="7210"), "BESANCON"),
        (unit("111111109", "ATELIERS REUNIS DE LA DOLE ET CIE", size="12"), "SAINT ETIENNE"),
        (unit("111111112", "GROUPE ZEPHYR", size="41"), "LILLE"),
        (unit("111111113", "LE HAVRE DES PINS", size="22"), "LE HAVRE"),
        (unit("111111114", "HELIOS", size="22"), "SAINT-DENIS"),
        (unit("111111115", "HELIOS", size="22"), "SAINT-DENIS"),
        (unit("111111116", "MISTRAL", size="42"), "LYON"),
        (unit("111111117", "IMPRIMERIE DE DOLE", size="12"), "DOLE"),
        (unit("111111118", "IMPRIMERIE DE VANNES", size="12"), "RENNES"),
        (unit("111111110", "SOCIETE NOUVELLE DES FORGES", size="22", sigleUniteLegale="SNF"), "METZ"),
    ]
    return [row for row, _ in known], [seat(row["siren"], town) for row, town in known]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> RegisterStore:
    return RegisterStore("sirene", imported(tmp_path_factory.mktemp("register"), *units()))


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        pytest.param(Asked("Renault", "FR"), "780129987", id="the-large-one-among-namesakes"),
        pytest.param(Asked("RENAULT S.A.S.", "FR"), "780129987", id="with-its-form"),
        pytest.param(Asked("Renault Trucks SAS", "FR"), "954506077", id="a-subsidiary-is-not-its-group"),
        pytest.param(Asked("Breguet Systèmes", "FR", "Besançon"), "111111102", id="its-town"),
        pytest.param(Asked("BREGUET SYSTEMES", "FR", "Nantes"), "111111103", id="the-other-town"),
        pytest.param(Asked("Mairie de Besançon", "FR"), "212500565", id="a-public-body-by-another-word"),
        pytest.param(Asked("Ville de Besançon", "FR", "Besançon"), "212500565", id="a-town"),
        pytest.param(Asked("Le Havre des Pins", "FR", "Le Havre"), "111111113", id="a-town-with-an-article"),
        pytest.param(Asked("Groupe Zéphyr", "FR", "Lille"), "111111112", id="the-group-itself"),
        pytest.param(Asked("Mistral", "FR", "Lyon"), "111111116", id="a-common-name-in-its-town"),
        pytest.param(Asked("Imprimerie de Dole", "FR"), "111111117", id="the-town-in-its-name"),
        pytest.param(
            Asked("Imprimerie de Dole", "FR", "Paris"), "111111117", id="the-town-in-its-name-and-not-of-its-visits"
        ),
        pytest.param(Asked("Ateliers Réunis de la Dole & Cie", "FR", "Saint-Étienne"), "111111109", id="et-cie"),
    ],
)
def test_names_the_company(store: RegisterStore, asked: Asked, number: str) -> None:
    found = match(store, asked)
    assert found.best is not None, found.candidates
    assert found.best.entry.number == number


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(Asked("Breguet Systèmes", "FR"), id="two-of-one-name-and-no-town"),
        pytest.param(Asked("Papillon", "FR", "Lille"), id="two-small-ones"),
        pytest.param(Asked("SNF", "FR"), id="an-acronym-alone"),
        pytest.param(Asked("Ganymède", "FR", "Paris"), id="the-one-in-town-ceased"),
        pytest.param(Asked("Decathlon", "FR"), id="a-group-that-has-several-companies"),
        pytest.param(Asked("Zéphyr", "FR", "Lille"), id="a-company-is-not-its-group"),
        pytest.param(
            Asked("Breguet Systèmes", "FR", "Besançon", "breguet-systemes.de"), id="the-domain-of-another-country"
        ),
        pytest.param(Asked("Le Havre des Pins"), id="a-small-company-whose-country-is-not-known"),
        pytest.param(Asked("Helios", "GP", "Saint-Denis"), id="a-town-of-another-part-of-France"),
    ],
)
def test_leaves_open_what_is_ambiguous_and_offers_candidates(store: RegisterStore, asked: Asked) -> None:
    found = match(store, asked)
    assert found.best is None
    assert found.candidates


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(Asked("Mistral", "FR"), id="name"),
        pytest.param(Asked("Mistral SAS", "FR"), id="form"),
        pytest.param(Asked("Mistral", "FR", "", "mistral.fr"), id="domain"),
        pytest.param(Asked("Mistral SAS", "FR", "Brest", "mistral.fr"), id="form-domain-and-another-town"),
        pytest.param(Asked("Mistral SAS", "FR", "Paris", "mistral.fr"), id="form-domain-and-the-capital"),
        pytest.param(
            Asked("Imprimerie de Vannes", "FR", "", "imprimerie-de-vannes.fr"), id="its-seat-is-not-where-it-says"
        ),
    ],
)
def test_what_a_namesake_of_a_company_that_is_not_in_the_register_has_as_well_shows_nothing(
    store: RegisterStore, asked: Asked
) -> None:
    """It has 1,000 people and no namesake here, and yet it may be that of a company that ceased or asked not to be published."""
    found = match(store, asked)
    assert found.best is None
    assert found.candidates


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(Asked("Renault", "BR"), id="another-country"),
        pytest.param(Asked("Tramontane", "FR"), id="unknown"),
        pytest.param(Asked("…", "FR"), id="no-name"),
        pytest.param(Asked("Breguet Systèmes GmbH", "FR", "Besançon"), id="a-form-of-another-country"),
        pytest.param(Asked("Renault Trucks SRL", "FR"), id="an-italian-form"),
        pytest.param(Asked("Breguet Systèmes Sàrl", "CH", "Besançon"), id="a-form-that-two-countries-have"),
    ],
)
def test_has_no_candidate_for_what_is_not_in_the_register(store: RegisterStore, asked: Asked) -> None:
    assert match(store, asked).candidates == ()


def test_takes_the_overseas_parts_of_france_for_france(store: RegisterStore) -> None:
    found = match(store, Asked("Commune de Besançon", "RE", "Besançon"))
    assert found.best is not None
    assert found.best.entry.number == "212500565"


def test_says_what_speaks_for_a_company(store: RegisterStore) -> None:
    found = match(store, Asked("BREGUET SYSTEMES", "FR", "Nantes"))
    assert found.best is not None
    assert found.best.evidence == (Evidence.SAME_NAME, Evidence.SAME_TOWN, Evidence.ONLY_ONE_IN_TOWN)
