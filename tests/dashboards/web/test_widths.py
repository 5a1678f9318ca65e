"""In a real browser, no page is wider than the screen, and no text is squeezed into a column of letters."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Playwright
from werkzeug.serving import make_server

from tests.chromium import ARGUMENTS, find_chromium
from tests.dashboards.web.conftest import SITE, Browser

# Texts narrower than a fifth of the screen that run over more than four lines.
SQUEEZED = """() => [...document.querySelectorAll("main p, main h2, main h3")]
  .filter(one => one.offsetWidth && one.offsetWidth < innerWidth / 5)
  .filter(one => one.offsetHeight > 4.5 * parseFloat(getComputedStyle(one).lineHeight))
  .map(one => one.textContent.slice(0, 40))"""


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def screen(
    request: pytest.FixtureRequest, playwright: Playwright, address: str, signed_in: Browser
) -> Iterator[BrowserContext]:
    chromium = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
    context = chromium.new_context(viewport={"width": request.param, "height": 844}, locale="fr-FR")
    cookie = signed_in.client.get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
    yield context
    chromium.close()


@pytest.mark.parametrize("screen", [360, 390, 800, 1280], indirect=True)
def test_every_page_fits(
    screen: BrowserContext, address: str, site: str, company_visit: Callable[..., None], visit: Callable[..., None]
) -> None:
    long_title = "Panorama des réseaux sociaux : où sont vos clients, et comment leur parler sans les lasser"
    for hours in range(1, 30):
        company_visit("/a", "/tarifs", company="Coopérative agricole des Trois Vallées", ago=timedelta(hours=hours))
    visit("/" + "x" * 120, titles={"/a": long_title}, source="journal-du-contenu-et-des-medias.example")
    page = screen.new_page()
    pages = ["", "/leads", "/leads/Coopérative agricole des Trois Vallées", "/not-counted", "/settings", "/setup"]
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
        assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth"), path
        assert page.evaluate(SQUEEZED) == [], path
