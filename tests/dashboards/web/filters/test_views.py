"""The form of filters as a person without a script uses it: each button answers with the form, the last one with the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from werkzeug.test import TestResponse

from tests.dashboards.web.conftest import SITE, Browser
from tracker.stats.filters.address_bar import read_filter

FORM = f"/{SITE}/filters"
OR = '["or",[["is","visit:source",["LinkedIn"]],["has_done",["is","event:page",["/prix"]]]]]'


@pytest.fixture
def some_visits(site: str, visit: Callable[..., None], company_visit: Callable[..., None]) -> None:
    for hours in range(1, 4):
        visit("/a", "/prix", source="LinkedIn", country="FR", ago=timedelta(hours=hours))
    visit("/a", source="Google", country="BE")
    company_visit("/b", company="Air France", source="Google")
    visit("/a", name="Form: Submission", props='{"form":"devis"}', source="Bing")


def send(browser: Browser, page: str, do: str, **fields: str | list[str]) -> TestResponse:
    opened = browser.get(f"{FORM}?next={quote(page)}").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', opened)
    assert token
    named = {name.replace("_", "-"): value for name, value in fields.items()}
    return browser.client.post(FORM, data={"csrf_token": token[1], "next": page, "do": do, "t-join": "all"} | named)


def filters_of(answer: TestResponse) -> list[str]:
    assert answer.status_code == 302, re.findall(r'role="alert">([^<]+)', answer.text)
    return parse_qs(urlsplit(answer.location).query).get("f", [])


def ticks(text: str) -> list[tuple[str, bool]]:
    found = re.findall(r'name="t-0-v" value="([^"]*)"( checked)?>', text)
    return [(unescape(value), bool(checked)) for value, checked in found]


def test_the_head_leads_to_the_form_and_each_chip_to_its_part(signed_in: Browser, some_visits: None) -> None:
    page = signed_in.get(f"/{SITE}?f={quote(OR)}").text
    assert f'href="/{SITE}/filters?next=' in page
    assert "Source = LinkedIn or an event with (Page = /prix)" in unescape(page)
    for path in (f"/{SITE}/leads", f"/{SITE}/leads/air%20france", f"/{SITE}/breakdown/page"):
        assert "+ Filter" in signed_in.get(path).text, path
    assert "+ Filter" not in signed_in.get(f"/{SITE}/settings").text


def test_values_come_from_the_data_with_their_counts_and_are_found_by_typing(
    signed_in: Browser, some_visits: None
) -> None:
    drawn = send(signed_in, f"/{SITE}", "redraw", t_0_d="source").text
    assert ticks(drawn) == [("LinkedIn", False), ("Google", False), ("Bing", False)]
    assert '<span>LinkedIn</span> <span class="muted">3</span>' in drawn
    found = send(signed_in, f"/{SITE}", "redraw", t_0_d="source", t_0_of="source", t_0_q="goo", t_0_v=["Bing"]).text
    assert ticks(found) == [("Bing", True), ("Google", False)]
    countries = send(signed_in, f"/{SITE}", "redraw", t_0_d="country", t_0_of="country", t_0_q="belg").text
    assert ticks(countries) == [("BE", False)]
    assert [value for value, _ in ticks(send(signed_in, f"/{SITE}", "redraw", t_0_d="goal").text)] == ["forms", "downloads"]  # fmt: skip


CHOSEN: list[tuple[dict[str, str | list[str]], list[str]]] = [
    ({"t_0_d": "source", "t_0_v": ["Google", "Bing"]}, ["source:is:Google|Bing"]),
    ({"t_0_d": "source", "t_0_o": "is_not", "t_0_q": "Bing"}, ["source:is_not:Bing"]),
    ({"t_0_d": "page", "t_0_o": "matches_wildcard", "t_0_q": "/pri*"}, ["page:matches_wildcard:/pri*"]),
    ({"t_0_d": "page", "t_0_v": "/prix", "t_0_how": "did_not"}, ["page:is_not:/prix"]),
    ({"t_0_d": "country", "t_0_q": "belgium"}, ["country:is:BE"]),
    ({"t_0_d": "campaign", "t_0_none": "yes"}, ["campaign:is:"]),
    ({"t_0_d": "source", "t_0_v": "Bing", "t_1_d": "country", "t_1_v": "FR"}, ["source:is:Bing", "country:is:FR"]),
    (
        {"t_0_join": "any", "t_0_0_d": "source", "t_0_0_v": "LinkedIn", "t_0_1_d": "page", "t_0_1_v": "/prix"},
        [OR],
    ),
]


def test_what_is_chosen_is_the_page_s_filters(signed_in: Browser, some_visits: None) -> None:
    for fields, written in CHOSEN:
        answer = send(signed_in, f"/{SITE}/leads?period=7d&page=3&f=os:is:Linux", "apply", **fields)
        assert filters_of(answer) == written
        assert answer.location.startswith(f"/{SITE}/leads?period=7d&f=")
    assert signed_in.get(answer.location).status_code == 200


def test_a_goal_that_was_reached_is_a_filter_with_its_name(signed_in: Browser, some_visits: None) -> None:
    answer = send(signed_in, f"/{SITE}", "apply", t_0_d="goal", t_0_v="forms")
    (text,) = filters_of(answer)
    assert read_filter(text)
    page = signed_in.get(answer.location).text
    assert "reached the goal Forms sent" in page
    assert re.search(r'figure-label">Visitors</span>\s*<span class="figure-value">1<', page)
    assert re.search(
        r'<option value="goal" selected', signed_in.get(f"{FORM}?next={quote(answer.location)}&edit=0").text
    )


def test_figures_are_of_a_group_of_filters(signed_in: Browser, some_visits: None) -> None:
    page = signed_in.get(f"/{SITE}?f={quote(OR)}").text
    assert re.search(r'figure-label">Visitors</span>\s*<span class="figure-value">3<', page)
    assert "Air France" not in page
    for path in ("leads", "leads.csv", "breakdown/page", "not-counted"):
        assert signed_in.get(f"/{SITE}/{path}?f={quote(OR)}").status_code == 200


def test_buttons_add_and_remove_without_losing_what_was_chosen(signed_in: Browser, some_visits: None) -> None:
    drawn = send(signed_in, f"/{SITE}", "group:t", t_0_d="source", t_0_v="Bing").text
    assert ("Bing", True) in ticks(drawn)
    assert 'name="t-1-join"' in drawn
    assert 'name="t-1-1-d"' in drawn
    removed = send(signed_in, f"/{SITE}", "remove:t-0", t_0_d="source", t_0_v="Bing", t_1_d="os").text
    assert "t-1-d" not in removed
    assert '<option value="os" selected' in removed


REFUSED: list[tuple[dict[str, str | list[str]], str]] = [
    ({"t_0_d": "source"}, "Choose at least one value"),
    ({"t_0_d": "", "t_0_q": "Bing"}, "Choose what “Bing” is a value of."),
    ({"t_0_d": "source", "t_0_v": "x" * 1500}, "none longer than 1000"),
    ({"t_0_d": "source", "t_0_v": [f"{number:099}" for number in range(100)]}, "too many conditions"),
]


def test_what_makes_no_filter_is_told_in_the_form(signed_in: Browser, some_visits: None) -> None:
    for fields, told in REFUSED:
        answer = send(signed_in, f"/{SITE}", "apply", **fields)
        assert answer.status_code == 422, told
        assert told in answer.text


def test_it_leads_back_to_a_page_of_this_dashboard_alone(signed_in: Browser, some_visits: None) -> None:
    answer = send(signed_in, "https://elsewhere.example/x", "apply", t_0_d="os", t_0_v="Linux")
    assert answer.location == f"/{SITE}?f=os%3Ais%3ALinux"


def test_a_segment_is_saved_offered_and_a_view_of_the_leads(signed_in: Browser, some_visits: None) -> None:
    answer = send(signed_in, f"/{SITE}", "save", t_0_d="source", t_0_v="Google", segment="From Google")
    assert filters_of(answer) == ["source:is:Google"]
    form = signed_in.get(f"{FORM}?next=/{SITE}").text
    assert f'<a href="/{SITE}?f=source%3Ais%3AGoogle">From Google</a>' in form
    assert "Air France" in signed_in.get(f"/{SITE}/leads?view=from-google").text
    assert send(signed_in, f"/{SITE}", "save", t_0_d="source", t_0_v="Google").status_code == 422
