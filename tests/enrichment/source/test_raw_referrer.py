"""Referrers as proxies, applications and people's scripts send them, and not as the standard has them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.enrichment.page.parse import parse_page
from tracker.enrichment.source.attribution import Attribution, attribute

LINKEDIN = {
    "escaped": "https%3A%2F%2Fwww.linkedin.com%2Ffeed%2F",
    "escaped, in small letters": "https%3a%2f%2fwww.linkedin.com%2ffeed%2f",
    "escaped twice": "https%253A%252F%252Fwww.linkedin.com%252Ffeed%252F",
    "escaped in part": "https%3A//www.linkedin.com/feed/",
    "followed by text": "https://www.linkedin.com/feed/ via app",
    "a host followed by text": "https://www.linkedin.com via app",
    "a host followed by escaped text": "https://www.linkedin.com%20via%20app",
    "followed by another address": "https://www.linkedin.com/feed/, https://other.example/",
    "followed by a comma": "https://www.linkedin.com/feed/,",
    "followed by a bar": "https://www.linkedin.com|app",
    "quoted": '"https://www.linkedin.com/feed/"',
    "in angle brackets": "<https://www.linkedin.com/feed/>",
    "with the field's name": "Referer: https://www.linkedin.com/feed/",
    "with a parameter's name": "referrer=https://www.linkedin.com/feed/",
    "a scheme twice": "https://https://www.linkedin.com/feed/",
    "one slash": "https:/www.linkedin.com/feed/",
    "no slash": "https:www.linkedin.com/feed/",
    "a bare host followed by text": "www.linkedin.com via app",
}


def come_from(referrer: str) -> Attribution:
    page = parse_page("https://blog.example.fr/")
    assert page is not None
    return attribute(page, referrer)


@pytest.mark.parametrize("referrer", LINKEDIN.values(), ids=LINKEDIN)
def test_a_referrer_in_another_form_names_its_source(referrer):
    found = come_from(referrer)
    assert (found.source, found.medium) == ("LinkedIn", "social")
    assert found.referrer is not None
    assert found.referrer.removesuffix("feed/").endswith("://www.linkedin.com/")


def test_an_escaped_search_keeps_its_words():
    assert come_from("https%3A%2F%2Fwww.google.com%2Fsearch%3Fq%3Dlead%2520tracker").term == "lead tracker"


@pytest.mark.parametrize(
    "referrer",
    [
        "https://forum.example.com/a,b;c/d",
        "https://forum.example.com/Shared%20Documents/x",
        "https://web.example.com/2024/https://x.com/",
    ],
    ids=["commas", "escaped spaces", "an archived address"],
)
def test_a_referrer_in_order_stays_as_it_is(referrer):
    assert come_from(referrer).referrer == referrer


@given(st.text(max_size=200) | st.text(alphabet='htps:/%23AF.com ,"<', max_size=80))
def test_any_referrer_has_an_answer(referrer):
    assert come_from(referrer).channel
