"""What a look-up prints in a terminal and as JSON; the command itself is tested in tests/cli/test_identify.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dashboards.presentation.identification import as_json, as_lines
from tests.mmdb import write_asn, write_city
from tracker.enrichment.geo.databases import Databases
from tracker.leads.identify import Sources, identify
from tracker.reference.dns.lookup import Lookup, ReverseName


class Nameless(Lookup):
    def __init__(self) -> None:
        pass

    def confirmed_name(self, address: str) -> ReverseName:
        return ReverseName(None, ("www.acme.fr",) if address.endswith(".66") else ())


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    write_city(tmp_path / "city.mmdb")
    write_asn(tmp_path / "asn.mmdb")
    return Sources(Databases.open(tmp_path), Nameless, reverse_names=True)


def test_a_company_has_its_evidence_in_words_with_the_code_beside_it(sources: Sources) -> None:
    [found] = as_json(identify("192.0.2.7", sources))["found"]
    assert found["company"]["evidence"].startswith("AS64500 is run by Biscuiterie Armor SAS; ")
    assert found["company"]["evidence_code"] == "as_owner"
    assert found["company"]["evidence_values"] == {"asn": 64500, "organisation": "Biscuiterie Armor SAS"}
    assert found["why"] == f"{found['company']['name']} would count as a lead: {found['company']['evidence']}"


def test_a_name_that_does_not_point_back_is_a_reason_with_its_code(sources: Sources) -> None:
    [found] = as_json(identify("198.51.100.66", sources))["found"]
    step = next(one for one in found["steps"] if one["method"] == "reverse_dns")
    assert (step["reason_code"], step["reason_values"]) == ("not_confirmed", {"host": "www.acme.fr"})
    assert step["reason"] == "www.acme.fr does not point back to the IP address, so it is ignored"


@pytest.mark.parametrize("subject", ["192.0.2.7", "198.51.100.66", "10.1.2.3", "lea@gmail.com"])
def test_the_terminal_says_what_json_says(sources: Sources, subject: str) -> None:
    answer = identify(subject, sources)
    told = as_json(answer)
    assert json.loads(json.dumps(told)) == told
    text = "\n".join(as_lines(answer))
    assert all(words in text for words in (*told["notes"], *told["missing"], told["found"][0]["why"]))
    assert all(step["reason"] in text for step in told["found"][0]["steps"])
