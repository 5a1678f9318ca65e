"""What the pages do in a real browser: time zone, a tab opened offline, print, databases that are here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route

from tests.dashboards.web.conftest import SITE
from tests.mmdb import write_asn


@pytest.fixture
def page(own_context: Callable[..., BrowserContext]) -> Page:
    return own_context(locale="en-US", timezone_id="America/Denver").new_page()


def test_a_new_site_has_the_browser_s_time_zone_and_a_letter_searches(page: Page, address: str) -> None:
    page.goto(f"{address}/sites/add")
    zone = page.locator("input[name=time_zone]")
    assert zone.input_value() == "America/Denver"
    zone.focus()
    page.keyboard.type("Par")
    assert zone.input_value() == "Par"


def test_a_tab_that_is_opened_offline_leaves_the_page_and_says_so(
    page: Page, address: str, site: str, visit: Callable[..., None]
) -> None:
    visit("/a", source="Google")
    page.goto(f"{address}/{SITE}")
    page.context.set_offline(True)
    page.click("#panel-sources .tabs a:nth-child(2)")
    page.locator("#panel-sources .panel-unreached").wait_for()
    assert "Google" in page.inner_text("#panel-sources")
    assert page.locator("#panel-sources[aria-busy]").count() == 0
    page.context.set_offline(False)
    page.click("#panel-sources .tabs a:nth-child(2)")
    page.locator("#panel-sources .tabs a:nth-child(2)[aria-current]").wait_for()
    assert page.locator("#panel-sources .panel-unreached").count() == 0


def test_databases_that_came_while_the_page_was_made_renew_it(
    page: Page, address: str, site: str, tmp_path: Path
) -> None:
    def put_there(route: Route) -> None:
        (tmp_path / "geo").mkdir(exist_ok=True)
        write_asn(tmp_path / "geo" / "dbip-asn-lite.mmdb")
        route.continue_()

    page.route("**/status/geo", put_there)
    page.goto(f"{address}/{SITE}", wait_until="commit")
    page.locator("form[action='/status/geo']").wait_for(state="attached")
    page.locator("form[action='/status/geo']").wait_for(state="detached")


def test_a_printed_page_names_the_site_and_the_period_and_has_no_buttons(
    page: Page, address: str, site: str, visit: Callable[..., None]
) -> None:
    visit("/a")
    page.goto(f"{address}/{SITE}/leads")
    page.emulate_media(media="print")
    shown = page.locator("body").inner_text()
    assert SITE in shown
    assert "Last 30 days" in shown
    assert not page.locator(".chip-add, .arrow, .menu-body, button").filter(visible=True).count()
