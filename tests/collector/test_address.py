"""The client's address: nobody is believed who is not trusted."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.collector.address import ClientAddress, plain_address

PROXIES = [ip_network("10.0.0.0/8"), ip_network("2001:db8:ffff::/48")]


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "client"),
    [
        pytest.param("192.0.2.1", None, "192.0.2.1", id="no-proxy"),
        pytest.param("192.0.2.1", "198.51.100.7", "192.0.2.1", id="a-stranger-is-not-believed"),
        pytest.param("10.0.0.1", "198.51.100.7", "198.51.100.7", id="a-trusted-proxy-is"),
        pytest.param("10.0.0.1", "6.6.6.6, 198.51.100.7", "198.51.100.7", id="what-the-client-made-up-is-not"),
        pytest.param("10.0.0.1", "198.51.100.7, 10.0.0.9", "198.51.100.7", id="a-chain-of-trusted-proxies"),
        pytest.param("10.0.0.1", "198.51.100.7, 203.0.113.5, 10.0.0.9", "203.0.113.5", id="up-to-the-first-stranger"),
        pytest.param("10.0.0.1", "10.0.0.2, 10.0.0.3", "10.0.0.2", id="all-trusted-the-leftmost"),
        pytest.param("10.0.0.1", "garbage", "10.0.0.1", id="garbage"),
        pytest.param("10.0.0.1", "198.51.100.7, unknown", "10.0.0.1", id="garbage-on-the-right"),
        pytest.param("10.0.0.1", "", "10.0.0.1", id="empty"),
        pytest.param("10.0.0.1", "[2001:db8::7]:4711", "2001:db8::7", id="ipv6-with-port"),
        pytest.param("10.0.0.1", "198.51.100.7:4711", "198.51.100.7", id="ipv4-with-port"),
        pytest.param("10.0.0.1", "::ffff:198.51.100.7", "198.51.100.7", id="mapped"),
        pytest.param("::ffff:10.0.0.1", "198.51.100.7", "198.51.100.7", id="mapped-proxy"),
        pytest.param("2001:db8:ffff::1", "2001:db8::7", "2001:db8::7", id="ipv6-proxy"),
    ],
)
def test_counts_from_the_right_and_trusts_only_the_configured(
    peer: str, forwarded_for: str | None, client: str
) -> None:
    assert ClientAddress(PROXIES).of(peer, forwarded_for) == client


def test_reads_the_forwarded_header_too() -> None:
    header = 'for=6.6.6.6, for="[2001:db8::7]:4711";proto=https, for=10.0.0.9'
    assert ClientAddress(PROXIES).of("10.0.0.1", None, header) == "2001:db8::7"


@given(st.text(max_size=40))
def test_no_text_raises(text: str) -> None:
    plain_address(text)
    ClientAddress(PROXIES).of("10.0.0.1", text)
    ClientAddress(PROXIES).of(text, text, text)
