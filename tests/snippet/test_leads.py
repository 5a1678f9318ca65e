"""The leads module: nothing without consent, what the reader said with it, nothing again after withdrawal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.snippet.conftest import STORED
from tests.snippet.servers import Blog, Service

FORM = """<form name=news data-identify onsubmit="event.preventDefault()">
  <input name=company value="Acme Conseil"><input type=email name=mail value="lea@acme.fr">
  <input type=checkbox name=agree data-consent><button id=send>send</button></form>"""
EMPTY = ["", 0, 0, 0]


@pytest.fixture
def reader(context: BrowserContext) -> Iterator[Page]:
    """A page at which nothing may be thrown; what may be stored is each test's own matter."""
    page = context.new_page()
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    yield page
    assert context.cookies() == []
    assert thrown == []


def article(blog: Blog, body: str = "", *, leads: str = "", head: str = "") -> str:
    module = f'<script defer {leads} src="{blog.service.origin}/js/webleads-leads.js"></script>'
    return blog.put("/one", blog.article(body, head=head + module))


def words(event: dict[str, Any]) -> dict[str, Any]:
    return {key: event[key] for key in ("consent", "vid", "email", "company", "token") if key in event}


def test_without_consent_nothing_is_stored_and_nothing_said(reader: Page, blog: Blog, service: Service) -> None:
    reader.goto(article(blog, FORM) + "?wl=abc.def")
    service.wait_for("pageview")
    reader.evaluate("webleads.identify({email: 'lea@acme.fr', company: 'Acme'})")
    reader.click("#send")
    service.wait_for("Form: Submission")

    assert all(words(event) == {} for event in service.settle())
    assert not any(b"acme" in request.body or b"abc.def" in request.body for request in service.requests)
    assert reader.evaluate(STORED) == EMPTY


def test_with_consent_an_identified_reader_is_told_once_and_known_on_later_pages(
    reader: Page, blog: Blog, service: Service
) -> None:
    reader.goto(article(blog))
    service.wait_for("pageview")
    reader.evaluate("webleads.consent(true); webleads.identify({email: 'lea@acme.fr', company: 'Acme', phone: '06'})")
    [event] = service.wait_for("Identify")
    assert words(event) == {"consent": 1, "vid": event["vid"], "email": "lea@acme.fr", "company": "Acme"}
    assert (event["interactive"], "phone" in event) == (False, False)

    reader.goto(blog.origin + "/one")
    later = service.wait_for("pageview", 2)[1]
    assert words(later) == {"consent": 1, "vid": event["vid"], "email": "@acme.fr", "company": "Acme"}
    assert "lea@" not in json.dumps(reader.evaluate("({...localStorage})"))


def test_withdrawal_removes_what_was_stored_and_said(reader: Page, blog: Blog, service: Service) -> None:
    reader.goto(article(blog))
    service.wait_for("pageview")
    reader.evaluate("webleads.consent(true); webleads.identify({email: 'lea@acme.fr'})")
    service.wait_for("Identify")
    assert reader.evaluate("Object.keys(localStorage)") == ["webleadsId"]
    reader.evaluate("webleads.consent(false); webleads('After')")

    assert words(service.wait_for("After")[0]) == {}
    assert reader.evaluate(STORED) == EMPTY
    reader.goto(blog.origin + "/one")
    assert words(service.wait_for("pageview", 2)[1]) == {}


def test_what_a_form_says_waits_for_consent_and_then_counts(reader: Page, blog: Blog, service: Service) -> None:
    reader.goto(article(blog, FORM))
    service.wait_for("pageview")
    reader.click("#send")
    service.wait_for("Form: Submission")
    assert service.events("Identify") == []
    reader.evaluate("webleads.consent(true)")

    [event] = service.wait_for("Identify")
    assert (event["email"], event["company"]) == ("lea@acme.fr", "Acme Conseil")


def test_a_form_s_own_checkbox_is_consent(reader: Page, blog: Blog, service: Service) -> None:
    reader.goto(article(blog, FORM))
    service.wait_for("pageview")
    reader.check("[data-consent]")
    reader.click("#send")

    [event] = service.wait_for("Identify")
    assert words(event) == {"consent": 1, "vid": event["vid"], "email": "lea@acme.fr", "company": "Acme Conseil"}


def test_a_form_without_the_attribute_says_nothing(reader: Page, blog: Blog, service: Service) -> None:
    reader.goto(article(blog, FORM.replace("data-identify", ""), leads="data-consent=given"))
    service.wait_for("pageview")
    reader.click("#send")
    service.wait_for("Form: Submission")
    service.settle()

    assert service.events("Identify") == []
    assert not any(b"acme" in request.body for request in service.requests)


@pytest.mark.parametrize(
    ("query", "left"),
    [("?wl=abc.d-_f", ""), ("?wl=abc.d-_f&utm_source=x#y", "?utm_source=x#y"), ("?a=1&wl=abc.d-_f&b=2", "?a=1&b=2")],
)
def test_the_token_of_a_link_counts_with_consent_and_leaves_the_address(
    query: str, left: str, reader: Page, blog: Blog, service: Service
) -> None:
    reader.goto(article(blog, leads="data-consent=given") + query)
    [event] = service.wait_for("pageview")

    assert words(event) == {"consent": 1, "vid": event["vid"], "token": "abc.d-_f"}
    assert event["u"] == blog.origin + "/one" + left.partition("#")[0]
    assert reader.url == blog.origin + "/one" + left
    service.settle()
    service.wait_for("pageview", 1)


def test_a_token_waits_for_consent(reader: Page, blog: Blog, service: Service) -> None:
    reader.goto(article(blog) + "?wl=abc.def")
    assert words(service.wait_for("pageview")[0]) == {}
    reader.evaluate("webleads.consent(true)")

    assert service.wait_for("Identify")[0]["token"] == "abc.def"


def test_an_id_lives_thirteen_months_at_most(reader: Page, blog: Blog, service: Service) -> None:
    reader.add_init_script("localStorage.webleadsId ||= JSON.stringify({id: 'old', at: Date.now() - 396 * 864e5})")
    reader.goto(article(blog))

    assert words(service.wait_for("pageview")[0]) == {}
    assert reader.evaluate(STORED) == EMPTY


def test_who_opted_out_is_not_identified(reader: Page, blog: Blog, service: Service) -> None:
    reader.add_init_script("localStorage.webleads = 1")
    reader.goto(article(blog, leads="data-consent=given"))
    reader.evaluate("webleads.identify({email: 'lea@acme.fr'})")

    assert service.settle() == []
    assert reader.evaluate("Object.keys(localStorage)") == ["webleads"]


def test_the_module_may_come_after_the_snippet(reader: Page, blog: Blog, service: Service) -> None:
    module = f'<script defer data-consent=given src="{service.origin}/js/webleads-leads.js"></script>'
    reader.goto(blog.put("/one", blog.article(module * 2)) + "?wl=abc.def")
    service.wait_for("pageview")

    assert service.wait_for("Identify")[0]["token"] == "abc.def"
    service.settle()
    service.wait_for("pageview", 1)


def test_where_storage_is_closed_consent_lasts_as_long_as_the_page(reader: Page, blog: Blog, service: Service) -> None:
    address = article(blog, leads="data-consent=given")
    reader.goto(blog.put("/frame", f"<!doctype html><iframe sandbox=allow-scripts src='{address}'></iframe>"))

    assert words(service.wait_for("pageview")[0])["consent"] == 1
