"""What only this server can reach is refused, however it is written."""

from __future__ import annotations

import _socket
import socket
from ipaddress import ip_address, ip_network

import pytest

from tracker.delivery.outbox.allowed_hosts import NotAllowed, addresses_of, is_allowed

REFUSED = """
127.0.0.1 127.8.9.1 0.0.0.0 10.1.2.3 172.16.0.1 172.31.255.254 192.168.1.1 169.254.169.254 100.64.0.1 192.0.0.8
192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
:: ::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:a9fe:a9fe ::7f00:1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::a00:1
2002:7f00:1:: 2002:a9fe:a9fe:: 2001:0:4136:e378:8000:63bf:3fff:fdd2 fe80::1 fec0::1 fc00::1 fd00:ec2::254 ff02::1
2001:db8::1 100::1
""".split()
PUBLIC = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::"]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_an_address_that_is_not_of_the_public_internet_is_refused(text: str) -> None:
    assert not is_allowed(ip_address(text), ())


@pytest.mark.parametrize("text", PUBLIC)
def test_an_address_of_the_public_internet_is_allowed(text: str) -> None:
    assert is_allowed(ip_address(text), ())


def test_a_network_that_the_setting_names_is_allowed_in_its_other_form_too() -> None:
    allowed = (ip_network("10.0.5.0/24"),)
    assert is_allowed(ip_address("10.0.5.7"), allowed)
    assert is_allowed(ip_address("::ffff:10.0.5.7"), allowed)
    assert not is_allowed(ip_address("10.0.6.7"), allowed)


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "127.0.0.1", "::1", "0", "127.1", "0x7f.1", "0177.1"),
        *("2130706433", "0x7f000001", "017700000001", "0177.0.0.1", "0300.0250.0.1"),
        *("::ffff:127.0.0.1", "::ffff:7f00:1", "①②⑦.0.0.1", "127。0。0。1"),
    ],
)
def test_a_host_is_judged_by_what_it_resolves_to(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _socket.getaddrinfo)  # none of these asks a name server
    with pytest.raises(NotAllowed, match="private or reserved"):
        addresses_of(host, 80, ())


def test_a_name_with_a_dot_at_its_end_is_judged_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"metadata.example.": "169.254.169.254", "hooks.example.": "93.184.216.34"}
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (found[host], 443))]
    )
    with pytest.raises(NotAllowed, match=r"169\.254\.169\.254"):
        addresses_of("metadata.example.", 443, ())
    assert addresses_of("hooks.example.", 443, ()) == ["93.184.216.34"]


def test_a_name_with_one_private_address_among_others_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in ("93.184.216.34", "169.254.169.254")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(NotAllowed, match=r"169\.254\.169\.254"):
        addresses_of("rebind.example", 443, ())
