"""The client's IP address: nobody is believed who is not trusted, and nothing but the one header."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracker.collector.client_ip import UNKNOWN, ClientIp, plain_ip

PROXIES = [ip_network("10.0.0.0/8"), ip_network("2001:db8:ffff::/48")]


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "client"),
    [
        pytest.param("192.0.2.1", None, "192.0.2.1", id="no-proxy"),
        pytest.param("192.0.2.1", "198.51.100.7", "192.0.2.1", id="a-stranger-is-not-believed"),
        pytest.param("10.0.0.1", None, "10.0.0.1", id="a-trusted-machine-that-asks-for-itself"),
        pytest.param("10.0.0.1", "198.51.100.7", "198.51.100.7", id="a-trusted-proxy-is"),
        pytest.param("10.0.0.1", "6.6.6.6, 198.51.100.7", "198.51.100.7", id="what-the-client-made-up-is-not"),
        pytest.param("10.0.0.1", "6.6.6.6, ,198.51.100.7,, ", "198.51.100.7", id="empty-elements-are-none"),
        pytest.param("10.0.0.1", "198.51.100.7, 10.0.0.9", "198.51.100.7", id="a-chain-of-trusted-proxies"),
        pytest.param("10.0.0.1", "198.51.100.7, 203.0.113.5, 10.0.0.9", "203.0.113.5", id="up-to-the-first-stranger"),
        pytest.param("10.0.0.1", "10.0.0.2, 10.0.0.3", "10.0.0.2", id="all-trusted-the-leftmost"),
        pytest.param("10.0.0.1", f"{'10.0.0.2, ' * 5000}10.0.0.3", UNKNOWN, id="a-list-without-an-end"),
        pytest.param("10.0.0.1", f"{'6.6.6.6, ' * 5000}198.51.100.7", "198.51.100.7", id="a-long-lie"),
        pytest.param("10.0.0.1", f"{'é' * 50_000}, 198.51.100.7", "198.51.100.7", id="a-long-lie-of-letters"),
        pytest.param("10.0.0.1", "garbage", UNKNOWN, id="garbage"),
        pytest.param("10.0.0.1", "198.51.100.7, unknown", UNKNOWN, id="garbage-on-the-right"),
        pytest.param("10.0.0.1", "198.51.100.7, garbage, 10.0.0.9", UNKNOWN, id="garbage-behind-a-proxy"),
        pytest.param("10.0.0.1", "", UNKNOWN, id="empty-or-unreadable"),
        pytest.param("10.0.0.1", "[2001:db8::7]:4711", "2001:db8::7", id="ipv6-with-port"),
        pytest.param("10.0.0.1", "[2001:db8::7]", "2001:db8::7", id="ipv6-in-brackets"),
        pytest.param("10.0.0.1", '"[2001:DB8:0::7]:4711"', "2001:db8::7", id="quotes"),
        pytest.param("10.0.0.1", "fe80::7%eth0", "fe80::7", id="zone"),
        pytest.param("10.0.0.1", "[fe80::7%25eth0]:80", "fe80::7", id="zone-in-brackets"),
        pytest.param("10.0.0.1", "198.51.100.7:4711", "198.51.100.7", id="ipv4-with-port"),
        pytest.param("10.0.0.1", "\t198.51.100.7 ", "198.51.100.7", id="white-space"),
        pytest.param("10.0.0.1", "::ffff:198.51.100.7", "198.51.100.7", id="mapped"),
        pytest.param("10.0.0.1", "[::ffff:198.51.100.7]:80", "198.51.100.7", id="mapped-with-port"),
        pytest.param("10.0.0.1", "010.0.0.9", UNKNOWN, id="octal"),
        pytest.param("::ffff:10.0.0.1", "198.51.100.7", "198.51.100.7", id="mapped-proxy"),
        pytest.param("2001:db8:ffff::1", "2001:db8::7", "2001:db8::7", id="ipv6-proxy"),
        pytest.param("", "198.51.100.7", UNKNOWN, id="a-peer-without-an-ip"),
    ],
)
def test_counts_from_the_right_and_trusts_only_the_configured(
    peer: str, forwarded_for: str | None, client: str
) -> None:
    assert ClientIp(PROXIES).said(peer, forwarded_for) == client


@pytest.mark.parametrize(
    ("header", "client"),
    [
        ('for=6.6.6.6, for="[2001:db8::7]:4711";proto=https, for=10.0.0.9', "2001:db8::7"),
        ("For=198.51.100.7;Proto=http;By=10.0.0.9", "198.51.100.7"),
        ('proto=https ; for = "198.51.100.7:80"', "198.51.100.7"),
        ("for=6.6.6.6,,for=198.51.100.7,", "198.51.100.7"),
        ("for=6.6.6.6, for=unknown", UNKNOWN),
        ('for=6.6.6.6, for="_hidden"', UNKNOWN),
        ("for=6.6.6.6, for=_SEVKISEK:_x", UNKNOWN),
        ("for=6.6.6.6, proto=https", UNKNOWN),
        ("for=198.51.100.7;for=6.6.6.6", UNKNOWN),
        ("6.6.6.6", UNKNOWN),
        ("xfor=6.6.6.6", UNKNOWN),
        ('for="6.6.6.6, for=198.51.100.7', "198.51.100.7"),
        ('for=6.6.6.6;x="a, for="[2001:db8::7]:4711"', "2001:db8::7"),
        ('for=6.6.6.6;x="a\\", for="[2001:db8::7]:4711";proto=https', "2001:db8::7"),
        ('for="198.51.100.7";x="a,b;for=6.6.6.6"', "198.51.100.7"),
    ],
)
def test_reads_the_forwarded_header_where_it_is_the_one(header: str, client: str) -> None:
    assert ClientIp(PROXIES, "Forwarded").said("10.0.0.1", header) == client


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "CF-Connecting-IP", "Forwarded"])
def test_believes_one_header_and_no_other(header: str) -> None:
    lies = {
        f"HTTP_{name}": "6.6.6.6"
        for name in ("X_FORWARDED_FOR", "X_REAL_IP", "CF_CONNECTING_IP", "TRUE_CLIENT_IP", "X_CLIENT_IP", "CLIENT_IP")
    } | {"HTTP_FORWARDED": "for=6.6.6.6"}
    said = {f"HTTP_{header.upper().replace('-', '_')}": "for=198.51.100.7" if header == "Forwarded" else "198.51.100.7"}
    assert ClientIp(PROXIES, header).of({"REMOTE_ADDR": "10.0.0.1"} | lies | said) == "198.51.100.7"
    del lies[next(iter(said))]
    assert ClientIp(PROXIES, header).of({"REMOTE_ADDR": "10.0.0.1"} | lies) == "10.0.0.1"


@given(st.text(max_size=40), st.text(max_size=120))
def test_no_text_raises_and_what_comes_out_is_an_ip_address(peer: str, text: str) -> None:
    plain_ip(text)
    for header in ("X-Forwarded-For", "Forwarded"):
        for one in (peer, "10.0.0.1"):
            client = ClientIp(PROXIES, header).said(one, text)
            assert client == UNKNOWN or ip_address(client)


@given(st.text('",;=\\[]: for6.', max_size=60))
@example('for=6.6.6.6;x="')
def test_nothing_that_a_client_writes_before_a_proxy_s_element_changes_it(lie: str) -> None:
    assert ClientIp(PROXIES).said("10.0.0.1", f"{lie}, 198.51.100.7") == "198.51.100.7"
    for element in ("for=198.51.100.7", 'for="198.51.100.7:80";proto=https'):
        said = ClientIp(PROXIES, "Forwarded").said("10.0.0.1", f"{lie}, {element}")
        assert said == "198.51.100.7"
