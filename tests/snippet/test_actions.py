"""What readers do on a page: links, files, mail and phone, forms, tagged elements, calls, pages that do not exist."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.snippet.servers import Blog, Service

# Neither links nor forms are followed, so that the page stays and what is sent can be looked at.
STAY = """<script>
  for (const type of ["click", "auxclick"]) addEventListener(type, e => e.target.closest("a") && e.preventDefault());
  addEventListener("submit", e => e.preventDefault());
</script>"""
FILES = (
    "pdf doc docx xls xlsx ppt pptx pps key txt rtf csv zip rar 7z gz exe dmg pkg "
    "avi mov mp3 mp4 mpeg mid midi wav wma wmv"
)


def act(page: Page, blog: Blog, service: Service, body: str, *, told: int = 1, **options: Any) -> list[dict[str, Any]]:
    """Opens an article with the body and clicks on its element #it. Returns the events beside the pageview.

    `told` is how many of them are to come.
    """
    page.goto(blog.put("/one", blog.article(body + STAY)))
    service.wait_for("pageview")
    page.locator("#it").click(**options)
    service.wait_until(lambda: len(acts(service)) >= told)
    service.settle()
    return acts(service)


def acts(service: Service) -> list[dict[str, Any]]:
    return [event for event in service.events() if event["n"] not in ("pageview", "engagement")]


@pytest.mark.parametrize(
    ("href", "name"),
    [
        pytest.param("https://example.org/a?b=c", "Outbound Link: Click", id="another site"),
        pytest.param("https://example.org/rapport.PDF", "File Download", id="a file elsewhere"),
        pytest.param("http://blog.invalid/notes.v2", "Outbound Link: Click", id="an ending that is no file's"),
        pytest.param("mailto:contact@example.fr?subject=x", "Outbound Link: Click", id="mail, which the server names"),
        pytest.param("tel:+33123456789", "Outbound Link: Click", id="phone, which the server names"),
    ],
)
def test_a_click_on_a_link_is_told_by_its_kind(href: str, name: str, page: Page, blog: Blog, service: Service) -> None:
    [event] = act(page, blog, service, f"<a href='{href}'><b id=it>go</b></a>")

    assert (event["n"], event["props"]) == (name, {"url": href})


def test_each_kind_of_file_is_a_download(page: Page, blog: Blog, service: Service) -> None:
    links = "".join(f"<a href='/files/it.{ending}?v=2'>{ending}</a> " for ending in FILES.split())
    page.goto(blog.put("/one", blog.article(links + STAY)))
    page.evaluate("document.querySelectorAll('a').forEach(link => link.click())")
    events = service.wait_for("File Download", len(FILES.split()))

    sent = {event["props"]["url"].removeprefix(f"{blog.origin}/files/it.").removesuffix("?v=2") for event in events}
    assert sent == set(FILES.split())


@pytest.mark.parametrize(
    "link",
    [
        pytest.param("<a id=it href='/two'>x</a>", id="a page of the site"),
        pytest.param("<a id=it href='/two.html'>x</a>", id="a page with an ending"),
        pytest.param("<a id=it href='#part'>x</a>", id="a part of the page"),
        pytest.param("<a id=it href='javascript:void 0'>x</a>", id="a script"),
        pytest.param("<a id=it>x</a>", id="an anchor without an address"),
        pytest.param("<button id=it>x</button>", id="a button"),
        pytest.param("<form><a><input id=it></a></form>", id="a field of a form"),
        pytest.param(
            "<svg><a href='https://example.org'><text id=it y=20>x</text></a></svg>", id="a link in a drawing"
        ),
    ],
)
def test_other_clicks_are_not_told(link: str, page: Page, blog: Blog, service: Service) -> None:
    assert act(page, blog, service, link, told=0) == []


def test_the_middle_button_follows_a_link_and_the_right_one_does_not(page: Page, blog: Blog, service: Service) -> None:
    link = "<a id=it href='https://example.org/'>x</a>"
    assert [event["n"] for event in act(page, blog, service, link, button="middle")] == ["Outbound Link: Click"]
    service.requests.clear()
    assert act(page, blog, service, link, button="right", told=0) == []


def test_an_outbound_click_is_kept_when_the_page_goes_away(page: Page, blog: Blog, service: Service) -> None:
    elsewhere = Blog(service)
    page.goto(blog.put("/one", blog.article(f"<a id=it href='{elsewhere.origin}/two'>x</a>")))
    service.wait_for("pageview")
    page.click("#it")
    page.wait_for_url(elsewhere.origin + "/two")
    elsewhere.stop()

    assert service.wait_for("Outbound Link: Click")[0]["u"] == blog.origin + "/one"


@pytest.mark.parametrize(
    ("attributes", "form"),
    [
        pytest.param("name=contact id=form-7", "contact", id="named"),
        pytest.param("id=form-7", "form-7", id="with an id"),
        pytest.param("", None, id="nameless"),
    ],
)
def test_a_form_is_told_by_its_name_and_never_by_its_contents(
    attributes: str, form: str | None, page: Page, blog: Blog, service: Service
) -> None:
    fields = "<input name=name value=Secret><input name=id value=Secret><input name=email value=secret@example.org>"
    body = f"<form {attributes} action='/send'>{fields}<button id=it>send</button></form>"
    [event] = act(page, blog, service, body)

    assert (event["n"], event["props"]) == ("Form: Submission", {"form": form})
    assert not any(b"ecret" in request.body for request in service.requests)


def test_a_form_that_the_browser_finds_invalid_is_not_told(page: Page, blog: Blog, service: Service) -> None:
    assert act(page, blog, service, "<form><input required><button id=it>send</button></form>", told=0) == []


def test_a_tagged_element_sends_its_event_with_properties_and_revenue(page: Page, blog: Blog, service: Service) -> None:
    tag = "data-webleads=Buy data-webleads-plan=Pro data-webleads-seat-count=3"
    tag += " data-webleads-amount=29.90 data-webleads-currency=EUR"
    [event] = act(page, blog, service, f"<div {tag}><button id=it data-other=no>x</button></div>")

    assert event["n"] == "Buy"
    assert event["props"] == {"plan": "Pro", "seat-count": "3", "amount": "29.90", "currency": "EUR"}
    assert (event["revenue"]["amount"], event["revenue"]["currency"]) == ("29.90", "EUR")


def test_a_tagged_link_sends_its_own_event_in_place_of_the_outbound_one(
    page: Page, blog: Blog, service: Service
) -> None:
    [event] = act(page, blog, service, "<a id=it data-webleads=Partner href='https://example.org/'>x</a>")

    assert (event["n"], event["props"]) == ("Partner", {"url": "https://example.org/"})


def test_a_link_in_a_tagged_block_sends_both(page: Page, blog: Blog, service: Service) -> None:
    block = "<div data-webleads=Banner><a id=it href='https://example.org/'>x</a></div>"
    events = act(page, blog, service, block, told=2)

    assert sorted(event["n"] for event in events) == ["Banner", "Outbound Link: Click"]


def test_a_tagged_form_sends_its_event_when_it_is_sent_and_not_when_it_is_clicked(
    page: Page, blog: Blog, service: Service
) -> None:
    form = "<form name=news data-webleads=Newsletter><input id={0}><button id={1}>x</button></form>"
    assert act(page, blog, service, form.format("it", "that"), told=0) == []
    service.requests.clear()
    [event] = act(page, blog, service, form.format("that", "it"))

    assert (event["n"], event["props"]["form"]) == ("Newsletter", "news")


def test_a_call_sends_an_event_with_properties_and_revenue(page: Page, blog: Blog, service: Service) -> None:
    page.goto(blog.origin + "/one")
    service.wait_for("pageview")
    page.evaluate(
        "webleads('Signup', {props: {plan: 'pro'}, revenue: {amount: 9.5, currency: 'EUR'}, interactive: false})"
    )
    [event] = service.wait_for("Signup")

    assert event["u"] == blog.origin + "/one"
    assert event["props"] == {"plan": "pro"}
    assert event["revenue"] == {"amount": 9.5, "currency": "EUR"}
    assert event["interactive"] is False


def test_a_call_tells_of_the_page_that_is_shown(page: Page, blog: Blog, service: Service) -> None:
    page.goto(blog.origin + "/one")
    service.wait_for("pageview")
    page.evaluate("history.pushState(0, '', '/two'); webleads('Step')")

    assert service.wait_for("Step")[0]["u"] == blog.origin + "/two"


def test_calls_made_before_the_script_has_loaded_follow_the_pageview(page: Page, blog: Blog, service: Service) -> None:
    stub = "<script>window.webleads=window.webleads||function(){(webleads.q=webleads.q||[]).push(arguments)}</script>"
    calls = "<script>webleads('First', {props: {a: 'b'}}); webleads('Second')</script>"
    page.goto(blog.put("/one", blog.article(head=stub + calls)))
    service.wait_for("Second")

    assert service.wait_for("First")[0]["props"] == {"a": "b"}
    assert len(service.wait_for("pageview")) == 1


def test_a_stub_that_was_never_called_does_no_harm(page: Page, blog: Blog, service: Service) -> None:
    stub = "<script>window.webleads=window.webleads||function(){(webleads.q=webleads.q||[]).push(arguments)}</script>"
    page.goto(blog.put("/one", blog.article(head=stub)))
    service.wait_for("pageview")
    page.evaluate("webleads('Later')")

    service.wait_for("Later")


def test_a_page_that_does_not_exist_is_told_by_attribute(page: Page, blog: Blog, service: Service) -> None:
    page.goto(blog.put("/gone", blog.article(attributes="data-404"), status=404))

    assert service.wait_for("404")[0]["u"] == blog.origin + "/gone"
    service.wait_for("pageview")


def test_a_page_that_exists_is_no_404(page: Page, blog: Blog, service: Service) -> None:
    page.goto(blog.origin + "/one")
    service.wait_for("pageview")

    assert [event["n"] for event in service.settle()] == ["pageview"]
