from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from tracker.enrichment.company.self_identified import (
    NOTHING,
    SelfIdentification,
    make_link_token,
    read_link_token,
    self_identification,
)
from tracker.hit import WireEvent

KEY = "a site's key"
NOON_US = 1_794_830_400_000_000  # 2026-11-16T12:00:00Z
LEA = SelfIdentification("lea@acme.fr", "Acme", 1_794_830_400)


def test_a_token_can_be_made_by_any_program_that_has_the_key() -> None:
    body = base64.urlsafe_b64encode(b'{"e":"lea@acme.fr","c":"Acme","x":1794830400}').rstrip(b"=")
    signature = base64.urlsafe_b64encode(hmac.new(KEY.encode(), body, hashlib.sha256).digest()).rstrip(b"=")
    assert make_link_token(LEA, KEY) == f"{body.decode()}.{signature.decode()}"
    assert read_link_token(f"{body.decode()}.{signature.decode()}", KEY) == LEA._replace(is_signed=True)


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(make_link_token(LEA, "another key"), id="another-key"),
        pytest.param(make_link_token(LEA, KEY)[:-1], id="cut-off"),
        pytest.param("eyJlIjoiYUBiLmZyIn0", id="unsigned"),
        pytest.param("eyJlIjoiYUBiLmZyIn0.", id="empty-signature"),
        pytest.param("é.é", id="beyond-ascii"),
        pytest.param("", id="empty"),
    ],
)
def test_a_token_that_the_key_did_not_sign_says_nothing(token: str) -> None:
    assert read_link_token(token, KEY) == NOTHING


@examples(st.text(max_size=2000))
def test_no_text_is_taken_for_a_token(text: str) -> None:
    assert read_link_token(text, KEY) == NOTHING


@pytest.mark.parametrize(
    ("late_us", "expected"), [(0, LEA._replace(is_signed=True)), (1, NOTHING)], ids=["in-time", "too-late"]
)
def test_a_token_ends_when_it_says(late_us: int, expected: SelfIdentification) -> None:
    wire = WireEvent(consent=True, token=make_link_token(LEA, KEY))
    assert self_identification(wire, KEY, NOON_US + late_us) == expected


def test_without_a_key_no_token_counts() -> None:
    assert self_identification(WireEvent(consent=True, token=make_link_token(LEA, "")), "", NOON_US) == NOTHING


def test_only_a_person_s_whole_address_is_shown() -> None:
    assert SelfIdentification("lea@acme.fr", "Acme").shown(with_email=True) == {
        "company": "Acme",
        "email": "lea@acme.fr",
    }
    assert SelfIdentification("@acme.fr").shown(with_email=True) == {}
    assert SelfIdentification("lea@acme.fr").shown(with_email=False) == {}
