from __future__ import annotations

from ipaddress import ip_address, ip_network

from hypothesis import given
from hypothesis import strategies as st

from tracker.enrichment.network.ip_ranges import IpRanges, span_of

NETWORKS = st.lists(
    st.tuples(st.integers(0, 255), st.integers(24, 32)).map(
        lambda pair: ip_network((0xC0000200 | pair[0], pair[1]), strict=False)
    ),
    max_size=12,
)


@given(NETWORKS, st.integers(-2, 258))
def test_the_smallest_network_speaks_as_a_search_through_all_finds(networks: list, offset: int) -> None:
    ranges = IpRanges((network, str(network)) for network in networks)
    ip = ip_address(0xC0000200 + offset)
    around = [network for network in networks if ip in network]
    expected = str(max(around, key=lambda network: network.prefixlen)) if around else None
    assert ranges.at(str(ip)) == expected


@given(st.one_of(st.ip_addresses(), NETWORKS.filter(bool).map(lambda networks: networks[0])))
def test_a_network_is_the_same_as_text(network: object) -> None:
    given = ip_network(str(network))
    assert span_of(str(network)) == span_of(given)
    assert (span_of(given).first, span_of(given).last) == (int(given[0]), int(given[-1]))


def test_the_versions_are_kept_apart() -> None:
    ranges = IpRanges([(ip_network("::/8"), "six"), (ip_network("0.0.0.0/8"), "four")])
    assert (ranges.at("0.0.0.1"), ranges.at("::1"), ranges.at("10.0.0.1"), ranges.at("x")) == (
        "four",
        "six",
        None,
        None,
    )
