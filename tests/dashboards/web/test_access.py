"""In a real browser, axe-core finds nothing on any page, and each fits its screen: at both widths, in both themes and languages.

Which pages there are is the routes' word (tests/dashboards/web/every_page.py). The dark theme has the same elements, so
that only its contrasts are looked at. The other language has the same colours and the same order of elements, so that
axe-core looks at it on one width without contrasts; that all of it fits is looked at in both. A menu that several pages
have is opened once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page

from dashboards import web
from dashboards.translations import catalogue
from tests.dashboards.web.conftest import SITE, Browser, Clock
from tests.dashboards.web.every_page import DOORS, NO_PAGE, PAGES, fill, first_user_link, working_links
from tests.dashboards.web.fitting import WIDTHS, misfits
from tracker.db.engine import AppDatabase

AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
# Those at which axe-core looks.
LOOKS = (1280, 390)
# No rule that looks at these pages reads style sheets or media: axe-core would fetch them for each look.
OPTIONS = {"resultTypes": ["violations"], "preload": False}
NO_CONTRASTS = OPTIONS | {"rules": {"color-contrast": {"enabled": False}}}
ONLY_CONTRASTS = OPTIONS | {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
RUN_AXE = "([place, options]) => axe.run(place, options).then(r => r.violations.flatMap(v => v.nodes.map(n => [v.id, n.html.slice(0, 160), n.failureSummary.slice(0, 200)])))"
FOLDED = "document.querySelectorAll('main details:not(.menu):not([open])').length"
UNFOLD = "document.querySelectorAll('main details:not(.menu)').forEach(one => { one.open = true })"
TEMPLATES = Path(web.__file__).with_name("templates")
LABELLED = re.compile(r"""aria-label="\{\{ _\('([^']+)'[^}]*\}\}">\{\{ _\("([^"]+)"\) \}\}</(?:button|summary|a)>""")
OPEN_MENU = """menu => {
  for (const one of document.querySelectorAll('details.menu')) one.open = one === menu;
  return menu.className + ' ' + (menu.firstElementChild.ariaLabel ?? menu.firstElementChild.textContent.trim());
}"""


def test_every_route_is_a_page_that_is_looked_at_or_no_page(app: Flask) -> None:
    shown = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert shown == {*PAGES, *DOORS, *NO_PAGE}


