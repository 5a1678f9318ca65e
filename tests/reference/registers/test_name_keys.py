from __future__ import annotations

import pytest

from tracker.reference.registers.name_keys import name_keys, town_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Renault S.A.S.", "RENAULT", id="form"),
        pytest.param("SARL Dupont", "DUPONT", id="form-in-front"),
        pytest.param("GAEC La Grange Neuve", "LA GRANGE NEUVE", id="form-of-farms"),
        pytest.param("Dupont & Fils", "DUPONT ET FILS", id="and"),
        pytest.param("Dupont et Cie", "DUPONT", id="et-cie"),
        pytest.param("Électricité de Saint-Étienne", "ELECTRICITE DE ST ETIENNE", id="accents"),
        pytest.param("Müller GmbH & Co. KG", "Muller", id="german-form"),
    ],
)
def test_spellings_of_one_name_have_one_exact_key(one: str, other: str) -> None:
    first, second = name_keys(one), name_keys(other)
    assert first is not None
    assert second is not None
    assert first.exact == second.exact


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Ville de Besançon", "COMMUNE DE BESANCON", id="town"),
        pytest.param("Conseil départemental du Doubs", "DEPARTEMENT DU DOUBS", id="department"),
        pytest.param("CC du Haut Nivernais", "COMMUNAUTE DE COMMUNES HAUT NIVERNAIS", id="communes"),
        pytest.param("CHU de Nantes", "CENTRE HOSPITALIER UNIVERSITAIRE DE NANTES", id="hospital"),
        pytest.param("Groupe Hélianthe", "HELIANTHE FRANCE", id="group"),
    ],
)
def test_names_that_are_alike_have_one_loose_key(one: str, other: str) -> None:
    first, second = name_keys(one), name_keys(other)
    assert first is not None
    assert second is not None
    assert (first.loose, first.exact == second.exact) == (second.loose, False)


def test_names_of_different_companies_have_different_keys() -> None:
    found = [
        name_keys(name) for name in ("Renault SAS", "Renault Trucks", "Commune de Dole", "Centre hospitalier de Dole")
    ]
    assert len({one.loose for one in found if one}) == 4


@pytest.mark.parametrize(
    ("one", "other"),
    [("Saint-Étienne", "ST ETIENNE"), ("PARIS 8", "Paris"), ("LYON 3EME", "Lyon"), ("BESANCON CEDEX 9", "Besançon")],
)
def test_spellings_of_one_town_have_one_key(one: str, other: str) -> None:
    assert town_key(one) == town_key(other)
