"""A company that a visitor names: whose word it is, and how far it is believed."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tracker.enrichment.company.cascade import Clues, identify_company, is_name_of_domain
from tracker.enrichment.company.evidence import EvidenceCode, as_stored, evidence
from tracker.enrichment.company.identified import Company
from tracker.enrichment.company.self_identified import self_identification
from tracker.enrichment.geo.databases import NetworkRecord
from tracker.enrichment.network.kind import Network, NetworkKind
from tracker.hit import WireEvent

AT_HOME = Clues(
    "192.0.2.7",
    NetworkRecord(),
    Network(64500, "Example Telecom", NetworkKind.ISP, as_stored(evidence(EvidenceCode.NO_IP))),
)
AT_WORK = replace(
    AT_HOME,
    network=Network(64501, "Biscuiterie Armor SAS", NetworkKind.BUSINESS, as_stored(evidence(EvidenceCode.NO_IP))),
)


def named(clues: Clues, **words: object) -> Company:
    found = identify_company(replace(clues, **words))
    assert found is not None
    return found


def test_a_name_alone_is_anybodys_word() -> None:
    assert named(AT_HOME, named="Air France").confidence < 0.5


def test_a_name_with_a_free_mail_address_is_no_more() -> None:
    assert named(AT_HOME, named="Air France", email="lea@gmail.com").confidence < 0.5


def test_an_email_at_the_companys_own_domain_is_believed() -> None:
    found = named(AT_HOME, named="Biscuiterie Armor", email="lea@armor.fr")
    assert (found.name, found.domain, found.confidence) == ("Biscuiterie Armor", "armor.fr", 0.95)


def test_an_email_elsewhere_does_not_prove_the_name() -> None:
    found = named(AT_HOME, named="Air France", email="lea@armor.fr")
    assert (found.name, found.domain) == ("Armor", "armor.fr")


def test_the_publishers_own_link_is_believed() -> None:
    found = named(AT_HOME, named="Air France", is_signed=True)
    assert (found.name, found.confidence) == ("Air France", 0.9)


def test_the_network_says_more_than_a_name_that_anybody_can_type() -> None:
    found = named(AT_WORK, named="Air France")
    assert (found.name, found.method) == ("Biscuiterie Armor", "as_organisation")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Win at http://evil.example/now", id="url"),
        pytest.param("www.evil.example", id="host"),
        pytest.param("write to call@evil.example", id="email"),
        pytest.param("evil.example/now", id="host-and-path"),
        pytest.param("Call 06 12 34 56 78 now", id="telephone"),
        pytest.param("+33-6.12.34.56.78", id="telephone-with-points"),
        pytest.param("\u202e\x1b\u200b", id="nothing-to-see"),
    ],
)
def test_an_invitation_is_no_companys_name(text: str) -> None:
    assert identify_company(replace(AT_HOME, named=text)) is None


def test_a_name_is_cut_and_cleaned_before_it_is_kept() -> None:
    wire = WireEvent(consent=True, company="Acme\x1b]0;x\x07 \u202eInc " + "very " * 100)
    given = self_identification(wire, "", 0)
    assert given.company is not None
    assert given.company.startswith("Acme ]0;x Inc very")
    assert len(named(AT_HOME, named=given.company).name) <= 100


@pytest.mark.parametrize(
    ("name", "domain", "says_the_same"),
    [
        ("Crédit Exemple", "credit-exemple.fr", True),
        ("Société Nationale des Chemins Imaginaires", "sndci.fr", True),
        ("Hélianthe", "groupe-helianthe.com", True),
        ("Air France", "airfrance.fr", True),
        ("Air France", "evil.example", False),
        ("Banque", "ba.fr", False),
        ("", "acme.fr", False),
    ],
)
def test_a_name_fits_a_domain(name: str, domain: str, says_the_same: bool) -> None:
    assert is_name_of_domain(name, domain) is says_the_same
