"""Readers who do not want to be counted, and publishers who leave themselves out: a link on the blog does it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page

from tests.snippet.servers import Blog, Service

LINKS = "<a id=off href='?webleads=off'>Do not count me</a> <a id=on href='?webleads=on'>Count me</a>"


@pytest.fixture
def said(page: Page) -> Iterator[list[str]]:
    said: list[str] = []

    def hear(dialog: Dialog) -> None:
        said.append(dialog.message)
        dialog.accept()

    page.on("dialog", hear)
    yield said
    page.evaluate("localStorage.clear()")


def test_a_reader_who_follows_the_link_is_told_and_counted_no_more(
    page: Page, context: BrowserContext, blog: Blog, service: Service, said: list[str]
) -> None:
    privacy = blog.put("/privacy", blog.article(LINKS))
    page.goto(privacy)
    service.wait_for("pageview")
    page.click("#off")
    page.wait_for_url("**/privacy?webleads=off")
    page.goto(blog.origin + "/one")
    page.evaluate("window.webleads && webleads('Call')")
    other = context.new_page()
    other.goto(blog.origin + "/two")

    # How long the first page was in front is told on leaving it.
    assert {event["u"] for event in service.settle(0.5)} == {privacy}
    assert {event["n"] for event in service.events()} <= {"pageview", "engagement"}
    service.wait_for("pageview", 1)
    assert said == ["webleads=off"]
    assert page.evaluate("({...localStorage})") == {"webleads": "1"}


def test_a_reader_who_changes_their_mind_is_counted_and_nothing_stays_in_the_browser(
    page: Page, blog: Blog, service: Service, said: list[str]
) -> None:
    blog.put("/privacy", blog.article(LINKS))
    page.goto(blog.origin + "/privacy?webleads=off")
    assert service.settle() == []
    page.click("#on")
    page.wait_for_url("**/privacy?webleads=on")
    page.wait_for_function("typeof webleads == 'function'")  # while Playwright waits, it answers what the page asks
    service.wait_for("pageview")

    assert said == ["webleads=off", "webleads=on"]
    assert page.evaluate("localStorage.length") == 0


def test_a_fragment_does_it_too(page: Page, blog: Blog, service: Service, said: list[str]) -> None:
    page.goto(blog.origin + "/one#webleads=off")

    assert service.settle() == []
    assert said == ["webleads=off"]


def test_the_link_does_no_harm_where_storage_is_closed(page: Page, blog: Blog, service: Service) -> None:
    framed = blog.put("/framed", blog.article())
    html = f"<!doctype html><title>x</title><iframe sandbox=allow-scripts src='{framed}?webleads=off'></iframe>"
    page.goto(blog.put("/one", html))

    service.wait_for("pageview")
