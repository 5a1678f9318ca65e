"""A newcomer's first day in a real browser against a real service, in both languages, on a desktop and a phone's width.

First user, site, a wrong data-domain told within ten seconds, the right one green, the network database fetched from a
stand-in, a test message received. Inviting others is in tests/dashboards/web/people/test_in_browser.py.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from dashboards.presentation.unknown_sites import describe_unknown_site
from dashboards.translations import translate
from tests.mail_server import Mailbox, mail_server
from tests.mmdb import write_asn, write_city
from tests.reference.geo.publisher import Publisher, gzipped
from tests.running_service import RunningService
from tests.test_whole_path import _Quiet
from tracker.clock import utc_now
from tracker.stats.hosts import UnknownSite

NewContext = Callable[..., BrowserContext]
EMAIL, PASSWORD = "anna@example.fr", "un mot de passe assez long"
WIDTHS = (1280, 390)
# Whether a whole page says so: between two pages there is no form either.
FETCHED = """() => document.readyState === "complete" && document.querySelector("#checklist")
    && !document.querySelector("#checklist form[action='/status/geo']")"""
MISNAMED = UnknownSite("lokalhost.example", "localhost", 1)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as started:
        yield started


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[Publisher]:
    """Publishes DB-IP's two databases of this month, built yesterday."""
    built_at = int(utc_now().timestamp()) - 86_400
    made = {
        "city": write_city(tmp_path / "city", database_type="DBIP-City-Lite", built_at=built_at),
        "asn": write_asn(tmp_path / "asn", database_type="DBIP-ASN-Lite (compat=GeoLite2-ASN)", built_at=built_at),
    }
    with Publisher() as running:
        for name, path in made.items():
            running.answers[f"/free/dbip-{name}-lite-{utc_now():%Y-%m}.mmdb.gz"] = gzipped(path.read_bytes())
        yield running


@pytest.fixture
def service(tmp_path: Path, mailbox: Mailbox, publisher: Publisher) -> Iterator[RunningService]:
    settings = {"WEBLEADS_SMTP_URL": mailbox.url, "WEBLEADS_MAIL_FROM": "Stats <stats@example.fr>"}
    running = RunningService(tmp_path / "data", WEBLEADS_GEO_MIRROR=publisher.url, **settings).start()
    yield running
    running.stop()


@pytest.fixture
def blog(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "blog").mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path / "blog")))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


def visit(new_visitor: NewContext, blog: str, folder: Path, snippet: str) -> None:
    """Puts a snippet on a page and opens it as a visitor."""
    (folder / "a.html").write_text(f"<!doctype html><title>Un article</title>{snippet}<p>Bonjour", encoding="utf-8")
    new_visitor().new_page().goto(f"{blog}/a.html")


def look(page: Page, name: str) -> None:
    """Nothing is wider than the screen, at any width."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})


@pytest.mark.long
@pytest.mark.parametrize("locale", ["en-GB", "fr-FR"])
def test_a_newcomer_s_first_day(
    new_context: NewContext,
    new_visitor: NewContext,
    service: RunningService,
    blog: str,
    mailbox: Mailbox,
    tmp_path: Path,
    locale: str,
) -> None:
    language, page = locale[:2], new_context(locale=locale).new_page()
    link = re.search(r"/setup/\S+", service.log.read_text())
    assert link is not None
    page.goto(service.url + link[0])
    look(page, "1-welcome")
    page.fill("input[name=email]", EMAIL)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/sites/add")
    look(page, "2-add-site")
    page.fill("input[name=domain]", "localhost")
    page.press("input[name=domain]", "Enter")
    page.wait_for_url("**/localhost/setup")
    snippet = page.inner_text("#snippet")
    assert 'data-domain="localhost"' in snippet

    visit(new_visitor, blog, tmp_path / "blog", snippet.replace('"localhost"', '"lokalhost.example"'))
    page.get_by_text(describe_unknown_site(language, MISNAMED, "localhost")).wait_for(timeout=60_000)
    look(page, "3-wrong-domain")
    visit(new_visitor, blog, tmp_path / "blog", snippet)
    page.locator(".waiting-done").wait_for(timeout=60_000)
    page.get_by_role("heading", name=translate(language, "%(site)s is counted", site="localhost")).wait_for()
    assert page.inner_text("[data-page]") == "/a.html"
    look(page, "4-counted")

    page.goto(f"{service.url}/localhost")
    look(page, "5-checklist")
    page.click("#checklist form[action='/status/test-mail'] button")
    page.locator(".note", has_text=EMAIL).wait_for(timeout=60_000)
    subject = translate(language, "Test message from the web statistics")
    assert [(one["To"], one["Subject"]) for one in mailbox.messages] == [(EMAIL, subject)]
    page.click("#checklist form[action='/status/geo'] button")
    page.wait_for_function(FETCHED, timeout=60_000)
    assert sorted(path.name for path in (service.data / "geo").glob("*.mmdb")) == [
        "dbip-asn-lite.mmdb",
        "dbip-city-lite.mmdb",
    ]
    look(page, "6-after")
    page.goto(f"{service.url}/status")
    look(page, "7-status")
    page.goto(f"{service.url}/status/diagnosis")
    look(page, "8-diagnosis")
