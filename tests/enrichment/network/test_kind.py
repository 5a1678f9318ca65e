from __future__ import annotations

import pytest
from msgspec.structs import replace

from tracker.enrichment.company.evidence import EvidenceCode, evidence, read_stored
from tracker.enrichment.geo.records import NetworkRecord
from tracker.enrichment.network.kind import LEAD_KINDS, NetworkKind, classify_organisation, identify_network, is_shared

PROVIDERS = [
    ("Orange S.A.", NetworkKind.MOBILE),
    ("Orange Business Services", NetworkKind.MOBILE),
    ("Société Française du Radiotéléphone - SFR SA", None),
    ("Deutsche Telekom AG", NetworkKind.ISP),
    ("Kabel-Fernsehen Muster GmbH", NetworkKind.ISP),
    ("Provedor Fibra Norte Telecomunicações LTDA", NetworkKind.ISP),
    ("Стандарт-Телеком ООО", None),
    ("Hébergement Exemple SARL", NetworkKind.HOSTING),
    ("Muster Rechenzentrum GmbH", NetworkKind.HOSTING),
    ("OVH SAS", NetworkKind.HOSTING),
    ("Amazon.com, Inc.", NetworkKind.CONTENT),
    ("Example VPN Services Ltd", NetworkKind.VPN),
    ("Example Internet Exchange", NetworkKind.INFRASTRUCTURE),
    ("RIPE Network Coordination Centre", NetworkKind.INFRASTRUCTURE),
]
ORGANISATIONS = [
    ("BNP PARIBAS S.A.", NetworkKind.BUSINESS),
    ("Societe Air France S.A.", NetworkKind.BUSINESS),
    ("Volksbank Musterstadt eG", NetworkKind.BUSINESS),
    ("Universidade Federal do Exemplo", NetworkKind.EDUCATION),
    ("Technische Universitaet Musterstadt", NetworkKind.EDUCATION),
    ("Université de Nulle-Part", NetworkKind.EDUCATION),
    ("Exempel universitet", NetworkKind.EDUCATION),
    ("Ministère de l'Exemple", NetworkKind.GOVERNMENT),
    ("Ministerstwo Przykladu", NetworkKind.GOVERNMENT),
    ("Landratsamt und Landeshauptstadt Musterstadt", NetworkKind.GOVERNMENT),
    ("Exemple County Government", NetworkKind.GOVERNMENT),
    ("Wikimedia Foundation Inc.", NetworkKind.NONPROFIT),
]


@pytest.mark.parametrize(("name", "kind"), PROVIDERS, ids=[name for name, _ in PROVIDERS])
def test_a_provider_is_no_lead_in_any_language(name: str, kind: NetworkKind | None) -> None:
    found, why = classify_organisation(name)
    assert found not in LEAD_KINDS, why
    assert kind is None or found is kind


@pytest.mark.parametrize(("name", "kind"), ORGANISATIONS, ids=[name for name, _ in ORGANISATIONS])
def test_an_organisation_with_its_own_network_is_one_in_any_language(name: str, kind: NetworkKind) -> None:
    assert classify_organisation(name)[0] is kind


def test_evidence_quotes_the_word_that_told() -> None:
    assert classify_organisation("Universität Musterstadt")[1] == evidence(EvidenceCode.NAME_SAYS, word="universitat")
    assert classify_organisation("Exemple Telecom SARL")[1] == evidence(EvidenceCode.NAME_SAYS, word="telecom")
    assert classify_organisation("Whatever", 3215)[1] == evidence(EvidenceCode.KNOWN_AS, asn=3215, kind="isp")


def test_a_name_that_tells_nothing_is_not_shown() -> None:
    kind, why = classify_organisation("Xqzt")
    assert kind not in LEAD_KINDS
    assert why == evidence(EvidenceCode.NAME_OPEN, name="Xqzt")


def test_a_carriers_name_is_a_provider_even_where_a_database_calls_its_office_a_business() -> None:
    record = NetworkRecord(asn=64500, organisation="Orange S.A.", company="Orange S.A.", company_type="business")
    assert identify_network(record).kind not in LEAD_KINDS


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        pytest.param(NetworkRecord(is_vpn=True, user_type="business"), NetworkKind.VPN, id="a VPN first"),
        pytest.param(NetworkRecord(is_relay=True), NetworkKind.VPN, id="a relay hides its users"),
        pytest.param(NetworkRecord(is_hosting=True), NetworkKind.HOSTING, id="hosting flag"),
        pytest.param(NetworkRecord(user_type="college"), NetworkKind.EDUCATION, id="Enterprise's user type"),
        pytest.param(NetworkRecord(user_type="cellular"), NetworkKind.MOBILE, id="Enterprise's cellular"),
        pytest.param(NetworkRecord(connection_type="Cellular"), NetworkKind.MOBILE, id="Connection-Type"),
        pytest.param(NetworkRecord(carrier="Exemple"), NetworkKind.MOBILE, id="IPinfo's carrier"),
        pytest.param(NetworkRecord(company="Xqzt", company_type="business"), NetworkKind.BUSINESS, id="company type"),
        pytest.param(NetworkRecord(company="Xqzt", company_type="isp"), NetworkKind.ISP, id="company is a provider"),
        pytest.param(NetworkRecord(company="Xqzt", company_type="banking"), NetworkKind.BUSINESS, id="ipapi's banking"),
        pytest.param(NetworkRecord(organisation="Xqzt", as_type="education"), NetworkKind.EDUCATION, id="AS type"),
        pytest.param(NetworkRecord(), NetworkKind.UNKNOWN, id="nothing known"),
    ],
)
def test_what_a_database_states_comes_before_the_name(record: NetworkRecord, kind: NetworkKind) -> None:
    assert identify_network(record).kind is kind


def test_a_customer_beside_its_provider_needs_less_to_be_shown() -> None:
    alone = NetworkRecord(asn=3215, organisation="Menuiserie Kerjean SARL", isp="Menuiserie Kerjean SARL")
    assert identify_network(replace(alone, asn=None)).organisation == "Menuiserie Kerjean SARL"
    customer = NetworkRecord(
        asn=3215, organisation="Orange S.A.", isp="Orange", isp_organisation="Menuiserie Kerjean SARL"
    )
    assert identify_network(customer).kind is NetworkKind.BUSINESS


def test_an_address_that_a_cloud_publishes_is_hosting_whoever_runs_the_network() -> None:
    found = identify_network(NetworkRecord(asn=64500, organisation="BNP Paribas"), "3.5.140.1")
    assert found.kind is NetworkKind.HOSTING
    stated = read_stored(found.evidence)
    assert stated.code == EvidenceCode.CLOUD
    assert "Amazon" in str(stated.values["cloud"])


def test_the_operators_list_settles_the_kind() -> None:
    record = NetworkRecord(asn=3215, organisation="Orange S.A.", is_vpn=True)
    assert identify_network(record, "192.0.2.1", NetworkKind.BUSINESS).kind is NetworkKind.BUSINESS


@pytest.mark.parametrize(("name", "shared"), [("RENATER", True), ("Uppsala Student Network", True), ("ESIEA", False)])
def test_a_network_of_schools_is_shared(name: str, shared: bool) -> None:
    assert is_shared(name, None) is shared


def test_a_research_network_is_known_by_its_number_whatever_its_name() -> None:
    assert is_shared("Xqzt", 2200)
    assert not is_shared("Xqzt", 3215)


def test_who_says_telecom_sells_lines_even_beside_a_word_of_companies() -> None:
    assert classify_organisation("Savings Bank Insurance Hospital Telecom Ltd")[0] not in LEAD_KINDS
