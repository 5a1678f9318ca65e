"""The lists themselves: every entry is found under its own name, and no word is taken for another."""

from __future__ import annotations

from pathlib import Path

import pytest

import tracker.enrichment
from tracker.enrichment.source.campaign_source import origin_of_word
from tracker.enrichment.source.host_origins import origin_of_app, origin_of_host
from tracker.enrichment.source.registry import own_lines, without_country

OWN = Path(tracker.enrichment.__file__).parent / "data" / "sources.txt"
LINES = list(own_lines(OWN.read_text(encoding="utf-8").splitlines()))
ENTRIES = [(entry, name) for _, name, entries in LINES for entry in entries if not entry.startswith(("word:", "mail:"))]


def names_found_under(entry: str) -> set[str]:
    if entry.startswith("app:"):
        return {origin_of_app(entry.removeprefix("app:")).name}
    host, _, path = entry.removeprefix("=").replace("{}", "fr").replace("#", "7").partition("/")
    return {origin_of_host(f"{below}{host}", f"/{path}")[0].name for below in ("", "www.")}


def test_every_entry_is_found_under_its_own_name() -> None:
    found = [(entry, name, names_found_under(entry)) for entry, name in ENTRIES]
    assert len(found) > 2000
    assert [one for one in found if one[2] != {one[1]}] == []


def test_no_entry_stands_twice() -> None:
    entries = [entry for _, _, line in LINES for entry in line if entry != "word:"]
    assert sorted(entry for entry in set(entries) if entries.count(entry) > 1) == []


@pytest.mark.parametrize("word", ["target", "mix", "kit-produit", "spectrum"])
def test_an_everyday_word_names_no_site(word: str) -> None:
    assert origin_of_word(word).name == word


@pytest.mark.parametrize(
    ("host", "before"),
    [
        pytest.param("google.fr", "google", id="one-label"),
        pytest.param("google.co.uk", "google", id="two-labels"),
        pytest.param("www.google.com.br", "www.google", id="subdomain"),
        pytest.param("google.cat", "google", id="catalan"),
        pytest.param("google.com", None, id="no-country"),
        pytest.param("co.uk", "co", id="nothing-before"),
        pytest.param("fr", None, id="an-ending-alone"),
        pytest.param("10.0.0.11", None, id="an-address"),
    ],
)
def test_a_countrys_ending_is_told_from_a_name(host: str, before: str | None) -> None:
    assert without_country(host) == before


@pytest.mark.parametrize(
    ("word", "name", "channel"),
    [
        pytest.param("meta-facebook", "Facebook", "Organic Social", id="two-names-of-one"),
        pytest.param("Facebook_Desktop_Feed", "Facebook", "Organic Social", id="placement"),
        pytest.param("linkedin company page", "LinkedIn", "Organic Social", id="spaces"),
        pytest.param("LinkedIn-Ads", "LinkedIn", "Paid Social", id="advertisement"),
        pytest.param("x-ads", "X", "Paid Social", id="short-name-advertisement"),
        pytest.param("x-factor", "x-factor", "Referral", id="a-short-name-is-no-beginning"),
        pytest.param("line-extension", "line-extension", "Referral", id="an-everyday-word"),
        pytest.param("medium-rare", "medium-rare", "Referral", id="another"),
        pytest.param("signal-newsletter", "signal-newsletter", "Email", id="a-newsletter-of-that-name"),
        pytest.param("google_news", "Google News", "Organic Search", id="longer-name-first"),
        pytest.param("l.facebook.com", "Facebook", "Organic Social", id="redirector"),
        pytest.param("www.lemonde.fr", "lemonde.fr", "Referral", id="unknown-site"),
        pytest.param("bit.ly", "bit.ly", "Organic Social", id="a-site-of-which-only-the-kind-is-known"),
        pytest.param("google-sea", "Google", "Paid Search", id="french-for-paid-search"),
        pytest.param("gdn-retargeting", "Google", "Display", id="display-network"),
        pytest.param("openai", "ChatGPT", "AI Assistants", id="maker-of-an-assistant"),
        pytest.param("hs_email", "HubSpot", "Email", id="mailing-service"),
        pytest.param("---", "---", "Referral", id="nothing-but-separators"),
        pytest.param("💥", "💥", "Referral", id="no-letters"),
    ],
)
def test_a_campaigns_word_means_what_marketers_mean_by_it(word: str, name: str, channel: str) -> None:
    found = origin_of_word(word)
    assert (found.name, found.channel) == (name, channel)
