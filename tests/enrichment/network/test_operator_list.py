from __future__ import annotations

import logging
from pathlib import Path

import pytest

from tracker.enrichment.network.kind import NetworkKind
from tracker.enrichment.network.operator_list import NetworkList, read_network_list

LINES = """network,company,domain,kind
192.0.2.0/24,Biscuiterie Armor,Armor.example,
192.0.2.128/25,Armor Usine,armor.example,business
198.51.100.7,,,isp
2001:db8::/32,Kerjean,,
"""


def listed(path: Path, text: str) -> NetworkList:
    path.write_text(text, encoding="utf-8")
    return NetworkList(path)


def test_the_smallest_network_around_an_address_decides(tmp_path: Path) -> None:
    table = listed(tmp_path / "networks.csv", LINES)
    names = {
        address: found.company
        for address in ("192.0.2.1", "192.0.2.200", "2001:db8::1")
        if (found := table.at(address))
    }
    assert names == {"192.0.2.1": "Biscuiterie Armor", "192.0.2.200": "Armor Usine", "2001:db8::1": "Kerjean"}
    assert table.at("203.0.113.1") is None
    assert table.at("no address") is None


def test_a_line_may_say_that_a_network_is_nobodys(tmp_path: Path) -> None:
    found = listed(tmp_path / "networks.csv", LINES).at("198.51.100.7")
    assert found is not None
    assert found.kind is NetworkKind.ISP


def test_a_host_address_with_its_length_is_its_network() -> None:
    rows, problems = read_network_list(["192.0.2.77/24,Armor"])
    assert not problems
    assert str(rows[0][0]) == "192.0.2.0/24"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("192.0.2.0/33,Armor", "'192.0.2.0/33' is not a network"),
        ("Armor,192.0.2.0/24", "'Armor' is not a network"),
        ("192.0.2.0/24", "name is missing"),
        ("192.0.2.0/24,Armor,,shop", "'shop' is not a kind of network"),
    ],
)
def test_a_bad_line_is_named_with_its_number_and_the_others_count(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, line: str, words: str
) -> None:
    with caplog.at_level(logging.WARNING):
        table = listed(tmp_path / "networks.csv", f"{LINES}\n# a note\n{line}\n")
    assert len(table.problems) == 1
    assert "line 8" in table.problems[0]
    assert words in table.problems[0]
    assert words in caplog.text
    assert table.at("192.0.2.1") is not None


def test_the_list_is_read_again_when_it_changes_and_forgotten_when_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "networks.csv"
    table = NetworkList(path)
    assert table.at("192.0.2.1") is None
    assert not table.reload_if_changed()
    path.write_text(LINES, encoding="utf-8")
    assert table.reload_if_changed()
    assert table.at("192.0.2.1") is not None
    path.unlink()
    assert table.reload_if_changed()
    assert table.at("192.0.2.1") is None


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "networks.csv"
    path.write_bytes(b"\xff\xfe\x00broken")
    assert "networks.csv cannot be read" in NetworkList(path).problems[0]


@pytest.mark.parametrize(
    "line", ['"' + "x" * 200_000, "\x00" * 10, "1" * 5000 + "/24,A,,"], ids=["long", "nul", "digits"]
)
def test_a_line_of_garbage_costs_that_line_alone(tmp_path: Path, line: str) -> None:
    table = listed(tmp_path / "networks.csv", LINES + line + "\n203.0.113.0/24,Kerjean,,\n")
    found = table.at("203.0.113.1")
    assert found is not None
    assert found.company == "Kerjean"
    assert len(table.problems) >= 1
