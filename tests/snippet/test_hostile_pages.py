"""Pages that the snippet cannot rely on: it may fail to count there, but neither throws nor breaks anything."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page

from tests.snippet.servers import ASSETS, Blog, Service

BROKEN = {
    "no fetch and no beacon": "delete window.fetch; delete Navigator.prototype.sendBeacon",
    "no Request": "delete window.Request",
    "no URL": "delete window.URL",
    "no performance": "delete window.performance; Object.defineProperty(window, 'performance', {value: undefined})",
    "no history": "Object.defineProperty(window, 'history', {value: undefined})",
    "frozen history": "Object.freeze(history)",
    "JSON that throws": "JSON.stringify = () => { throw new Error('JSON') }",
    "Object.assign that throws": "Object.assign = () => { throw new Error('assign') }",
    "addEventListener that throws": "window.addEventListener = () => { throw new Error('listen') }",
    "split that throws": "String.prototype.split = () => { throw new Error('split') }",
    "iterators that throw": "Array.prototype[Symbol.iterator] = () => { throw new Error('iterator') }",
    "fetch that gives nothing": "window.fetch = () => undefined",
    "fetch that throws": "window.fetch = () => { throw new Error('fetch') }",
    "storage that throws": "Object.defineProperty(window, 'localStorage', {get() { throw new Error('storage') }})",
    "webleads that is something else": "window.webleads = 42",
    "webleads that cannot be set": "Object.defineProperty(window, 'webleads', {value: 1, writable: false})",
    "a queue that is none": "window.webleads = {q: 'text'}",
    "a hidden that throws": "Object.defineProperty(document, 'hidden', {get() { throw new Error('hidden') }})",
    "Array.prototype.map that throws": "Array.prototype.map = () => { throw new Error('map') }",
    "Array.prototype.toJSON": "Array.prototype.toJSON = () => '[]'",
    "Math.random that throws": "Math.random = () => { throw new Error('random') }",
    "an Image that throws": "window.fetch = undefined; window.Image = function () { throw new Error('image') }",
    "no storage": "Object.defineProperty(window, 'localStorage', {value: undefined})",
    "no document.referrer or title": "for (const name of ['referrer', 'title']) Object.defineProperty(document, name, {})",
    "toJSON on everything": "Object.prototype.toJSON = function () { throw new Error('toJSON') }",
}
# Those among them on which a reader is counted all the same, and for how many of the two pages.
COUNTED = {
    "no fetch and no beacon": 2,
    "no Request": 2,
    "fetch that gives nothing": 2,
    "fetch that throws": 2,
    "Array.prototype.map that throws": 2,
    "Array.prototype.toJSON": 2,
    "no storage": 2,
    "no document.referrer or title": 2,
    "frozen history": 1,
    "storage that throws": 2,
    "webleads that is something else": 2,
    "webleads that cannot be set": 2,
    "a queue that is none": 2,
}
# What a reader and the page do, as the page's own script: the browser's driver itself needs an unbroken page.
ACTS = """<a href='#x'>x</a><script>onload = () => setTimeout(() => {
  document.querySelector("a").click();
  window.history && history.pushState(0, "", "/two");
  typeof webleads == "function" && webleads("Call");
}, 200)</script>"""


@pytest.mark.parametrize("broken", BROKEN, ids=list(BROKEN))
def test_nothing_is_thrown_on_a_page_with(broken: str, page: Page, blog: Blog, service: Service) -> None:
    page.add_init_script(BROKEN[broken])
    page.goto(blog.put("/one", blog.article(ACTS)))
    if broken in COUNTED:
        service.wait_for("pageview", COUNTED[broken])
    service.settle(0.5)
    page.goto("about:blank")  # The page fixture fails the test when anything was thrown.


@pytest.mark.parametrize("constant", [0, 0.5])
def test_events_stay_apart_where_the_page_has_made_chance_a_constant(
    constant: float, page: Page, blog: Blog, service: Service
) -> None:
    page.add_init_script(f"Math.random = () => {constant}")
    page.goto(blog.origin + "/one")
    service.wait_for("pageview", 1)
    page.goto(blog.origin + "/two")
    service.wait_for("pageview", 2)
    page.evaluate("webleads('Call')")
    service.wait_for("Call")

    assert len({event["id"] for event in service.events()}) == len(service.events())


@pytest.mark.usefixtures("context")
def test_a_page_whose_own_fetch_fails_without_a_reason_is_counted_when_it_works(
    page: Page, blog: Blog, service: Service
) -> None:
    page.clock.install()
    page.add_init_script(
        "window.asked = 0; const real = fetch;"
        "window.fetch = (...all) => window.asked++ ? real(...all) : Promise.reject();"
    )
    page.goto(blog.origin + "/one")
    page.wait_for_function("asked == 1")
    page.clock.run_for(6_000)

    service.wait_for("pageview", 1)


@pytest.mark.usefixtures("context")
def test_what_breaks_while_an_event_waits_is_not_thrown_at_the_page(page: Page, blog: Blog, service: Service) -> None:
    page.clock.install()
    service.status = 503
    page.goto(blog.origin + "/one")
    service.wait_for("pageview")
    page.wait_for_timeout(100)
    page.evaluate("JSON.stringify = () => { throw new Error('JSON') }; true")
    page.clock.run_for(60_000)
    page.wait_for_timeout(100)

    service.wait_for("pageview", 1)


def test_two_copies_of_the_script_count_once(page: Page, blog: Blog, service: Service) -> None:
    page.goto(blog.put("/one", blog.article(blog.snippet(), head=blog.snippet())))
    service.wait_for("pageview")
    page.evaluate("history.pushState(0, '', '/two'); webleads('Call')")
    service.settle()

    service.wait_for("pageview", 2)
    service.wait_for("Call", 1)


def test_a_page_in_a_sandboxed_frame_counts(page: Page, blog: Blog, service: Service) -> None:
    framed = blog.put("/framed", blog.article())
    page.goto(
        blog.put("/one", f"<!doctype html><title>x</title><iframe sandbox=allow-scripts src='{framed}'></iframe>")
    )

    assert service.wait_for("pageview")[0]["u"] == framed


def test_a_page_without_a_head_or_a_doctype_counts(page: Page, blog: Blog, service: Service) -> None:
    page.goto(blog.put("/one", blog.snippet()))
    service.wait_for("pageview")


def test_a_push_that_the_browser_refuses_still_fails_for_the_page(page: Page, blog: Blog, service: Service) -> None:
    page.goto(blog.origin + "/one")
    service.wait_for("pageview")
    failure = page.evaluate(
        "() => { try { history.pushState(0, '', 'https://example.org/') } catch (e) { return e.name } }"
    )

    assert failure == "SecurityError"
    assert page.evaluate("history.pushState({is: 'kept'}, '', '/two')") is None
    assert page.evaluate("history.state") == {"is": "kept"}


def test_the_script_leaves_one_global_name(page: Page, blog: Blog, service: Service) -> None:
    page.goto(blog.put("/plain", "<!doctype html><title>x</title>"))
    before = set(page.evaluate("Object.getOwnPropertyNames(window)"))
    page.goto(blog.origin + "/one")
    service.wait_for("pageview")
    # A name declared outside of the script's block would stop the page's own declaration of it.
    page.add_script_tag(content="".join(f"const {letter} = 1;" for letter in "abcdefghijklmnopqrstuvwxyz"))

    assert set(page.evaluate("Object.getOwnPropertyNames(window)")) - before == {"webleads"}


def test_a_strict_content_security_policy_that_names_the_service_is_enough(
    page: Page, blog: Blog, service: Service
) -> None:
    policy = f"default-src 'none'; script-src {service.origin}; connect-src {service.origin}"
    policy += "; require-trusted-types-for 'script'"
    page.goto(blog.put("/one", blog.article(), {"Content-Security-Policy": policy}))
    service.wait_for("pageview")


def test_under_a_strict_policy_the_leads_module_and_the_image_need_no_more(
    page: Page, blog: Blog, service: Service
) -> None:
    policy = f"default-src 'none'; script-src {service.origin}; connect-src {service.origin}; img-src {service.origin}"
    headers = {"Content-Security-Policy": policy + "; require-trusted-types-for 'script'"}
    page.add_init_script("window.fetch = undefined")
    module = f"<script defer src='{service.origin}/js/webleads-leads.js'></script>"
    page.goto(blog.put("/one", blog.article(head=module), headers))
    service.wait_for("pageview")
    page.evaluate("webleads.identify({company: 'Acme'})")

    assert [request.method for request in service.requests] == ["GET"]


@pytest.mark.parametrize("runs", [True, False], ids=["the build's value", "another value"])
def test_a_pinned_script_runs_only_when_it_is_the_one_that_was_pinned(
    runs: bool, page: Page, blog: Blog, service: Service
) -> None:
    value = json.loads((ASSETS / "webleads.json").read_text())["integrity"]
    value = value if runs else value[:-4] + "AAAA"
    attributes = f"integrity='{value}' crossorigin=anonymous"
    page.goto(blog.put("/one", blog.article(attributes=attributes)))
    if runs:
        service.wait_for("pageview")
    assert len(service.settle()) == int(runs)