def test_every_page_is_of_the_route_that_it_stands_for(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    for endpoint, paths in PAGES.items():
        assert {adapter.match(path.partition("?")[0])[0] for path in paths} == {endpoint}


def test_every_page_of_a_site_says_of_which_part_it_is(
    request: pytest.FixtureRequest, site: str, signed_in: Browser
) -> None:
    fill(signed_in, *map(request.getfixturevalue, ("store", "clock", "visit", "company_visit")))
    anywhere = {"filters.show"}
    for path in [paths[0] for name, paths in PAGES.items() if name not in anywhere and paths[0].startswith(f"/{SITE}")]:
        navigation = re.search(r'<nav class="nav".*?</nav>', signed_in.get(path).text, re.DOTALL)
        assert navigation is not None
        assert navigation[0].count("aria-current") == 1, path


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_a_control_is_called_begins_with_the_words_that_are_seen_on_it(language: str) -> None:
    """Whoever speaks to the browser says what they see."""
    look_up = catalogue(language).gettext
    labelled = [
        found
        for template in TEMPLATES.glob("*.html")
        for found in LABELLED.findall(template.read_text(encoding="utf-8"))
    ]
    assert len(labelled) > 10
    assert [(label, text) for label, text in labelled if look_up(text).lower() not in look_up(label).lower()] == []


def findings(page: Page) -> list[Any]:
    """What axe-core finds on the page as it stands, at both widths and in both themes."""
    found: list[Any] = []
    for width in LOOKS:
        narrow(page, width)
        found += seen(page)
    return found


def narrow(page: Page, width: int) -> None:
    """Gives the page a screen of this width."""
    page.set_viewport_size({"width": width, "height": 844})


def seen(page: Page, selector: str = "html", *, contrasts: bool = True) -> list[Any]:
    """What axe-core finds in a part of the page at the width that it has: with contrasts in both themes, else in one."""
    if page.evaluate("typeof axe") == "undefined":  # a page of another context than a walk's
        page.evaluate(AXE.read_text(encoding="utf-8"))
    themes: dict[Literal["light", "dark"], Any] = {"light": OPTIONS, "dark": ONLY_CONTRASTS}
    found: list[Any] = []
    for theme, options in themes.items() if contrasts else [("light", NO_CONTRASTS)]:
        page.emulate_media(color_scheme=theme)
        found += [(page.viewport_size, theme, *one) for one in page.evaluate(RUN_AXE, [selector, options])]
    return found


class Walk:
    """Pages opened one after another in one tab, and what was found on them."""

    def __init__(self, page: Page, address: str, *, contrasts: bool) -> None:
        self.page, self.address, self._contrasts = page, address, contrasts
        self._looks = LOOKS if contrasts else LOOKS[:1]
        self.problems: list[str] = []
        self._menus: set[str] = set()

    def open(self, path: str, status: int = 200) -> None:
        answer = self.page.goto(self.address + path)
        assert answer is not None
        assert answer.status == status, path
        self.look(path)

    def look(self, name: str) -> None:
        """The page as it comes and with all that it folds away open, then each of its menus alone, as a person opens them."""
        if self.page.evaluate(FOLDED):
            for width in WIDTHS:
                narrow(self.page, width)
                self._note(name, misfits(self.page, width))
            self.page.evaluate(UNFOLD)
        for width in sorted({*WIDTHS, *self._looks}, reverse=True):
            narrow(self.page, width)
            self._note(name, misfits(self.page, width) if width in WIDTHS else [])
            self._note(name, self._seen() if width in self._looks else [])
        for menu in self.page.locator("details.menu:visible").all():
            label = menu.evaluate(OPEN_MENU)
            if label not in self._menus:
                self._menus.add(label)
                for width in self._looks:
                    narrow(self.page, width)
                    self._note(f"{name}, {label}", self._seen(".menu[open] > :not(summary)"))

    def _seen(self, selector: str = "html") -> list[Any]:
        return seen(self.page, selector, contrasts=self._contrasts)

    def _note(self, name: str, problems: list[Any]) -> None:
        self.problems += [f"{name}: {one}" for one in problems]


@pytest.fixture(params=["fr", "en"])
def walk(request: pytest.FixtureRequest, new_context: Callable[..., BrowserContext], address: str) -> Walk:
    """A walk of somebody who is not signed in, to begin with."""
    context = new_context(locale=request.param, reduced_motion="reduce")
    context.add_init_script(path=AXE)  # half a megabyte, sent to the browser once and not for each page
    return Walk(context.new_page(), address, contrasts=request.param == "fr")


@pytest.mark.long
def test_axe_finds_nothing_and_every_page_fits(
    walk: Walk, site: str, database: AppDatabase, clock: Clock, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    walk.open("/sign-in")
    walk.open(first_user_link(database, clock))
    browser: Browser = request.getfixturevalue("signed_in")
    fill(browser, *map(request.getfixturevalue, ("store", "clock", "visit", "company_visit")))
    for path, status in DOORS.values():
        walk.open(path, status)
    for path in working_links(database, clock, tmp_path):
        walk.open(path)
    cookie = browser.client.get_cookie("session")
    assert cookie is not None
    walk.page.context.add_cookies([{"name": "session", "value": cookie.value, "url": walk.address}])
    for path in [path for paths in PAGES.values() for path in paths]:
        walk.open(path)
    answers(walk)
    assert not walk.problems, "\n".join(walk.problems)


def answers(walk: Walk) -> None:
    """Pages that only a form leads to."""
    walk.page.goto(f"{walk.address}/identify")
    walk.page.fill("[name=of]", "192.0.2.48")
    walk.page.press("[name=of]", "Enter")
    walk.page.wait_for_selector(".found")
    walk.look("an address that was identified")
    walk.page.goto(f"{walk.address}/sites/add")
    walk.page.fill("[name=domain]", "blog")
    walk.page.press("[name=domain]", "Enter")
    walk.page.wait_for_selector("[aria-invalid=true]")
    walk.look("a form that was refused")
    walk.page.goto(f"{walk.address}/{SITE}/lists")
    file = {"name": "liste.csv", "mimeType": "text/csv", "buffer": b"armor.example\nnobody.example\n=1+1\n"}
    walk.page.set_input_files("[name=file]", [file])  # type: ignore[list-item]
    walk.page.fill("[name=name]", "Salon")
    walk.page.press("[name=name]", "Enter")
    walk.page.wait_for_selector("main details.more")
    walk.look("a list that was read")


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
    page.wait_for_function("document.activeElement.closest('[data-panel]')?.id == 'panel-sources'")
    page.locator(".chip a[aria-label]").focus()
    page.keyboard.press("Enter")
    page.locator(".chip").wait_for(state="detached")
    page.wait_for_function("document.activeElement.closest('.bar') !== null")


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
