"""A blog with the snippet, a service that records, and readers with real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

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


@pytest.fixture(scope="session")
def browser(headless_shell: Browser) -> Browser:
    """The recording service does not mind what a browser says of itself."""
    return headless_shell


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
    context = browser.new_context(locale="en-GB")  # the headless shell has none of its own
    yield context
    context.close()


@pytest.fixture(scope="session")
def shared_context(browser: Browser) -> Iterator[BrowserContext]:
    """One for all pages that leave nothing in it, as `page` holds; each blog is an origin of its own."""
    context = browser.new_context(locale="en-GB")
    yield context
    context.close()


@pytest.fixture
def page(request: pytest.FixtureRequest) -> Iterator[Page]:
    """A reader's page. Whatever the test, nothing may be thrown at the page and nothing left in the browser.

    A test that changes the clock or the network of its context asks for a `context` of its own: a page in one that is
    there takes half of the processor's time.
    """
    own = "context" in request.fixturenames
    context: BrowserContext = request.getfixturevalue("context" if own else "shared_context")
    with closing(context.new_page()) as page:
        thrown: list[str] = []
        page.on("pageerror", lambda error: thrown.append(str(error)))
        yield page
        if page.url.startswith("http"):
            assert page.evaluate(STORED) == ["", 0, 0, 0]
        assert context.cookies() == []
        assert thrown == []
