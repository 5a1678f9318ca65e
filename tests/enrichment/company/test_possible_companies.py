"""Possible companies: owners of networks whose name leaves their kind open, below the confidence of a lead."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tracker.enrichment.company.cascade import Clues, identify_company, possible_company
from tracker.enrichment.geo.records import NetworkRecord
from tracker.enrichment.network.classifier import NetworkModel
from tracker.enrichment.network.kind import NetworkKind, classify_organisation, identify_network, judge_organisation
from tracker.enrichment.network.labelled_asns import SMALL_NO_ORGANISATION, mark_of
from tracker.stats.companies.tiers import SURE

# Numbers of a small network and of a carrier, neither of which was read as an organisation’s.
SMALL, CARRIER = 555, 174

# A technology firm by what readers took it for, whose name says no more.
OPEN = NetworkRecord(asn=64500, organisation="Consulting Exemple")


def test_the_second_threshold_is_asked_of_open_names_only() -> None:
    model = NetworkModel({}, bias=-1.0, threshold=2.0, possible=-2.0)
    assert judge_organisation(model, "Xqzt", None)[1].code == "name_possible"
    assert judge_organisation(model, "Xqzt Telecom", None)[0] is NetworkKind.ISP
    less = NetworkModel({}, bias=-3.0, threshold=2.0, possible=-2.0)
    assert judge_organisation(less, "Xqzt", None)[1].code == "name_open"


@pytest.mark.parametrize("kind", [NetworkKind.ISP, NetworkKind.MOBILE, NetworkKind.HOSTING, NetworkKind.VPN])
def test_the_owner_of_a_providers_network_is_in_neither_tier(kind: NetworkKind) -> None:
    network = replace(identify_network(OPEN), kind=kind, may_be_company=False)
    assert identify_company(Clues("192.0.2.7", OPEN, network)) is None
    assert possible_company(OPEN, network) is None


def test_a_possible_owner_is_below_the_confidence_of_a_lead() -> None:
    network = replace(identify_network(OPEN), kind=NetworkKind.UNKNOWN, may_be_company=True)
    found = possible_company(OPEN, network)
    assert found is not None
    assert (found.name, found.method) == ("Consulting Exemple", "as_organisation")
    assert found.confidence < SURE
    assert identify_company(Clues("192.0.2.7", OPEN, network)) == found


def test_what_a_visitor_or_a_reverse_name_says_on_such_a_network_comes_first() -> None:
    network = replace(identify_network(OPEN), kind=NetworkKind.UNKNOWN, may_be_company=True)
    clues = Clues("192.0.2.7", OPEN, network)
    by_email = identify_company(replace(clues, email="lea@armor.fr"))
    assert by_email is not None
    assert (by_email.domain, by_email.confidence) == ("armor.fr", 0.95)
    by_name = identify_company(replace(clues, reverse_name=lambda: "gw.armor.fr"))
    assert by_name is not None
    assert (by_name.domain, by_name.confidence) == ("armor.fr", 0.65)
    by_tenant = identify_company(replace(clues, referrer_host="armor.sharepoint.com"))
    assert by_tenant is not None
    assert by_tenant.method == "tenant_referrer"


def test_a_small_network_speaks_for_a_company_and_a_large_one_for_a_provider() -> None:
    assert mark_of(SMALL) == SMALL_NO_ORGANISATION
    assert classify_organisation("Xqzt Conseil SAS", SMALL)[1].code == "name_possible"
    assert classify_organisation("Xqzt Conseil SAS", CARRIER)[1].code != "name_possible"


def test_a_name_that_may_be_a_persons_is_not_shown_on_a_small_network_either() -> None:
    assert classify_organisation("Xqztvan Musterova", SMALL)[1].code != "name_possible"
