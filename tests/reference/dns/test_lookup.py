from __future__ import annotations

import dns.rcode
import pytest

from tests.name_server import FakeNameServer
from tracker.reference.dns.lookup import Lookup, ReverseName, Unanswered

SIX = "2001:db8::7"
SIX_POINTER = "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"

HONEST = {
    ("7.2.0.192.in-addr.arpa", "PTR"): ["Proxy.Armor.example."],
    ("proxy.armor.example", "A"): ["192.0.2.99", "192.0.2.7"],
    (SIX_POINTER, "PTR"): ["six.armor.example."],
    ("six.armor.example", "AAAA"): [SIX],
}
# Whoever runs the reverse zone may write any name into it.
FORGED = {
    ("7.2.0.192.in-addr.arpa", "PTR"): ["www.acme.example."],
    ("www.acme.example", "A"): ["203.0.113.80"],
    ("8.2.0.192.in-addr.arpa", "PTR"): ["nowhere.acme.example."],
    ("9.2.0.192.in-addr.arpa", "PTR"): ["www.acme.example.", "proxy.armor.example."],
    ("proxy.armor.example", "A"): ["192.0.2.9"],
}


@pytest.mark.parametrize(("address", "host"), [("192.0.2.7", "proxy.armor.example"), (SIX, "six.armor.example")])
def test_a_name_that_points_back_is_believed(address: str, host: str) -> None:
    with FakeNameServer(HONEST) as server:
        assert Lookup(server.address).confirmed_name(address) == ReverseName(host)


@pytest.mark.parametrize(
    ("address", "claims"), [("192.0.2.7", ("www.acme.example",)), ("192.0.2.8", ("nowhere.acme.example",))]
)
def test_a_forged_name_is_not_believed(address: str, claims: tuple[str, ...]) -> None:
    with FakeNameServer(FORGED) as server:
        assert Lookup(server.address).confirmed_name(address) == ReverseName(None, claims)


def test_of_several_names_the_one_that_points_back_counts() -> None:
    with FakeNameServer(FORGED) as server:
        assert Lookup(server.address).confirmed_name("192.0.2.9").host == "proxy.armor.example"


def test_an_address_without_a_name_has_none() -> None:
    with FakeNameServer() as server:
        assert Lookup(server.address).confirmed_name("192.0.2.7") == ReverseName(None)
        assert server.questions == [("7.2.0.192.in-addr.arpa", "PTR")]


def test_only_a_few_of_many_names_are_followed() -> None:
    names = [f"n{number}.example." for number in range(12)]
    with FakeNameServer({("7.2.0.192.in-addr.arpa", "PTR"): names}) as server:
        assert Lookup(server.address).confirmed_name("192.0.2.7").host is None
        assert len(server.questions) == 4


@pytest.mark.parametrize("rcode", [dns.rcode.SERVFAIL, dns.rcode.REFUSED])
def test_an_error_of_the_resolver_is_no_answer(rcode: dns.rcode.Rcode) -> None:
    with FakeNameServer(rcode=rcode) as server, pytest.raises(Unanswered, match=r"127\.0\.0\.1"):
        Lookup(server.address).confirmed_name("192.0.2.7")


def test_a_silent_resolver_is_given_up() -> None:
    with FakeNameServer(silent=True) as server, pytest.raises(Unanswered, match="did not answer within 2 seconds"):
        Lookup(server.address).confirmed_name("192.0.2.7")


def test_what_is_no_address_is_not_asked_for() -> None:
    with FakeNameServer() as server, pytest.raises(ValueError, match="unknown"):
        Lookup(server.address).confirmed_name("unknown")
    assert server.questions == []
