"""What a URL and a referrer say together, and that what is remembered of them is what they say."""

from __future__ import annotations

import pytest

from tracker.enrichment.drops import Drop, DropReason
from tracker.enrichment.landing import Landing, kept_landing, landing_of, may_be_kept
from tracker.enrichment.page.query import DEFAULT_PARAMETERS

NOBODY: frozenset[str] = frozenset()
HOSTS = frozenset({"a.fr"})


def land(url: str, referrer: str | None = None, *, excluded: frozenset[str] = NOBODY, kept: bool = False) -> Landing:
    of = kept_landing if kept else landing_of
    return of(url, referrer, False, HOSTS, DEFAULT_PARAMETERS, frozenset({"stage.a.fr"}), False, excluded)


def test_a_page_and_where_its_visitor_comes_from() -> None:
    found = land("https://a.fr/prices?utm_source=linkedin", "https://www.google.com/")
    assert (found.hostname, found.path, found.attribution.source) == ("a.fr", "/prices", "LinkedIn")
    assert (found.refusal, found.spam, found.referrer_host) == (None, None, None)


def test_only_a_host_that_names_a_company_is_handed_on() -> None:
    assert land("https://a.fr/", "https://acme.sharepoint.com/sites/x").referrer_host == "acme.sharepoint.com"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        pytest.param("nothing", DropReason.INVALID_URL, id="no-url"),
        pytest.param("https://stage.a.fr/", DropReason.STAGING_HOST, id="staging"),
        pytest.param("http://localhost/", DropReason.DEVELOPMENT_HOST, id="development"),
    ],
)
def test_a_page_that_is_not_counted(url: str, reason: DropReason) -> None:
    refusal = land(url).refusal
    assert refusal is not None
    assert refusal.reason == reason


def test_a_referrer_that_the_publisher_excludes_is_spam_for_people() -> None:
    spam = land("https://a.fr/", "https://gain.example/", excluded=frozenset({"gain.example"})).spam
    assert spam == Drop(DropReason.REFERRER_SPAM, "gain.example")


@pytest.mark.parametrize("referrer", [None, "", "https://www.google.com/", "https://gain.example/"])
def test_what_is_remembered_is_what_they_say_whatever_was_asked_before(referrer: str | None) -> None:
    for excluded in (NOBODY, frozenset({"gain.example"})):
        assert land("https://a.fr/?p=3", referrer, excluded=excluded, kept=True) == land(
            "https://a.fr/?p=3", referrer, excluded=excluded
        )


def test_long_texts_and_those_beyond_ascii_are_not_remembered() -> None:
    assert may_be_kept("https://a.fr/", None)
    assert may_be_kept("https://a.fr/", "https://b.fr/")
    for text in ("https://a.fr/" + "x" * 250, "https://a.fr/é"):
        assert not may_be_kept(text, None)
        assert not may_be_kept("https://a.fr/", text)
