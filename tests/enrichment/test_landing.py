"""What a URL and a referrer say together, and that what is remembered of them is what they say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tracker.enrichment.drops import Drop, DropReason
from tracker.enrichment.landing import Landing, landing_of, landings_of
from tracker.enrichment.site_rules import SiteRules, same_rules
from tracker.hit import Hit, WireEvent

NOBODY: frozenset[str] = frozenset()
HOSTS = frozenset({"a.fr"})


def rules(excluded: frozenset[str] = NOBODY) -> SiteRules:
    return same_rules(
        "a.fr",
        hosts=HOSTS,
        staging_hosts=frozenset({"stage.a.fr"}),
        excluded_referrers=excluded,
        excluded_pages=("/admin/*",),
    )


def land(url: str, referrer: str | None = None, *, excluded: frozenset[str] = NOBODY) -> Landing:
    return landing_of(rules(excluded), url, referrer, False)


def test_a_page_and_where_its_visitor_comes_from() -> None:
    found = land("https://a.fr/prices?utm_source=linkedin", "https://www.google.com/")
    assert (found.hostname, found.path, found.attribution.source) == ("a.fr", "/prices", "LinkedIn")
    assert (found.refusal, found.spam, found.referrer_host) == (None, None, "www.google.com")


def test_the_referrer_s_host_is_handed_on_unless_the_visitor_comes_from_nowhere() -> None:
    assert land("https://a.fr/", "https://acme.sharepoint.com/sites/x").referrer_host == "acme.sharepoint.com"
    assert land("https://a.fr/", "https://a.fr/b").referrer_host is None


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        pytest.param("nothing", DropReason.INVALID_URL, id="no-url"),
        pytest.param("https://stage.a.fr/", DropReason.STAGING_HOST, id="staging"),
        pytest.param("https://a.fr/admin/?x=1", DropReason.EXCLUDED_PAGE, id="an-excluded-page"),
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


@pytest.mark.parametrize("referrer", [None, "", "https://www.google.com/", "https://gain.example/", "é", "x" * 300])
def test_what_is_remembered_of_a_hit_is_what_it_says_whatever_was_asked_before(referrer: str | None) -> None:
    hit = Hit(datetime(2026, 11, 16, tzinfo=UTC), "192.0.2.1", event=WireEvent(u="https://a.fr/?p=3", r=referrer))
    for excluded in (NOBODY, frozenset({"gain.example"}), NOBODY):
        for _ in range(2):
            assert landings_of([hit.event], [rules(excluded)])[0] == land(
                "https://a.fr/?p=3", referrer, excluded=excluded
            )


def test_rules_that_say_the_same_are_one_object() -> None:
    assert rules() is rules()
    assert rules() is not rules(frozenset({"gain.example"}))
