"""In a real browser, axe-core finds nothing on any page: at both widths, in both themes and languages.

The dark theme has the same elements, so that only its contrasts are looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.dashboards.web.conftest import EMAIL, SITE, Browser, Clock
from tracker.accounts.invitations import invite
from tracker.accounts.one_time_links import create_link
from tracker.accounts.password_resets import reset_token
from tracker.accounts.users import find_user_by_email
from tracker.db.engine import AppDatabase

AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = (1280, 390)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
ONLY_CONTRASTS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
RUN_AXE = "options => axe.run(document, options).then(r => r.violations.flatMap(v => v.nodes.map(n => [v.id, n.html.slice(0, 160), n.failureSummary.slice(0, 200)])))"
COMPANY = "Coopérative agricole des Trois Vallées"
OPEN = ["/sign-in", "/forgotten-password", f"/opt-out/{SITE}", "/no-such-page", "/invitation/x", "/new-password/x"]
PAGES = [
    f"/{SITE}", f"/{SITE}?f=country:is:FR", f"/{SITE}?f=country:is:ZZ", f"/{SITE}/leads", f"/{SITE}/leads/{COMPANY}",
    f"/{SITE}/possible", f"/{SITE}/corrections", f"/{SITE}/not-counted", f"/{SITE}/settings", f"/{SITE}/settings/goals", f"/{SITE}/setup", f"/{SITE}/breakdown/page", "/sites", "/sites/add",
    f"/{SITE}/lists", f"/{SITE}/recipients", f"/{SITE}/work-settings", f"/{SITE}/fit", "/account", "/people", "/identify", "/status", "/nouveau.fr", "/nouveau.fr/setup",
]  # fmt: skip


def findings(page: Page) -> list[Any]:
    """What axe-core finds on the page as it stands, at both widths and in both themes, as (rule, element) pairs."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[Any] = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            options = {"resultTypes": ["violations"]} | (ONLY_CONTRASTS if theme == "dark" else {})
            found += [(width, theme, *one) for one in page.evaluate(RUN_AXE, options)]
    return found


@pytest.mark.parametrize("language", ["fr", "en"])
def test_axe_finds_nothing(
    new_context: Callable[..., BrowserContext],
    own_context: Callable[..., BrowserContext],
    address: str,
    site: str,
    signed_in: Browser,
    company_visit: Callable[..., None],
    database: AppDatabase,
    clock: Clock,
    language: str,
) -> None:
    for hours in range(1, 12):
        company_visit("/a", "/tarifs", company=COMPANY, ago=timedelta(hours=20 * hours), source="LinkedIn")
    signed_in.post("/sites/add", domain="nouveau.fr", time_zone="Europe/Paris")
    user = find_user_by_email(database, EMAIL)
    assert user is not None
    links = ["/invitation/" + invite(database, "paul@exemple.fr", now=clock())[1], "/new-password/" + reset_token(database, user, now=clock())]  # fmt: skip
    create_link(database, "first-user", now=clock(), lasts=timedelta(days=7))
    page = new_context(locale=language).new_page()
    problems: dict[str, list[Any]] = {}
    for path in [*OPEN, *links]:
        page.goto(address + path)
        problems[path] = findings(page)
    page = own_context(locale=language).new_page()
    for path in PAGES:
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
        problems[path] = findings(page)
        if path == f"/{SITE}":
            page.evaluate("document.querySelectorAll('details.menu').forEach(one => { one.open = true })")
            problems[path + " with its menus open"] = findings(page)
    lines = [f"{path}: {one}" for path, found in problems.items() for one in found]
    assert not lines, "\n".join(lines)


@pytest.mark.parametrize("system", ["light", "dark"])
@pytest.mark.parametrize("theme", ["light", "dark", "system"])
def test_the_theme_is_the_system_s_or_the_chosen_one(
    new_context: Callable[..., BrowserContext], address: str, user: str, system: Any, theme: str
) -> None:
    page = new_context(color_scheme=system, locale="en").new_page()
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
    own_context: Callable[..., BrowserContext], address: str, site: str, company_visit: Callable[..., None]
) -> None:
    company_visit("/a", "/tarifs", source="LinkedIn")
    page = own_context(locale="en").new_page()
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
    own_context: Callable[..., BrowserContext], address: str, site: str
) -> None:
    page = own_context(locale="en", reduced_motion="reduce").new_page()
    page.goto(f"{address}/{SITE}/setup")
    moving = "[...document.querySelectorAll('*')].filter(one => getComputedStyle(one).animationName != 'none').length"
    assert page.evaluate(moving) == 0
    page.emulate_media(media="print")
    assert not page.locator(".nav").is_visible()
    assert not page.locator("details.menu").first.is_visible()
    assert page.locator("h1:visible").count() == 1
