from __future__ import annotations

import pytest

from dashboards.presentation.evidence import SENTENCES, VALUES, describe, describe_stored
from dashboards.translations import catalogue
from tracker.enrichment.company.evidence import Evidence, EvidenceCode, as_stored, evidence
from tracker.leads.identify import LookupCode

CODES = sorted({*EvidenceCode, *LookupCode} - {EvidenceCode.TEXT})


def test_every_code_has_its_sentence_and_no_sentence_is_without_a_code() -> None:
    assert sorted(SENTENCES) == CODES


@pytest.mark.parametrize("code", CODES)
def test_every_sentence_has_its_french(code: str) -> None:
    assert catalogue("fr").gettext(SENTENCES[code]) != SENTENCES[code]


def test_every_value_that_is_a_code_has_its_french() -> None:
    french = catalogue("fr")
    words = {text for known in VALUES.values() for text in known.values()} - {"MaxMind"}
    assert [text for text in words if french.gettext(text) == text] == []


AIR_FRANCE = evidence(
    EvidenceCode.AS_OWNER, evidence(EvidenceCode.NAME_SAYS, word="air"), asn=6799, organisation="Air France"
)
NOT_READ = evidence(LookupCode.NOT_THE_VISITOR, evidence(EvidenceCode.UNKNOWN_NETWORK), organisation="Orange")


@pytest.mark.parametrize(
    ("found", "english", "french"),
    [
        pytest.param(
            AIR_FRANCE,
            "AS6799 is run by Air France; the name says “air”",
            "AS6799 est exploité par Air France\u202f; le nom dit «\u202fair\u202f»",
            id="with-what-it-rests-on",
        ),
        pytest.param(
            evidence(EvidenceCode.KNOWN_AS, asn=3215, kind="isp"),
            "AS3215 is known as an internet provider",
            "AS3215 est connu comme un fournisseur d’accès",
            id="a-value-that-is-a-code",
        ),
        pytest.param(
            NOT_READ,
            "Orange is not the visitor: the network’s type is unknown",
            "Orange n’est pas le visiteur\u202f: le type de réseau est inconnu",
            id="evidence-within",
        ),
        pytest.param(
            evidence(EvidenceCode.DATABASE_OWNER, database="company", organisation="KERJEAN 100% (s)"),
            "the database (IPinfo or ipapi) assigns the IP address to KERJEAN 100% (s)",
            "la base (IPinfo ou ipapi) attribue l’adresse IP à KERJEAN 100% (s)",
            id="a-name-with-a-percent-sign",
        ),
        pytest.param(Evidence("moon_phase", {"phase": "full"}), "moon phase full", "moon phase full", id="later-code"),
        pytest.param(Evidence("as_owner", {"asn": 1}), "as owner 1", "as owner 1", id="a-value-is-missing"),
    ],
)
def test_evidence_is_in_the_language_that_is_asked_for(found: Evidence, english: str, french: str) -> None:
    stored = as_stored(found)
    assert describe("en", found) == describe_stored("en", stored) == english
    assert describe("fr", found) == describe_stored("fr", stored) == french


@pytest.mark.parametrize(
    "text",
    ["AS64500 is run by Acme; the name says “acme”", "{not JSON", '{"code": 7}', '{"values": {}}', "100% of %(host)s"],
)
def test_what_an_older_version_stored_is_shown_as_it_is(text: str) -> None:
    assert describe_stored("fr", text) == describe_stored("en", text) == text


@pytest.mark.parametrize("nothing", ["", None])
def test_no_evidence_is_no_words(nothing: str | None) -> None:
    assert describe_stored("fr", nothing) == ""
