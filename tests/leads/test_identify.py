from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

import pytest

from dashboards.presentation.evidence import describe, describe_reasons
from tests.mmdb import write_asn, write_city
from tracker.enrichment.geo.databases import Databases
from tracker.leads.identify import LookupCode, NotUnderstood, Resolver, Sources, identify
from tracker.reference.dns.lookup import ReverseName, Unanswered

COMPANY, PROVIDERS_LINE, FORGED = "192.0.2.7", "198.51.100.7", "198.51.100.66"


class Names:
    """A resolver with a table; what is not in it does not exist."""

    def __init__(self, names: Mapping[str, ReverseName], hosts: Mapping[str, list[str]]) -> None:
        self._names = names
        self._hosts = hosts

    def confirmed_name(self, address: str) -> ReverseName:
        return self._names.get(address, ReverseName(None))

    def ips(self, host: str, version: int) -> set[IPv4Address | IPv6Address]:
        found = map(ip_address, self._hosts.get(host, []))
        return {one for one in found if one.version == version}


class Silent:
    def confirmed_name(self, address: str) -> ReverseName:
        raise Unanswered("127.0.0.1 did not answer within 2 seconds")

    def ips(self, host: str, version: int) -> set[IPv4Address | IPv6Address]:
        raise Unanswered("127.0.0.1 did not answer within 2 seconds")


NAMES = Names(
    {PROVIDERS_LINE: ReverseName("gw.armor.fr"), FORGED: ReverseName(None, ("www.acme.fr",))},
    {"www.armor.fr": [COMPANY, "2001:db8:1::1"]},
)


@pytest.fixture
def databases(tmp_path: Path) -> Databases:
    write_city(tmp_path / "city.mmdb")
    write_asn(tmp_path / "asn.mmdb")
    return Databases.open(tmp_path)


def sources(databases: Databases, resolver: Resolver = NAMES, *, reverse_names: bool = True) -> Sources:
    return Sources(databases, lambda: resolver, reverse_names)


def test_a_company_on_its_own_network_is_named_with_method_and_evidence(databases: Databases) -> None:
    answer = identify(f" {COMPANY} ", sources(databases))
    [found] = answer.found
    assert (answer.kind, found.ip, answer.missing) == ("address", COMPANY, [])
    assert found.place.city == "Quimper"
    assert found.company is not None
    assert (found.company.method, found.network.asn) == ("as_organisation", 64500)
    assert describe_reasons("en", found).startswith("AS64500 is run by")


def test_a_provider_is_named_and_why_it_is_no_lead(databases: Databases) -> None:
    [found] = identify("198.51.100.1", sources(databases)).found
    assert found.company is None
    assert describe_reasons("en", found).startswith(
        "Example Telecom is not the visitor: the network belongs to an internet provider"
    )


def test_a_confirmed_name_behind_a_provider_names_the_company(databases: Databases) -> None:
    [found] = identify(PROVIDERS_LINE, sources(databases)).found
    assert found.company is not None
    assert (found.company.domain, found.company.method) == ("armor.fr", "reverse_dns")


def reason_of_names(databases: Databases, resolver: Resolver, address: str, *, on: bool = True) -> str:
    [found] = identify(address, sources(databases, resolver, reverse_names=on)).found
    assert found.company is None
    return next(describe("en", step.reason) for step in found.steps if step.method == "reverse_dns")


def test_a_forged_name_is_shown_and_not_believed(databases: Databases) -> None:
    reason = reason_of_names(databases, NAMES, FORGED)
    assert reason == "www.acme.fr does not point back to the IP address, so it is ignored"


def test_a_silent_resolver_is_said(databases: Databases) -> None:
    assert "did not answer" in reason_of_names(databases, Silent(), PROVIDERS_LINE)


def test_names_that_are_switched_off_are_said_and_not_asked_for(databases: Databases) -> None:
    assert "WEBLEADS_REVERSE_DNS" in reason_of_names(databases, Silent(), PROVIDERS_LINE, on=False)


def test_a_host_is_looked_up_and_read_as_a_referrer(databases: Databases) -> None:
    answer = identify("https://www.armor.fr/contact?x=1", sources(databases))
    assert answer.kind == "host"
    assert [found.ip for found in answer.found] == [COMPANY, "2001:db8:1::1"]
    assert describe("en", answer.notes[0]) == "www.armor.fr has the IP address 192.0.2.7, 2001:db8:1::1"


@pytest.mark.parametrize("resolver", [NAMES, Silent()])
def test_a_companys_workspace_is_told_without_an_address(databases: Databases, resolver: Resolver) -> None:
    answer = identify("armor.sharepoint.com", sources(databases, resolver))
    [found] = answer.found
    assert found.company is not None
    assert (found.company.name, found.company.method) == ("Armor", "tenant_referrer")


@pytest.mark.parametrize(
    ("email", "domain"),
    [
        ("lea@armor.fr", "armor.fr"),
        ("Lea.Dupont@Mail.Armor.fr", "armor.fr"),
        ("lea@gmail.com", None),
        ("lea@orange.fr", None),
        ("lea@armor.github.io", None),
    ],
)
def test_an_email_address_gives_the_domain_of_the_work(databases: Databases, email: str, domain: str | None) -> None:
    [found] = identify(email, sources(databases)).found
    assert (found.company and found.company.domain) == domain


def test_without_databases_it_says_what_is_missing(tmp_path: Path) -> None:
    answer = identify(COMPANY, sources(Databases.open(tmp_path / "nowhere")))
    assert [one.code for one in answer.missing] == [LookupCode.NO_NETWORK_DATABASE, LookupCode.NO_PLACE_DATABASE]
    assert answer.found[0].company is None


def test_an_address_of_a_private_network_says_so(databases: Databases) -> None:
    assert identify("10.1.2.3", sources(databases)).notes[0].code == LookupCode.NOT_PUBLIC


def test_an_ipv4_address_in_ipv6_is_the_ipv4_address(databases: Databases) -> None:
    assert identify("::ffff:192.0.2.7", sources(databases)).found[0].ip == COMPANY


@pytest.mark.parametrize("text", ["", "no thing", "192.0.2", "a@b@", "@", "x" * 400, "-.fr", "localhost", "'; DROP"])
def test_what_is_none_of_these_is_refused(databases: Databases, text: str) -> None:
    with pytest.raises(NotUnderstood):
        identify(text, sources(databases))
