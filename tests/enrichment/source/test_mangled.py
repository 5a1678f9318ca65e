"""Links that lost their shape on the way still say where their visitors come from, and make no page of their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.enrichment.page.parse import parse_page
from tracker.enrichment.source.attribution import attribute

# What follows `https://blog.example.fr/a`; all say LinkedIn and social.
MANGLED = {
    "a second question mark": "/?lang=fr?utm_source=linkedin&utm_medium=social",
    "two in a row": "/??utm_source=linkedin&utm_medium=social",
    "a question mark for an ampersand": "/?utm_source=linkedin?utm_medium=social",
    "a question mark in a value": "/?utm_source=linkedin?lang=fr&utm_medium=social",
    "ampersands without a question mark": "&utm_source=linkedin&utm_medium=social",
    "and with another parameter first": "/&lang=fr&utm_source=linkedin&utm_medium=social",
    "a lost question mark": "/utm_source=linkedin&utm_medium=social",
    "semicolons": "/?a=1;utm_source=linkedin;utm_medium=social",
    "semicolons without a question mark": ";utm_source=linkedin;utm_medium=social",
    "two ampersands": "/?&utm_source=linkedin&&utm_medium=social",
    "an escaped letter": "/?%75tm_source=linkedin&utm_medium=social",
    "an escaped underscore": "/?utm%5Fsource=linkedin&utm%5fmedium=social",
    "escaped twice": "/?utm%255Fsource=linkedin&utm%255Fmedium=social",
    "an escaped equals sign": "/?utm_source%3Dlinkedin&utm_medium%3Dsocial",
    "an escaped ampersand": "/?utm_source=linkedin%26utm_medium=social",
    "an escaped question mark": "/%3Futm_source%3Dlinkedin%26utm_medium%3Dsocial",
    "a query escaped twice": "/%253Futm_source%253Dlinkedin%2526utm_medium%253Dsocial",
    "an escaped ampersand after another parameter": "/?id=5%26utm_source=linkedin%26utm_medium=social",
    "html's ampersand": "/?x=1&amp;utm_source=linkedin&amp;utm_medium=social",
    "html's ampersand twice": "/?x=1&amp;amp;utm_source=linkedin&amp;amp;utm_medium=social",
    "html's ampersand by number": "/?x=1&#038;utm_source=linkedin&#038;utm_medium=social",
    "capitals": "/?UTM_SOURCE=linkedin&Utm_Medium=social",
    "hyphens": "/?utm-source=linkedin&utm-medium=social",
    "no underscore": "/?utmsource=linkedin&utmmedium=social",
    "brackets": "/?utm_source[]=linkedin&utm_medium[]=social",
    "spaces": "/?%20utm_source=linkedin&+utm_medium=social",
    "a fragment": "/#utm_source=linkedin&utm_medium=social",
    "a fragment's query": "/#intro?utm_source=linkedin?utm_medium=social",
    "a full stop behind": "/?utm_source=linkedin&utm_medium=social.",
    "a bracket behind": "/?utm_source=linkedin&utm_medium=social)",
    "a quotation mark behind": "/?utm_source=linkedin&utm_medium=social%22",
    "a slash behind": "/?utm_source=linkedin&utm_medium=social/",
    "Matomo's names": "/?mtm_source=linkedin;mtm_medium=social",
}


@pytest.mark.parametrize("rest", MANGLED.values(), ids=MANGLED)
def test_a_mangled_link_keeps_its_campaign_and_its_page(rest):
    page = parse_page(f"https://blog.example.fr/a{rest}")
    assert page is not None
    found = attribute(page, None)
    assert (found.source, found.medium, page.path.rstrip("/")) == ("LinkedIn", "social", "/a")


@pytest.mark.parametrize(
    ("rest", "path"),
    [
        ("/c=d&e=f", "/a/c=d&e=f"),
        ("/?redirect_to=%2Fx%3Futm_source%3Dlinkedin", "/a/"),
        ("/?url=https://other.example/?utm_source=linkedin", "/a/"),
        ("/?text=what?source=me", "/a/"),
    ],
    ids=["a path with equals signs", "a way back", "another page's address", "a sentence"],
)
def test_what_is_no_campaign_of_this_page_is_left_alone(rest, path):
    page = parse_page(f"https://blog.example.fr/a{rest}")
    assert page is not None
    assert (attribute(page, None).source, page.path) == (None, path)


@pytest.mark.parametrize("written", ["nov%20(fr)", "nov%20%28fr%29"], ids=["as they are", "escaped"])
def test_a_campaigns_own_brackets_stay(written):
    page = parse_page(f"https://blog.example.fr/?utm_source=linkedin&utm_campaign={written}")
    assert page is not None
    assert attribute(page, None).campaign == "nov (fr)"


@given(st.text(alphabet="utm_source=?&;%2563Fdmp/#.[]+ ", max_size=120))
def test_any_mangled_link_has_a_page(rest):
    page = parse_page(f"https://blog.example.fr/{rest}")
    assert page is not None
    assert page.path.startswith("/")
