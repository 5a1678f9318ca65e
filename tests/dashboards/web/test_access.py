"""In a real browser, axe-core finds nothing on any page: at both widths, in both themes and languages.

The dark theme has the same elements, so that only its contrasts are looked at.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Playwright
from werkzeug.serving import make_server

from tests.chromium import ARGUMENTS, find_chromium
from tests.dashboards.web.conftest import EMAIL, SITE, Browser, Clock
from tracker.accounts.invitations import invite
from tracker.accounts.one_time_links import create_link
from tracker.accounts.password_resets import reset_token
from tracker.accounts.users import find_user_by_email
from tracker.db.engine import AppDatabase

AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
COMPANY = "Coopérative agricole des Trois Vallées"
OPEN = ["/sign-in", "/forgotten-password", f"/opt-out/{SITE}", "/no-such-page", "/invitation/x", "/new-password/x"]
PAGES = [
    f"/{SITE}", f"/{SITE}?f=country:is:FR", f"/{SITE}?f=country:is:ZZ", f"/{SITE}/leads", f"/{SITE}/leads/{COMPANY}",
    f"/{SITE}/not-counted", f"/{SITE}/settings", f"/{SITE}/setup", f"/{SITE}/breakdown/page", "/sites", "/sites/add",
    "/account", "/people", "/identify", "/status", "/nouveau.fr", "/nouveau.fr/setup",
]  # fmt: skip


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def chromium(playwright: Playwright) -> Iterator[Chromium]:
    started = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
    yield started
    started.close()


def findings(page: Page, rules: list[str] | None) -> list[Any]:
    """What axe-core finds on the page as it stands, as (rule, element) pairs."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"resultTypes": ["violations"]} | ({"runOnly": {"type": "rule", "values": rules}} if rules else {})
    found: list[Any] = page.evaluate(
        "options => axe.run(document, options).then(r => r.violations.flatMap(v => v.nodes.map(n => [v.id, n.html.slice(0, 160), n.failureSummary.slice(0, 200)])))",
        options,
    )
    return found


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(
    chromium: Chromium,
    address: str,
    site: str,
    signed_in: Browser,
    company_visit: Callable[..., None],
    database: AppDatabase,
    clock: Clock,
    width: int,
    theme: str,
    language: str,
) -> None:
    for hours in range(1, 12):
        company_visit("/a", "/tarifs", company=COMPANY, ago=timedelta(hours=20 * hours), source="LinkedIn")
    signed_in.post("/sites/add", domain="nouveau.fr", time_zone="Europe/Paris")
    user = find_user_by_email(database, EMAIL)
    assert user is not None
    links = ["/invitation/" + invite(database, "paul@exemple.fr", now=clock())[1], "/new-password/" + reset_token(database, user, now=clock())]  # fmt: skip
    create_link(database, "first-user", now=clock(), lasts=timedelta(days=7))
    context = chromium.new_context(
        viewport={"width": width, "height": 844}, locale=language, color_scheme="light" if theme == "light" else "dark"
    )
    page, rules = context.new_page(), ["color-contrast"] if theme == "dark" else None
    problems: dict[str, list[Any]] = {}
    for path in [*OPEN, *links]:
        page.goto(address + path)
        problems[path] = findings(page, rules)
    cookie = signed_in.client.get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
    for path in PAGES:
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
        problems[path] = findings(page, rules)
        if path == f"/{SITE}":
            page.evaluate("document.querySelectorAll('details.menu').forEach(one => { one.open = true })")
            problems[path + " with its menus open"] = findings(page, rules)
    lines = [f"{path}: {one}" for path, found in problems.items() for one in found]
    assert not lines, "\n".join(lines)


@pytest.mark.parametrize("system", ["light", "dark"])
@pytest.mark.parametrize("theme", ["light", "dark", "system"])
def test_the_theme_is_the_system_s_or_the_chosen_one(
    chromium: Chromium, address: str, user: str, system: Any, theme: str
) -> None:
    page = chromium.new_context(color_scheme=system, locale="en").new_page()
    page.goto(f"{address}/sign-in")
    page.get_by_role("button", name=theme.capitalize()).click()
    page.goto(f"{address}/forgotten-password")
    assert page.get_by_role("button", name=theme.capitalize()).get_attribute("aria-current") == "true"
    dark = (system if theme == "system" else theme) == "dark"
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == ("rgb(18, 21, 26)" if dark else "rgb(251, 250, 247)")


def test_a_theme_that_does_not_exist_is_refused(signed_in: Browser, site: str) -> None:
    assert signed_in.post("/theme", form="/sites/add", theme="sepia").status_code == 404
    assert signed_in.post("/theme", form="/sites/add", theme="dark", next="//evil.example").location == "/"


def test_focus_stays_at_the_panel_of_a_filter_that_the_keyboard_chose(
    chromium: Chromium, address: str, site: str, signed_in: Browser, company_visit: Callable[..., None]
) -> None:
    company_visit("/a", "/tarifs", source="LinkedIn")
    context = chromium.new_context(locale="en")
    cookie = signed_in.client.get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
    page = context.new_page()
    page.goto(f"{address}/{SITE}")
    page.locator("#panel-sources a.row-label").first.focus()
    page.keyboard.press("Enter")
    page.locator(".chip").wait_for()
    assert page.evaluate("document.activeElement.closest('[data-panel]')?.id") == "panel-sources"
    page.locator(".chip a").focus()
    page.keyboard.press("Enter")
    page.locator(".chip").wait_for(state="detached")
    assert page.evaluate("document.activeElement.closest('.bar') !== null")


def test_a_printed_page_has_no_menus_and_nothing_moves_where_that_is_asked(
    chromium: Chromium, address: str, site: str, signed_in: Browser
) -> None:
    context = chromium.new_context(locale="en", reduced_motion="reduce")
    cookie = signed_in.client.get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
    page = context.new_page()
    page.goto(f"{address}/{SITE}/setup")
    moving = "[...document.querySelectorAll('*')].filter(one => getComputedStyle(one).animationName != 'none').length"
    assert page.evaluate(moving) == 0
    page.emulate_media(media="print")
    assert not page.locator(".nav").is_visible()
    assert not page.locator("details.menu").first.is_visible()
    assert page.locator("h1:visible").count() == 1
