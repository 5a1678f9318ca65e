"""The map of the world: the figures of the list of countries in colours, with links to their regions, by pointer and keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from babel import Locale
from playwright.sync_api import BrowserContext

from dashboards.web.places.shapes import shapes
from dashboards.web.places.world_map import step_of
from tests.dashboards.web.conftest import SITE, Browser

COUNTRIES = f"/{SITE}/breakdown/country"


@pytest.fixture
def some_places(site: str, visit: Callable[..., None], company_visit: Callable[..., None]) -> None:
    """Four visitors of France, two of them of Brittany, one of Singapore, one of a country that nobody knows, one of nowhere."""
    visit("/a", country="FR", region="Île-de-France")
    visit("/a", country="FR", region="Pays de la Loire")
    visit("/b", country="FR", region="Bretagne")
    company_visit("/b", country="FR", region="Bretagne", company="Armor")
    visit("/a", country="SG")
    visit("/a", country="QQ")
    visit("/a")


def drawn(text: str) -> list[tuple[str, str]]:
    """The words and the step of each country on the map."""
    found = re.findall(r'<a href="[^"]+" class="world-country world-(\d)" aria-label="([^"]+)">', text)
    return [(unescape(words), step) for step, words in found]


def test_each_country_has_a_colour_and_leads_to_its_regions(signed_in: Browser, some_places: None) -> None:
    text = signed_in.get(COUNTRIES).text
    assert drawn(text) == [("France: 4", "5"), ("Singapore: 1", "1")]
    (url,) = re.findall(r'<a href="([^"]+)" class="world-country world-5"', text)
    assert unescape(url).replace("%3A", ":") == f"/{SITE}/breakdown/region?f=country:is:FR"
    regions = signed_in.get(unescape(url)).text
    assert re.findall(r'class="details-name"[^>]*>([^<]+)<', regions)[0] == "Bretagne"
    assert "world-country" not in regions
    assert drawn(Browser(signed_in.client, "fr").get(COUNTRIES).text) == [
        ("France\N{NO-BREAK SPACE}: 4", "5"),
        ("Singapour\N{NO-BREAK SPACE}: 1", "1"),
    ]


def test_filters_narrow_the_map_and_a_search_only_the_list(signed_in: Browser, some_places: None) -> None:
    assert drawn(signed_in.get(f"{COUNTRIES}?f=page:is:/b").text) == [("France: 2", "5")]
    assert drawn(signed_in.get(f"{COUNTRIES}?q=sing").text) == [("France: 4", "5"), ("Singapore: 1", "1")]


def test_the_map_and_its_script_are_on_no_other_page(signed_in: Browser, some_places: None) -> None:
    assert "dashboard-map.js" in signed_in.get(COUNTRIES).text
    for path in (f"/{SITE}", f"/{SITE}/breakdown/source", f"{COUNTRIES}?f=source:is:Nowhere"):
        text = signed_in.get(path).text
        assert "dashboard-map.js" not in text, path
        assert "<svg" not in text.split("<main")[1] or path == f"/{SITE}"
    assert f'href="{COUNTRIES}">World map</a>' in signed_in.get(f"/{SITE}").text


def test_each_step_of_colour_has_the_same_factor() -> None:
    assert [step_of(number, 100_000) for number in (1, 9, 11, 99, 101, 1_001, 10_001, 99_999, 100_000)] == [1, 1, 2, 2, 3, 4, 5, 5, 5]  # fmt: skip
    assert step_of(1, 1) == 5
    assert {step_of(number, 7) for number in range(1, 8)} <= {1, 2, 3, 4, 5}


def test_the_countries_of_the_world_are_on_the_map() -> None:
    """All members of the United Nations are, and what has no room is a point within the map."""
    known = shapes()
    assert {"FR", "DE", "US", "XK", "TW", "SG", "MT", "VA", "RE", "GP", "MQ", "GF", "YT", "HK", "FJ"} <= known.countries.keys()  # fmt: skip
    territories = Locale("en").territories
    assert [code for code in known.countries if code not in territories] == []
    assert len(known.countries) > 220
    for code, shape in known.countries.items():
        assert shape.path or shape.point, code
        if shape.point:
            assert 0 <= shape.point[0] <= known.width, code
            assert 0 <= shape.point[1] <= known.height, code


def test_chromium_shows_a_tip_and_the_arrows_go_from_country_to_country(
    own_context: Callable[..., BrowserContext], address: str, some_places: None
) -> None:
    page = own_context(locale="fr-FR").new_page()
    page.goto(f"{address}{COUNTRIES}")
    tip = page.locator("[data-map-tip]")
    links = page.locator("svg[data-map] a")
    links.nth(1).hover()
    assert tip.inner_text() == "Singapour\N{NO-BREAK SPACE}: 1"
    assert [links.nth(number).get_attribute("tabindex") for number in (0, 1)] == ["0", "-1"]
    links.first.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Singapour\N{NO-BREAK SPACE}: 1"
    page.keyboard.press("ArrowLeft")
    assert tip.inner_text() == "France\N{NO-BREAK SPACE}: 4"
    page.keyboard.press("Enter")
    page.wait_for_url("**/breakdown/region?*")
    assert "Bretagne" in page.inner_text("table")
