"""Evidence as the event store keeps it, and that each step says only what has a code."""

from __future__ import annotations

import json
import string

from hypothesis import given
from hypothesis import strategies as st

from tracker.enrichment.company.cascade import Clues, explain_company
from tracker.enrichment.company.evidence import Evidence, EvidenceCode, as_stored, evidence, read_stored
from tracker.enrichment.geo.records import NetworkRecord
from tracker.enrichment.network.kind import NetworkKind, identify_network
from tracker.enrichment.network.operator_list import ListedNetwork

texts = st.text(max_size=40)
found = st.recursive(
    st.builds(
        Evidence, st.sampled_from(EvidenceCode), st.dictionaries(st.text(string.ascii_lowercase, min_size=1), texts)
    ),
    lambda inner: st.builds(Evidence, st.sampled_from(EvidenceCode), st.just({}), inner),
    max_leaves=3,
)


@given(found)
def test_stored_evidence_is_read_as_it_was(one: Evidence) -> None:
    assert read_stored(as_stored(one)) == one


@given(texts)
def test_any_other_text_is_a_sentence_of_an_older_version(text: str) -> None:
    assert read_stored(text) == evidence(EvidenceCode.TEXT, text=text)


def test_a_program_reads_the_code_and_the_values() -> None:
    rests_on = evidence(EvidenceCode.NAME_SAYS, word="air")
    assert json.loads(as_stored(evidence(EvidenceCode.AS_OWNER, rests_on, asn=6799, organisation="Air France"))) == {
        "code": "as_owner",
        "values": {"asn": 6799, "organisation": "Air France"},
        "more": {"code": "name_says", "values": {"word": "air"}},
    }


RECORDS = [
    NetworkRecord(),
    NetworkRecord(asn=3215, organisation="Orange S.A."),
    NetworkRecord(asn=64500, organisation="Biscuiterie Armor SAS"),
    NetworkRecord(organisation="Biscuiterie Armor SAS"),
    NetworkRecord(asn=64500, organisation="Xqzt"),
    NetworkRecord(organisation="RENATER"),
    NetworkRecord(organisation="Orange S.A.", company="KERJEAN SAS"),
    NetworkRecord(organisation="Orange S.A.", isp_organisation="KERJEAN SAS", user_type="business"),
    NetworkRecord(is_vpn=True),
    NetworkRecord(is_hosting=True, organisation="OVH SAS"),
    NetworkRecord(connection_type="Cellular"),
]
HOSTS = [
    None,
    "mail.armor.fr",
    "pool-7.armor.fr",
    "1.2.0.192.armor.fr",
    "armor.dyndns.org",
    "localhost",
    "n1.armorhosting.com",
]
EMAILS = [None, "lea@armor.fr", "lea@gmail.com", "lea@armor.github.io", "lea@localhost"]


def codes(one: Evidence) -> list[str]:
    return [one.code, *(codes(one.more) if one.more else [])]


def test_each_step_says_only_what_has_a_code() -> None:
    said: set[str] = set()
    for record in RECORDS:
        for kind in (None, NetworkKind.ISP, NetworkKind.BUSINESS):
            listed = None if kind is None else ListedNetwork("192.0.2.0/24", "Kerjean", None, kind)
            for host in HOSTS:
                for email in EMAILS:
                    network = identify_network(record, "192.0.2.1", kind)
                    clues = Clues(
                        "192.0.2.1", record, network, lambda host=host: host, host, email, email, listed=listed
                    )
                    said |= {code for step in explain_company(clues) for code in codes(step.reason)}
    assert said <= set(EvidenceCode) - {EvidenceCode.TEXT}
    assert len(said) > 30
