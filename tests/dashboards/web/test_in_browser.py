"""What the pages' script does, in a real browser: the browser's time zone, and a tab that is opened offline."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Playwright

from tests.chromium import ARGUMENTS, find_chromium
from tests.dashboards.web.conftest import SITE, Browser
from tests.dashboards.web.test_widths import address  # noqa: F401 - a fixture


@pytest.fixture
def page(playwright: Playwright, address: str, signed_in: Browser):  # type: ignore[no-untyped-def]  # noqa: F811
    chromium = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
    context = chromium.new_context(locale="en-US", timezone_id="America/Denver")
    cookie = signed_in.client.get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
    yield context.new_page()
    chromium.close()


def test_a_new_site_has_the_browser_s_time_zone_and_a_letter_searches(page, address: str) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    page.goto(f"{address}/sites/add")
    zone = page.locator("input[name=time_zone]")
    assert zone.input_value() == "America/Denver"
    zone.focus()
    page.keyboard.type("Par")
    assert zone.input_value() == "Par"


def test_a_tab_that_is_opened_offline_leaves_the_page_and_says_so(
    page,  # type: ignore[no-untyped-def]
    address: str,  # noqa: F811
    site: str,
    visit: Callable[..., None],
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
