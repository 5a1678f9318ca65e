from __future__ import annotations

import pytest

from tracker.enrichment.organisation.display_name import clean_organisation_name, is_acronym
from tracker.enrichment.organisation.legal_forms import name_key

CLEANED = [
    ("RENAULT SAS", "Renault"),
    ("Renault Trucks SAS", "Renault Trucks"),
    ("AS12345 ACME-NET Acme Holding GmbH", "Acme Holding"),
    ("AS272237 - BISCUITERIE ARMOR LTDA", "Biscuiterie Armor"),
    ("ACME-AS", "Acme"),
    ("AS-ACME", "Acme"),
    ("ACME-AS-AP - Acme Biscuits Pty Ltd", "Acme Biscuits"),
    ("KERJEAN-FR", "Kerjean"),
    ("Kerjean Meubles SARL, FR", "Kerjean Meubles"),
    ("BNP PARIBAS S.A.", "BNP Paribas"),
    ("SNCF", "SNCF"),
    ("EDF", "EDF"),
    ("IBM Corporation", "IBM"),
    ("CNRS", "CNRS"),
    ("SAINT-GOBAIN", "Saint-Gobain"),
    ("LYCEE DE L'EXEMPLE", "Lycee de l'Exemple"),
    ('JSC "Primer"', "Primer"),
    ('Limited Liability Company "Primer"', "Primer"),
    ("OOO Primer", "Primer"),
    ("PT Contoh Maju Tbk", "Contoh Maju"),
    ("Exemplo Servicos S.A. de C.V.", "Exemplo Servicos"),
    ("Przyklad Sp. z o.o.", "Przyklad"),
    ("Beispiel GmbH & Co. KG", "Beispiel"),
    ("Voorbeeld B.V.", "Voorbeeld"),
    ("Exempel AB", "Exempel"),
    ("Esimerkki Oy", "Esimerkki"),
    ("Példa Zrt.", "Példa"),
    ("Esempio S.p.A.", "Esempio"),
    ("Example (Pty) Ltd", "Example"),
    ("Example Co., Ltd.", "Example"),
    ("Hartmann GmbH trading as Hartmann Werkzeuge", "Hartmann Werkzeuge"),
    ("Universidad de Ejemplo (UDE)", "Universidad de Ejemplo"),
    ("VILLE DE NULLE PART", "Ville de Nulle Part"),
    ("thyssenkrupp Information Management GmbH", "thyssenkrupp Information Management"),
    ("Example Cooperative", "Example Cooperative"),
    ("SAS", "SAS"),
    ("OMEGA-NET Ltd", "Omega"),
    ("Exempel Bank - Exempel Bank", "Exempel Bank"),
    ("AS12345", ""),
]


@pytest.mark.parametrize(("name", "expected"), CLEANED, ids=[name for name, _ in CLEANED])
def test_a_registrys_name_reads_as_people_write_it(name: str, expected: str) -> None:
    assert clean_organisation_name(name) == expected


@pytest.mark.parametrize("name", [name for name, _ in CLEANED], ids=[name for name, _ in CLEANED])
def test_cleaning_twice_changes_nothing(name: str) -> None:
    once = clean_organisation_name(name)
    assert clean_organisation_name(once) == once


@pytest.mark.parametrize(
    "spellings",
    [
        ("Deutsche Bank AG", "DEUTSCHE BANK", "deutsche bank a.g."),
        ("L'OREAL SA", "L’Oréal", "L'Oreal S.A."),
        ("Crédit Agricole SA", "CREDIT AGRICOLE S.A."),
        ("Robert Bosch GmbH", "Bosch"),
    ],
    ids=lambda spellings: spellings[0],
)
def test_one_company_in_several_spellings_is_one(spellings: tuple[str, ...]) -> None:
    assert len({clean_organisation_name(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("word", "spelt"),
    [("sncf", True), ("ibm", True), ("ratp", True), ("bnp", True), ("armor", False), ("bank", False), ("city", False)],
)
def test_what_nobody_can_say_is_an_acronym(word: str, spelt: bool) -> None:
    assert is_acronym(word) is spelt


def test_a_key_is_the_same_however_the_form_is_written() -> None:
    assert name_key("The Exemple S. A. S.") == name_key("EXEMPLE SASU") == name_key("exemple") == "exemple"
    assert name_key("Renault SAS") != name_key("Renault Trucks SAS")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Muster Fahrzeugtechnik AG und", "Muster Fahrzeugtechnik"),
        ("Exemple Conseil et", "Exemple Conseil"),
        ("Exempel Hospital of the", "Exempel Hospital"),
        ("Société d'Exemple de la", "Société d'Exemple"),
        ("Bisping & Bisping", "Bisping & Bisping"),
    ],
)
def test_a_name_that_was_cut_off_loses_the_words_that_lead_on(name: str, shown: str) -> None:
    assert clean_organisation_name(name) == shown
