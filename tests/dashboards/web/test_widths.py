"""In a real browser, no page is wider than the screen, and no text is squeezed into a column of letters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import BrowserContext

from tests.dashboards.web.conftest import SITE

# Texts narrower than a fifth of the screen that run over more than four lines.
SQUEEZED = """() => [...document.querySelectorAll("main p, main h2, main h3")]
  .filter(one => one.offsetWidth && one.offsetWidth < innerWidth / 5)
  .filter(one => one.offsetHeight > 4.5 * parseFloat(getComputedStyle(one).lineHeight))
  .map(one => one.textContent.slice(0, 40))"""


WIDTHS = (1280, 800, 390, 360)


def test_every_page_fits(
    own_context: Callable[..., BrowserContext],
    address: str,
    site: str,
    company_visit: Callable[..., None],
    visit: Callable[..., None],
) -> None:
    long_title = "Panorama des réseaux sociaux : où sont vos clients, et comment leur parler sans les lasser"
    for hours in range(1, 30):
        company_visit("/a", "/tarifs", company="Coopérative agricole des Trois Vallées", ago=timedelta(hours=hours))
    visit("/" + "x" * 120, titles={"/a": long_title}, source="journal-du-contenu-et-des-medias.example")
    page = own_context(locale="fr-FR").new_page()
    pages = [
        "",
        "/leads",
        "/leads/Coopérative agricole des Trois Vallées",
        "/possible",
        "/corrections",
        "/not-counted",
        "/settings",
        "/settings/goals",
        "/recipients",
        "/setup",
    ]
    for path in [
        *(f"/{SITE}{page}" for page in pages),
        f"/{SITE}/breakdown/page",
        "/sites",
        "/sites/add",
        "/account",
        "/people",
    ]:
        answer = page.goto(address + path)
        assert answer is not None
        assert answer.status == 200, path
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth"), (path, width)
            assert page.evaluate(SQUEEZED) == [], (path, width)
