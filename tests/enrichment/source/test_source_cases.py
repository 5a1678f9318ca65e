"""Cases of our own making: those that are mended by kind are all right, those that nobody looks at nearly all."""

from __future__ import annotations

import pytest

from tests.eval.own_sources import OwnCase, answer_to, own_cases, verdicts
from tracker.enrichment.page.parse import parse_page
from tracker.enrichment.source.attribution import attribute
from tracker.enrichment.source.host_origins import origin_of_host

OPEN = [case for case in own_cases() if not case.is_kept_apart]
KEPT = [case for case in own_cases() if case.is_kept_apart]


def wrong(cases: list[OwnCase], part: str) -> list[OwnCase]:
    return [case for case in cases if not verdicts(case, answer_to(case)).get(part, True)]


def attributed(query: str) -> tuple[str | None, str]:
    page = parse_page(f"https://www.lesite.example/?{query}")
    assert page is not None
    answer = attribute(page, None)
    return answer.source, answer.channel


@pytest.mark.parametrize("part", ["source", "channel"])
def test_the_open_cases_are_right(part: str) -> None:
    assert wrong(OPEN, part) == []


@pytest.mark.parametrize("part", ["source", "channel"])
def test_the_kept_cases_are_nearly_all_right(part: str) -> None:
    assert len(wrong(KEPT, part)) / len(KEPT) <= 0.015


@pytest.mark.parametrize(
    ("query", "source", "channel"),
    [
        pytest.param("utm_source=substack&utm_medium=email", "Substack", "Email", id="a-network-of-ours-by-email"),
        pytest.param("utm_source=github&utm_medium=newsletter", "GitHub", "Email", id="by-newsletter"),
        pytest.param("utm_source=slack&utm_medium=push", "Slack", "Mobile Push Notifications", id="by-push"),
        pytest.param("utm_source=chatgpt&utm_medium=referral", "ChatGPT", "AI Assistants", id="referral-says-nothing"),
        pytest.param("utm_source=facebook&utm_medium=email", "Facebook", "Organic Social", id="googles-own-order"),
        pytest.param("utm_source=bing&utm_medium=email", "Bing", "Organic Search", id="googles-own-order-of-search"),
    ],
)
def test_a_medium_outweighs_a_kind_that_google_does_not_list(query: str, source: str, channel: str) -> None:
    assert attributed(query) == (source, channel)


@pytest.mark.parametrize("host", ["www.google.com", "google.fr", "www.google.co.uk"])
@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("q=x&tbm=isch", "Google Images"),
        ("udm=2&q=x", "Google Images"),
        ("q=x&tbm=vid", "Google Video"),
        ("q=x&tbm=nws", "Google News"),
        ("q=x&tbm=shop", "Google Shopping"),
        ("q=x&udm=50", "Google AI Mode"),
        ("q=x&udm=14", "Google"),
        ("q=x", "Google"),
    ],
)
def test_googles_results_are_told_by_what_was_asked_for(host: str, query: str, name: str) -> None:
    assert origin_of_host(host, "/search", query)[0].name == name


def test_another_sites_search_with_googles_parameters_is_its_own() -> None:
    assert origin_of_host("shop.example.fr", "/search", "q=x&tbm=isch&udm=50")[0].name == "shop.example.fr"


@pytest.mark.parametrize(
    ("host", "path", "name"),
    [
        ("ca.bing.com", "/images/search", "Bing Images"),
        ("www.google.fr", "/imgres", "Google Images"),
        ("r.sp1-brevo.net", "/mk/cl", "Brevo"),
        ("x.emlnk9.com", "/lt.php", "ActiveCampaign"),
        ("mattermost.example.org", "/", "Mattermost"),
        ("rocketchat.example.org", "/", "Rocket.Chat"),
    ],
)
def test_a_host_is_found_by_country_number_and_software(host: str, path: str, name: str) -> None:
    assert origin_of_host(host, path)[0].name == name


@pytest.mark.parametrize(
    ("word", "source", "channel"),
    [
        pytest.param("googlemaps", "Google Maps", "Referral", id="joined"),
        pytest.param("welcometothejungle", "Welcome to the Jungle", "Referral", id="joined-of-many"),
        pytest.param("metaai", "Meta AI", "AI Assistants", id="a-joined-assistant"),
        pytest.param("linkedinpost", "LinkedIn", "Organic Social", id="a-place-is-glued"),
        pytest.param("igstory", "Instagram", "Organic Social", id="a-place-is-glued-to-a-short-name"),
        pytest.param("antibio", "antibio", "Referral", id="no-place-is-glued"),
        pytest.param("facebook_remarketing", "Facebook", "Paid Social", id="remarketing"),
        pytest.param("google_display_network", "Google", "Display", id="banners-of-a-search-engine"),
        pytest.param("linkedin_display", "LinkedIn", "Display", id="banners-of-a-network"),
        pytest.param("newsletter2026", "newsletter2026", "Email", id="a-letter-with-a-number"),
        pytest.param("weeklynewsletter", "weeklynewsletter", "Email", id="a-letter-glued"),
        pytest.param("NL2610", "NL2610", "Email", id="a-letter-in-short"),
        pytest.param("marketo-email", "Marketo", "Email", id="a-sender-and-what-it-does"),
        pytest.param("orange-newsletter", "orange-newsletter", "Email", id="a-firm-that-is-an-engine-too"),
        pytest.param("awin_affiliate", "Awin", "Affiliates", id="an-affiliate-network"),
        pytest.param("sms-mars", "sms-mars", "SMS", id="sms-beside-a-name"),
        pytest.param("podcast_12", "podcast_12", "Audio", id="podcast-beside-a-name"),
        pytest.param("ai-assistant", "ai-assistant", "AI Assistants", id="assistants-as-such"),
    ],
)
def test_a_sources_word_means_what_its_parts_say(word: str, source: str, channel: str) -> None:
    assert attributed(f"utm_source={word}") == (source, channel)


@pytest.mark.parametrize("host", ["www.google.com", "www.google.fr", "www.bing.com"])
def test_a_click_on_an_engines_advertisement_was_paid(host: str) -> None:
    assert origin_of_host(host, "/aclk")[0].channel == "Paid Search"
    assert origin_of_host(host, "/search")[0].channel == "Organic Search"
