"""Private persons' names: hobby networks are registered to people, who are never shown."""

from __future__ import annotations

from typing import Any

import pytest

from tracker.enrichment.geo.records import NetworkRecord
from tracker.enrichment.network.kind import LEAD_KINDS, NetworkKind, classify_organisation, identify_network
from tracker.enrichment.organisation.private_persons import is_private_person, may_be_private_person

PERSONS = [
    "Anna Musterfrau",
    "Jean-Pierre Exemple",
    "Musterfrau, Anna",
    "LARS ERIK EXEMPEL",
    "Maria Exempla trading as Exeweb",
    "AS64500 - ANNA MUSTERFRAU",
    "ANNA MARIA EXEMPLA 12345678901",
    "Anna Exempla ME",
]
OTHERS = [
    "Anna Seghers Schule",
    "Exemple Conseil SARL",
    "Thomas Muster GmbH",
    "Boulangerie Paul",
    "Exemple",
    "Studio 54 Anna",
]


@pytest.mark.parametrize("name", PERSONS)
def test_a_person_is_told_by_a_given_name_or_as_a_sole_trader(name: str) -> None:
    assert is_private_person(name)
    kind, why = classify_organisation(name, 64500)
    assert kind not in LEAD_KINDS
    assert why.code != "name_possible"


@pytest.mark.parametrize("name", OTHERS)
def test_a_legal_form_a_trade_or_a_number_says_that_it_is_none(name: str) -> None:
    assert not is_private_person(name)


@pytest.mark.parametrize(
    ("name", "may_be"),
    [
        ("Xqztvan Musterova", True),  # no given name of the list
        ("Anna Musterstrom", True),  # "strom" is power in German, and here the end of a family's name
        ("default gateway UG (haftungsbeschränkt)", False),
        ("Exemple Conseil SARL", False),
        ("Exemple", False),
        ("Xqzt Hospital", False),
        ("Xqzt 24 Sieben", False),
    ],
)
def test_what_may_be_a_person_has_two_to_four_words_that_say_nothing(name: str, may_be: bool) -> None:
    assert may_be_private_person(name) is may_be


@pytest.mark.parametrize("name", PERSONS)
@pytest.mark.parametrize(
    "said",
    [
        {},
        {"as_type": "business"},
        {"user_type": "business"},
        {"company_type": "business"},
        {"user_type": "residential"},
        {"is_hosting": True},
    ],
)
def test_a_person_s_network_has_no_organisation_whatever_a_database_calls_it(name: str, said: dict[str, Any]) -> None:
    for record in (
        NetworkRecord(asn=64500, organisation=name, **said),
        NetworkRecord(asn=64500, organisation="Example Telecom", company=name, **said),
        NetworkRecord(asn=64500, organisation="Example Telecom", isp="Example", isp_organisation=name, **said),
    ):
        network = identify_network(record)
        assert network.organisation is None
        assert network.kind not in LEAD_KINDS
        assert not {word for word in name.split() if len(word) > 3} & set(network.evidence.replace('"', " ").split())


def test_an_organisation_that_is_called_like_a_person_keeps_its_name() -> None:
    for record in (
        NetworkRecord(asn=64500, organisation="Morgan Stanley"),
        NetworkRecord(asn=27329, organisation="Duane Morris"),  # its network was judged to be a company's
        NetworkRecord(asn=64500, organisation="Boulangerie Paul"),
    ):
        assert identify_network(record).organisation == record.organisation
    listed = identify_network(NetworkRecord(asn=64500, organisation=PERSONS[0]), listed=NetworkKind.BUSINESS)
    assert listed.kind is NetworkKind.BUSINESS
