"""A blog with the snippet, a service that records, and readers with real Chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from tests.chromium import PlainChromium, find_chromium
from tests.snippet.servers import ASSETS, Blog, Service

# What a site could have left in the browser. A page whose storage is closed to it can have left nothing.
STORED = """async () => {
  try {
    return [document.cookie, localStorage.length, sessionStorage.length, (await indexedDB.databases()).length];
  } catch (error) {
    return ["", 0, 0, 0];
  }
}"""


@pytest.fixture(scope="session", autouse=True)
def built_snippet() -> None:
    if not (ASSETS / "webleads.js").exists():
        pytest.fail("the snippet is not built: run `npm ci && npm run build`")


@pytest.fixture(scope="session")
def plain_browser(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlainChromium]:
    program = find_chromium() or playwright.chromium.executable_path
    with PlainChromium(program, tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    yield service
    service.stop()


@pytest.fixture
def blog(service: Service) -> Iterator[Blog]:
    blog = Blog(service)
    yield blog
    blog.stop()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A reader's page. Whatever the test, nothing may be thrown at the page and nothing left in the browser."""
    page = context.new_page()
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    yield page
    if page.url.startswith("http"):
        assert page.evaluate(STORED) == ["", 0, 0, 0]
    assert context.cookies() == []
    assert thrown == []
