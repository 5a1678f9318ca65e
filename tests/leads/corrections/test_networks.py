"""The network list that is edited in the dashboard: beside the operator's own file, from the next visit on."""

from __future__ import annotations

from pathlib import Path

from tracker.enrichment.network.operator_list import NetworkList
from tracker.leads.corrections.networks import LONGEST, edited_list, leave_out_range, save_list


def test_both_lists_count_and_the_operators_file_stays(tmp_path: Path) -> None:
    own = tmp_path / "networks.csv"
    own.write_text("192.0.2.0/24,Armor,armor.example,\n", encoding="utf-8")
    listed = NetworkList(own)
    assert save_list(own, "198.51.100.0/24,Kerjean,kerjean.example,\n") == []
    assert listed.reload_if_changed()
    found = [listed.at(ip) for ip in ("192.0.2.7", "198.51.100.7")]
    assert [one.company if one else None for one in found] == ["Armor", "Kerjean"]
    assert own.read_text(encoding="utf-8") == "192.0.2.0/24,Armor,armor.example,\n"
    save_list(own, "")
    assert listed.reload_if_changed()
    assert listed.at("198.51.100.7") is None


def test_a_wrong_line_is_told_and_nothing_is_saved(tmp_path: Path) -> None:
    own = tmp_path / "networks.csv"
    (problem,) = save_list(own, "198.51.100.0/24,Kerjean,,\nnonsense,X,,\n")
    assert problem.startswith("line 2: 'nonsense'")
    assert edited_list(own) == ""


def test_a_range_is_nobodys_from_now_on(tmp_path: Path) -> None:
    own = tmp_path / "networks.csv"
    assert leave_out_range(own, " 198.51.100.0/24 ")
    assert not leave_out_range(own, "198.51.100.0/24")
    assert not leave_out_range(own, "armor.fr")
    listed = NetworkList(own).at("198.51.100.7")
    assert listed is not None
    assert (listed.company, str(listed.kind)) == ("", "unknown")
    assert edited_list(own).splitlines() == ["network,company,domain,kind", "198.51.100.0/24,,,unknown"]


def test_a_list_that_is_too_long_is_told_and_not_cut(tmp_path: Path) -> None:
    own = tmp_path / "networks.csv"
    assert save_list(own, "198.51.100.0/24,Kerjean,,\n") == []
    (problem,) = save_list(own, f"# {'x' * LONGEST}\n")
    assert "networks.csv" in problem
    assert edited_list(own) == "198.51.100.0/24,Kerjean,,\n"
