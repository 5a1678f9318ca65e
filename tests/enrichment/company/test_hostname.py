from __future__ import annotations

import pytest
from msgspec.structs import replace

from dashboards.presentation.evidence import describe
from tracker.enrichment.company.cascade import Clues, by_reverse_name
from tracker.enrichment.company.evidence import Evidence, EvidenceCode, as_stored, evidence
from tracker.enrichment.company.hostname import judge_reverse_name, name_of_domain
from tracker.enrichment.company.identified import Company
from tracker.enrichment.geo.databases import NetworkRecord
from tracker.enrichment.network.kind import Network, NetworkKind

FOUR, SIX = "81.255.12.207", "2001:db8:12:a0::17"


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("mail.armor.fr", "armor.fr"),
        ("armor.fr", "armor.fr"),
        ("nat1.univ-armor.fr", "univ-armor.fr"),
        ("proxy-out-2.ville-armor.fr", "ville-armor.fr"),
        ("fw.paris.armor.co.uk", "armor.co.uk"),
        ("Gateway.Armor.Example.", "armor.example"),
        ("vpn.renault.com", "renault.com"),
        ("srv12.armor.de", "armor.de"),
        ("hq207.armor.com", "armor.com"),
        ("dc.ministere.gouv.fr", "ministere.gouv.fr"),
    ],
)
def test_a_companys_gateway_gives_its_domain(host: str, domain: str) -> None:
    assert judge_reverse_name(host, FOUR).domain == domain
    assert judge_reverse_name(host, SIX).domain == domain


@pytest.mark.parametrize(
    "host",
    [
        "lfbn-ren-1-12-207.w81-255.abo.wanadoo.fr",
        "81-255-12-207.armor.fr",
        "207.12.255.81.armor.fr",
        "ip081255012207.armor.fr",
        "51ff0ccf.armor.fr",
        "1375669455.armor.fr",
        "h12-207.armor.fr",
        "x-255-207.dhcp.armor.fr",
    ],
)
def test_a_name_made_of_the_address_is_a_providers(host: str) -> None:
    assert judge_reverse_name(host, FOUR).domain is None


@pytest.mark.parametrize(
    "host",
    [
        "20010db8001200a0.armor.fr",
        "2001-db8-12-a0--17.armor.fr",
        "7.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.a.0.0.2.1.0.0.8.b.d.0.1.0.0.2.armor.fr",
    ],
)
def test_a_name_made_of_an_ipv6_address_is_a_providers(host: str) -> None:
    assert judge_reverse_name(host, SIX).domain is None


@pytest.mark.parametrize(
    ("host", "because"),
    [
        ("pool-7.armor.fr", "pool"),
        ("adsl.armor.fr", "adsl"),
        ("cable12.armor.fr", "cable"),
        ("a.static.armor.fr", "static"),
        ("ftth-lyon.armor.fr", "ftth"),
        ("mobile.armor.fr", "mobile"),
        ("dyn-1.armor.fr", "dyn"),
        ("box.armor-telecom.fr", "telecom"),
        ("n1.armorhosting.com", "hosting"),
        ("static.88-1-2-3.clients.your-server.de", "your-server.de"),
        ("ec2-1.eu-west-3.compute.amazonaws.com", "amazonaws.com"),
        ("armor.dyndns.org", "dyndns.org"),
        ("localhost", "registrable"),
        ("com", "registrable"),
        ("", "registrable"),
    ],
)
def test_a_providers_name_is_refused_with_its_reason(host: str, because: str) -> None:
    judged = judge_reverse_name(host, "192.0.2.200")
    assert judged.domain is None
    assert judged.refused is not None
    assert because in describe("en", judged.refused)


def clues(kind: NetworkKind, host: str | None, organisation: str | None = "Example Network") -> Clues:
    return Clues(
        FOUR,
        NetworkRecord(),
        Network(64500, organisation, kind, as_stored(evidence(EvidenceCode.NO_IP))),
        reverse_name=lambda: host,
    )


def test_a_company_behind_a_providers_line_is_named() -> None:
    found = by_reverse_name(clues(NetworkKind.ISP, "mail.biscuits-armor.fr"))
    assert found == Company(
        "Biscuits Armor",
        "biscuits-armor.fr",
        "reverse_dns",
        as_stored(evidence(EvidenceCode.REVERSE_NAME, domain="biscuits-armor.fr")),
        0.65,
    )


def test_a_machine_in_a_data_centre_is_less_certain() -> None:
    found = by_reverse_name(clues(NetworkKind.HOSTING, "out.armor.fr"))
    assert isinstance(found, Company)
    assert found.confidence == 0.45


def test_the_network_owners_own_name_is_no_company() -> None:
    found = by_reverse_name(clues(NetworkKind.ISP, "gw.breizh-net.fr", "Breizh Net SARL"))
    assert found == evidence(EvidenceCode.NETWORK_OWNER_DOMAIN)
    assert isinstance(by_reverse_name(clues(NetworkKind.ISP, "gw.armor.fr", "Breizh Net SARL")), Company)


@pytest.mark.parametrize("kind", [NetworkKind.MOBILE, NetworkKind.VPN, NetworkKind.CONTENT, NetworkKind.BUSINESS])
def test_where_no_company_has_a_line_nobody_asks_for_a_name(kind: NetworkKind) -> None:
    def ask() -> str:
        raise AssertionError("asked")

    assert isinstance(by_reverse_name(replace(clues(kind, None), reverse_name=ask)), Evidence)


@pytest.mark.parametrize(
    ("domain", "name"),
    [
        ("armor.fr", "Armor"),
        ("axa.fr", "AXA"),
        ("credit-exemple.co.uk", "Credit Exemple"),
        ("ville-lyon.fr", "Ville Lyon"),
    ],
)
def test_a_domain_reads_as_a_name(domain: str, name: str) -> None:
    assert name_of_domain(domain) == name
