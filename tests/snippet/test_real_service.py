"""The snippet against a real service and its store: what was done on a page is what is counted, with its time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import BrowserContext, Page

from tests.running_service import ForkedService, RunningService, webleads
from tests.snippet.servers import Blog


class RealBlog(Blog):
    """The blog of a site that the real service counts."""

    def __init__(self, service: RunningService) -> None:
        self.address = service.url
        super().__init__(None)  # type: ignore[arg-type]  # there is no recording service here

    def snippet(self, attributes: str = "") -> str:
        return f'<script defer data-domain="localhost" {attributes} src="{self.address}/js/webleads.js"></script>'


@pytest.fixture
def service(tmp_path: Path) -> Iterator[RunningService]:  # type: ignore[override]
    assert webleads("site", "add", "localhost", data=tmp_path / "data").returncode == 0
    running = ForkedService(tmp_path / "data").start()
    yield running
    running.stop()


@pytest.fixture
def blog(service: RunningService) -> Iterator[RealBlog]:  # type: ignore[override]
    blog = RealBlog(service)
    yield blog
    blog.stop()


@pytest.fixture
def page(new_visitor: Callable[..., BrowserContext]) -> Page:  # type: ignore[override]
    return new_visitor().new_page()


def answered(page: Page, name: str = "pageview") -> Any:
    """What is done in it ends when the service has answered an event of that name."""
    return page.expect_response(
        lambda answer: answer.url.endswith("/api/event") and f'"n":"{name}"' in (answer.request.post_data or ""),
        timeout=60_000,
    )


def stored(service: RunningService, until: Any) -> list[dict[str, Any]]:
    """The stored events by time, once `until` of them holds; the service is stopped for it."""
    deadline = time.monotonic() + 120
    while True:
        events = service.data / "events.duckdb"
        service.wait_until_stored()
        service.stop()
        with duckdb.connect(str(events), read_only=True) as store:
            rows = store.sql("select * from events order by occurred_at").fetchall()
            names = [column[0] for column in store.description or store.sql("select * from events").description]
        found = [dict(zip(names, row, strict=True)) for row in rows]
        if until(found):
            return found
        assert time.monotonic() < deadline, found
        service.start()


def test_a_page_loaded_while_the_service_is_down_is_counted_once_with_the_time_it_was_loaded(
    page: Page, blog: RealBlog, service: RunningService
) -> None:
    with answered(page):
        page.goto(blog.origin + "/before")
    service.stop()
    page.goto(blog.origin + "/while-down")
    page.wait_for_function("typeof webleads == 'function'")
    loaded = page.evaluate("performance.timeOrigin + performance.getEntriesByType('navigation')[0].domInteractive")
    page.wait_for_timeout(1500)
    with answered(page) as taken:
        service.start()
    assert taken.value.status == 202
    page.wait_for_timeout(1000)

    found = stored(service, lambda events: any(one["path"] == "/while-down" for one in events))
    [event] = [one for one in found if (one["name"], one["path"]) == ("pageview", "/while-down")]
    # It was sent 5 s later at the earliest.
    assert abs(event["occurred_at"].replace(tzinfo=UTC).timestamp() - loaded / 1000) < 3
    assert [one["path"] for one in found if one["name"] == "pageview"] == ["/before", "/while-down"]


def test_clicks_forms_and_calls_are_stored_under_their_names(
    page: Page, blog: RealBlog, service: RunningService
) -> None:
    body = """<a href="mailto:contact@example.fr">m</a><a href="tel:+33123456789">t</a><a href="https://example.org/">o</a>
      <a href="/rapport.pdf">f</a><form name=contact><button>s</button></form>
      <script>for (const type of ["click", "submit"]) addEventListener(type, e => e.preventDefault());</script>"""
    page.goto(blog.put("/one", blog.article(body)))
    page.wait_for_function("typeof webleads == 'function'")
    page.evaluate("document.querySelectorAll('a').forEach(link => link.click())")
    page.evaluate("document.querySelector('form').requestSubmit()")
    page.evaluate("webleads('Buy', {props: {plan: 'pro'}, revenue: {amount: 9.5, currency: 'EUR'}})")

    names = {"Email: Click", "Phone: Click", "Outbound Link: Click", "File Download", "Form: Submission", "Buy"}
    service.wait_until_stored(len(names) + 1)
    found = stored(service, lambda events: len(events) >= len(names) + 1)
    assert {one["name"] for one in found} - {"engagement"} == names | {"pageview"}
    [bought] = [one for one in found if one["name"] == "Buy"]
    assert (bought["props"], bought["revenue"], bought["currency"]) == ('{"plan":"pro"}', 9.5, "EUR")


def test_a_reader_who_names_their_company_is_a_lead_with_the_visit(
    page: Page, blog: RealBlog, service: RunningService
) -> None:
    link = webleads("token", "--site", "localhost", "@acme-conseil.fr", data=service.data).stdout.strip().split(",")[1]
    module = f'<script defer src="{service.url}/js/webleads-leads.js"></script>'
    with answered(page):
        page.goto(blog.put("/one", blog.article(head=module)) + f"?wl={link}")
    page.wait_for_timeout(1000)  # said within a moment of the first page, the name was not always known
    with answered(page, "Identify"):
        page.evaluate("webleads.consent(true)")
    with answered(page):
        page.goto(blog.put("/two", blog.article(head=module)))

    found = stored(service, lambda events: any(one["path"] == "/two" for one in events))
    known = [(one["path"], one["name"], one["company"]) for one in found if one["name"] != "engagement"]
    assert known == [
        ("/one", "pageview", None),
        ("/one", "Identify", "Acme Conseil"),
        ("/two", "pageview", "Acme Conseil"),
    ]
    assert len({one["visit_id"] for one in found}) == 1
    assert sum(one["visits"] for one in found) == 1
    assert link not in str(found)
    leads = webleads("leads", "--site", "localhost", "--format", "csv", data=service.data).stdout
    assert "Acme Conseil" in leads


def test_the_opt_out_page_leads_to_the_blog_where_the_wish_is_kept(
    page: Page, blog: RealBlog, service: RunningService
) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{service.url}/opt-out/localhost")
    link = page.get_attribute("a[href*='webleads=off']", "href") or ""
    assert link == "https://localhost/?webleads=off"
    # The blog of this test has a port and no certificate.
    page.goto(link.replace("https://localhost", blog.origin))
    page.goto(blog.origin + "/one")
    page.wait_for_timeout(1000)

    assert page.evaluate("localStorage.webleads") == "1"
    assert stored(service, lambda events: True) == []


def test_a_map_that_is_dragged_is_one_page_view_and_a_listed_parameter_another(
    page: Page, blog: RealBlog, service: RunningService
) -> None:
    dragging = """<script>const drag = n => n < 25 && (history.replaceState(0, "", `?lat=${n}&utm_source=x`),
      setTimeout(drag, 120, n + 1));</script>"""
    with answered(page):
        page.goto(blog.put("/map", blog.article(dragging)) + "?utm_source=x")
    page.evaluate("drag(0)")
    page.wait_for_function("location.search.includes('lat=24')")
    page.wait_for_timeout(500)
    with answered(page, "pageview"):
        page.evaluate("history.pushState(0, '', '?p=12&lat=1')")
    with answered(page, "pageview"):
        page.evaluate("history.pushState(0, '', '?p=12&lat=2')")

    found = stored(service, lambda events: any(one["path"] == "/map?p=12" for one in events))
    views = [one for one in found if one["name"] == "pageview"]
    assert [(one["path"], one["bounces"], one["source"]) for one in views] == [("/map", 1, "X"), ("/map?p=12", -1, "X")]
