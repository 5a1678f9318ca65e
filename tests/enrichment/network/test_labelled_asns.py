"""What is known of AS numbers: organisations that everybody knows, carriers that are none, and the file's form."""

from __future__ import annotations

import re
from collections import Counter
from importlib.resources import files

import pytest

from tracker.enrichment.network.kind import NetworkKind, classify_organisation
from tracker.enrichment.network.labelled_asns import KINDS, NO_ORGANISATIONS, judgement_of, mark_of


@pytest.mark.parametrize(
    ("asn", "name", "kind"),
    [
        pytest.param(3, "Massachusetts Institute of Technology", NetworkKind.EDUCATION, id="university"),
        pytest.param(198340, "Societe Air France S.A.", NetworkKind.BUSINESS, id="airline"),
        pytest.param(25215, "BNP PARIBAS S.A.", NetworkKind.BUSINESS, id="bank"),
        pytest.param(2818, "BBC", NetworkKind.BUSINESS, id="broadcaster"),
        pytest.param(8803, "Migros-Genossenschafts-Bund", NetworkKind.BUSINESS, id="retailer"),
    ],
)
def test_a_number_says_who_runs_the_network(asn: int, name: str, kind: NetworkKind) -> None:
    assert classify_organisation(name, asn)[0] is kind


@pytest.mark.parametrize("asn", [3215, 12322, 16276, 13335, 8220, 20773, 14618], ids=str)
def test_carriers_and_hosts_are_no_organisations(asn: int) -> None:
    assert judgement_of(asn) is None


@pytest.mark.parametrize("asn", [None, 0, 4_294_967_295], ids=str)
def test_a_number_that_nobody_has_says_nothing(asn: int | None) -> None:
    assert judgement_of(asn) is None


def test_the_name_decides_where_the_number_is_new() -> None:
    """Numbers are given out every day: 4,200,000,000 and above are for private use and never in a list."""
    assert classify_organisation("Université de Lorraine", 4_200_000_000)[0] is NetworkKind.EDUCATION
    assert classify_organisation("Telecom Fibra Internet Ltda", 4_200_000_000)[0] is NetworkKind.ISP


def test_each_number_has_one_mark() -> None:
    text = files("tracker.enrichment").joinpath("data/judged_networks.txt").read_text("utf-8")
    lines = [line.split() for line in text.splitlines() if not line.startswith("#")]
    assert {mark for mark, *_ in lines} == {*KINDS, *NO_ORGANISATIONS}
    numbers = Counter(number for _, *numbers in lines for number in numbers)
    assert all(re.fullmatch(r"[1-9]\d{0,9}", number) for number in numbers)
    assert max(numbers.values()) == 1
    assert all(mark_of(int(number)) == mark for mark, *found in lines for number in found[:5])
