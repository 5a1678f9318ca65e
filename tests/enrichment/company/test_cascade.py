from __future__ import annotations

from msgspec.structs import replace

from tracker.enrichment.company.cascade import Clues, StepResult, explain_company, identify_company
from tracker.enrichment.company.evidence import EvidenceCode, as_stored, evidence
from tracker.enrichment.company.identified import Company
from tracker.enrichment.geo.databases import NetworkRecord
from tracker.enrichment.network.kind import Network, NetworkKind
from tracker.enrichment.network.operator_list import ListedNetwork

TENANT = "armor.sharepoint.com"


def clues(kind: NetworkKind, **more: object) -> Clues:
    network = Network(64500, "Biscuiterie Armor SAS", kind, as_stored(evidence(EvidenceCode.KIND_LISTED, kind=kind)))
    return Clues("192.0.2.7", NetworkRecord(), replace(network, **more))


def test_the_first_step_that_finds_a_company_decides() -> None:
    found = identify_company(replace(clues(NetworkKind.BUSINESS), referrer_host=TENANT))
    assert found is not None
    assert found.method == "as_organisation"


def test_a_provider_names_nobody_and_the_next_steps_are_asked() -> None:
    asked = replace(clues(NetworkKind.ISP), referrer_host=TENANT)
    found = identify_company(asked)
    assert found is not None
    assert found.method == "tenant_referrer"


def test_every_step_says_what_it_finds_or_why_it_finds_nothing() -> None:
    answers = explain_company(clues(NetworkKind.ISP))
    assert [answer.company for answer in answers] == [None] * len(answers)
    assert all(isinstance(answer, StepResult) and answer.reason for answer in answers)
    by_network = next(answer for answer in answers if answer.method == "as_organisation")
    assert by_network.reason == evidence(EvidenceCode.ISP_NETWORK)


def test_a_step_that_finds_a_company_says_its_evidence() -> None:
    answer = next(one for one in explain_company(clues(NetworkKind.BUSINESS)) if one.company)
    assert isinstance(answer.company, Company)
    assert as_stored(answer.reason) == answer.company.evidence
    assert (answer.reason.code, answer.reason.values["asn"]) == (EvidenceCode.AS_OWNER, 64500)


def test_the_operators_list_is_believed_above_all() -> None:
    listed = ListedNetwork("192.0.2.0/24", "Kerjean", "kerjean.example", NetworkKind.BUSINESS)
    found = identify_company(replace(clues(NetworkKind.BUSINESS), listed=listed, email="lea@armor.fr"))
    listed_as = as_stored(evidence(EvidenceCode.LISTED_NETWORK, network="192.0.2.0/24"))
    assert found == Company("Kerjean", "kerjean.example", "own_list", listed_as, 1.0)


def test_a_listed_provider_names_nobody() -> None:
    listed = ListedNetwork("192.0.2.0/24", "", None, NetworkKind.ISP)
    assert identify_company(replace(clues(NetworkKind.ISP), listed=listed)) is None


def test_a_database_of_companies_names_who_uses_the_address() -> None:
    record = NetworkRecord(organisation="Orange S.A.", company="KERJEAN SAS", company_domain="kerjean.example")
    asked = replace(clues(NetworkKind.BUSINESS), record=record)
    found = identify_company(asked)
    assert found is not None
    assert (found.name, found.domain, found.method) == ("Kerjean", "kerjean.example", "company_database")
    assert "KERJEAN SAS" in found.evidence


def test_a_network_that_schools_share_names_none_of_them_but_a_reverse_name_may() -> None:
    shared = clues(NetworkKind.EDUCATION, organisation="RENATER")
    assert identify_company(shared) is None
    found = identify_company(replace(shared, reverse_name=lambda: "gw.univ-exemple.fr"))
    assert found is not None
    assert (found.domain, found.method) == ("univ-exemple.fr", "reverse_dns")


def test_a_known_company_has_its_domain() -> None:
    found = identify_company(clues(NetworkKind.BUSINESS, organisation="BNP PARIBAS S.A."))
    assert found is not None
    assert (found.name, found.domain) == ("BNP Paribas", "bnpparibas.com")


def test_the_sites_own_tenant_names_nobody() -> None:
    asked = replace(clues(NetworkKind.ISP), referrer_host=TENANT, site="blog.armor.fr")
    assert identify_company(asked) is None
