"""Which pages the snippet tells of, and what it tells of them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.chromium import PlainChromium
from tests.snippet.servers import Blog, Service


def paths(service: Service, blog: Blog) -> list[str]:
    return [event["u"].removeprefix(blog.origin) for event in service.events("pageview")]


def test_a_load_is_one_pageview_with_everything_the_server_needs(page: Page, blog: Blog, service: Service) -> None:
    start = blog.put("/start", "<a href='/article?utm_source=linkedin'>read</a>")
    blog.put("/article", blog.article(title="Publier au bon moment"))
    page.goto(start)
    page.click("a")
    [event] = service.wait_for("pageview")

    assert event.pop("id")
    assert service.requests[0].headers["Accept-Language"].startswith(page.evaluate("navigator.language"))
    assert event.pop("age") < 1000
    assert event == {
        "n": "pageview",
        "u": blog.origin + "/article?utm_source=linkedin",
        "d": "blog.example.fr",
        "r": start,
        "t": "Publier au bon moment",
        "w": page.evaluate("screen.width"),
        "wd": True,
        "h": 1,
    }


def test_push_replace_back_and_forward_are_one_pageview_each(page: Page, blog: Blog, service: Service) -> None:
    page.goto(blog.origin + "/one")
    service.wait_for("pageview", 1)
    for count, move in enumerate(
        [
            "history.pushState(0, '', '/two')",
            "history.replaceState(0, '', '/three')",
            "history.back()",
            "history.forward()",
        ],
        2,
    ):
        page.evaluate(move)
        service.wait_for("pageview", count)
    service.settle()

    assert paths(service, blog) == ["/one", "/two", "/three", "/one", "/three"]


def test_a_page_within_a_page_is_referred_by_the_page_before(page: Page, blog: Blog, service: Service) -> None:
    page.goto(blog.origin + "/one")
    page.evaluate("history.pushState(0, '', '/two')")
    first, second = service.wait_for("pageview", 2)

    assert (first["r"], second["r"]) == ("", blog.origin + "/one")


def test_a_title_that_the_router_sets_after_the_address_is_the_new_one(
    page: Page, blog: Blog, service: Service
) -> None:
    page.goto(blog.origin + "/one")
    service.wait_for("pageview", 1)
    # Begun before the move, so that a busy machine does not end the snippet's wait first.
    page.evaluate("setTimeout(() => { document.title = 'Two' }, 20); history.pushState(0, '', '/two')")

    assert service.wait_for("pageview", 2)[1]["t"] == "Two"


@pytest.mark.parametrize(
    "move",
    [
        pytest.param("history.pushState(0, '', location.href)", id="push of the same address"),
        pytest.param("history.replaceState({state: 1}, '')", id="replace of the state alone"),
        pytest.param("history.pushState(0, '', '#part')", id="push of a fragment"),
        pytest.param("location.hash = 'part'", id="fragment"),
        pytest.param("document.querySelector('a').click()", id="link to a part of the page"),
    ],
)
def test_a_move_within_the_page_is_no_pageview(move: str, page: Page, blog: Blog, service: Service) -> None:
    page.goto(blog.put("/one", blog.article("<a href='#part'>part</a>")))
    service.wait_for("pageview", 1)
    page.evaluate(move)
    service.settle()

    assert paths(service, blog) == ["/one"]


def test_the_fragment_is_not_sent_unless_it_is_the_route(page: Page, blog: Blog, service: Service) -> None:
    page.goto(blog.origin + "/one#secret")

    assert service.wait_for("pageview")[0]["u"] == blog.origin + "/one"


def test_with_hash_routing_each_fragment_is_a_page(page: Page, blog: Blog, service: Service) -> None:
    page.goto(blog.put("/app", blog.article(attributes="data-hash")) + "#/one")
    service.wait_for("pageview", 1)
    page.evaluate("location.hash = '/two'")
    service.wait_for("pageview", 2)
    page.evaluate("history.back()")
    service.wait_for("pageview", 3)
    service.settle()

    assert paths(service, blog) == ["/app#/one", "/app#/two", "/app#/one"]
    assert {event["h"] for event in service.events()} == {1}


def test_a_return_from_the_back_forward_cache_is_a_pageview(
    plain_browser: PlainChromium, blog: Blog, service: Service
) -> None:
    tab = plain_browser.open_tab()
    tab.show()
    tab.goto(blog.origin + "/one")
    service.wait_for("pageview", 1)
    tab.run("window.isTheSameDocument = true")
    tab.goto(blog.put("/two", "<!doctype html><title>a page without the snippet</title>"))
    tab.run("history.back()")
    tab.wait_for("window.isTheSameDocument")
    service.wait_for("pageview", 2)
    service.settle()
    tab.close()

    assert paths(service, blog) == ["/one", "/one"]
    assert service.events("pageview")[1]["r"] == blog.origin + "/one"


def test_a_prerendered_page_counts_only_when_it_is_shown(
    plain_browser: PlainChromium, blog: Blog, service: Service
) -> None:
    rules = '<script type="speculationrules">{"prerender": [{"urls": ["/next"], "eagerness": "immediate"}]}</script>'
    # Nobody can tell a page what to do that nobody inspects: it asks.
    follow = """<script>const ask = () => fetch("/go").then(
      answer => answer.ok ? location.assign("/next") : setTimeout(ask, 50)); ask()</script>"""
    blog.put("/go", "not yet", status=404)
    tell = f"""<script>
      const tell = n => fetch("{service.origin}/api/event", {{ method: "POST", body: JSON.stringify({{ n }}) }});
      if (document.prerendering) tell("prerendering");
      document.addEventListener("prerenderingchange", () => tell("shown"));
    </script>"""
    blog.put("/next", blog.article(head=tell))
    plain_browser.open_alone(blog.put("/one", blog.article(f"{rules}{follow}")))

    service.wait_for("prerendering")
    service.wait_for("pageview")
    service.settle()
    assert paths(service, blog) == ["/one"]

    blog.put("/go", "go")
    service.wait_for("shown")
    service.wait_for("pageview", 2)
    service.settle()
    assert paths(service, blog) == ["/one", "/next"]


def test_a_tab_opened_in_the_background_counts_when_it_is_looked_at(
    plain_browser: PlainChromium, blog: Blog, service: Service
) -> None:
    front = plain_browser.open_tab()
    front.show()
    behind = plain_browser.open_tab(blog.origin + "/later", background=True)
    behind.wait_for("document.readyState == 'complete' && window.webleads")
    assert behind.run("document.visibilityState") == "hidden"
    behind.run("webleads('Early')")
    assert service.settle(0.5) == []

    behind.show()
    service.wait_for("pageview", 1)
    service.wait_for("Early", 1)
    behind.close()
    front.close()


def test_a_page_view_in_place_says_that_no_document_was_loaded(page: Page, blog: Blog, service: Service) -> None:
    page.goto(blog.origin + "/one")
    service.wait_for("pageview", 1)
    page.evaluate("history.pushState(0, '', '?lat=1')")
    page.evaluate("history.replaceState(0, '', '/two')")
    service.wait_for("pageview", 3)
    page.goto(blog.origin + "/three")

    assert [event.get("e") for event in service.wait_for("pageview", 4)] == [None, 0, 0, None]
