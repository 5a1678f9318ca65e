"""The same reading on a plain page, on one as WordPress makes them, and in a small single-page app; online and offline."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.snippet.servers import Blog, Service
from tests.snippet.stopped_clock import stop_clock, wait_for_answers

STAY = """<script>
  for (const type of ["click", "submit"])
    addEventListener(type, e => (type == "submit" || e.target.closest("a[href*='//'],a[href$='.pdf']")) && e.preventDefault());
</script>"""
ACTS = """<a id=out href="https://example.org/">elsewhere</a> <a id=file href="/wp-content/uploads/2026/rapport.pdf">PDF</a>
  <a id=mail href="mailto:contact@example.fr">mail</a> <button id=own data-webleads=Demo data-webleads-plan=Pro>demo</button>"""
CONTACT = "<form id=contact name=contact method=post><input name=email value=lea@acme.fr><button>send</button></form>"
ACTS_TOLD = 6


def plain(blog: Blog) -> str:
    return blog.put("/article", blog.article(ACTS + CONTACT + STAY, title="Publier au bon moment"))


def wordpress(blog: Blog) -> str:
    """What a theme and its plugins add: inline scripts, an emoji loader, a search form, comments, polyfills."""
    head = """<meta name=generator content="WordPress 6.9"><script>window._wpemojiSettings={"baseUrl":"x"};
      Array.prototype.last=function(){return this[this.length-1]};Object.defineProperty(Object.prototype,"each",
      {value(f){for(const k in this)f(k)},configurable:true});window.jQuery=window.$=function(){return{ready(){}}}</script>"""
    body = f"""<div class="wp-site-blocks"><header><form role=search class=search-form><input name=s></form></header>
      <article class="post-42 post type-post"><h1 class=entry-title>Publier</h1><div class=entry-content>{ACTS}</div></article>
      <form id=commentform action="/wp-comments-post.php" method=post><input name=id value=42><input name=name></form>
      {CONTACT}</div><script>addEventListener("click",e=>e.target.closest(".x")&&e.stopImmediatePropagation(),true)</script>"""
    return blog.put("/article", blog.article(body + STAY, title="Publier au bon moment", head=head))


def single_page(blog: Blog) -> str:
    """A router that renders into one element, sets the title late and replaces the address once at the start.

    It takes its time for the title from before the move: however busy the machine, that is due before the snippet's wait.
    """
    app = """<div id=app></div><script>
      const pages = {"/article": "ARTICLE", "/next": "<h1>next</h1>", "/start": "<a id=go href='/article'>read</a>"};
      const render = () => { app.innerHTML = pages[location.pathname] };
      const name = () => { document.title = location.pathname == "/article" ? "Publier au bon moment" : "App" };
      addEventListener("popstate", () => { render(); name(); });
      addEventListener("click", e => { const link = e.target.closest("a[href^='/']:not([href$='.pdf'])");
        if (link) { e.preventDefault(); setTimeout(name, 30); history.pushState({}, "", link.href); render(); } });
      history.replaceState({}, "", location.href); render();
    </script>""".replace("ARTICLE", (ACTS + CONTACT).replace('"', "'").replace("\n", " "))
    return blog.put("/start", blog.article(app + STAY, title="App"))


KINDS: dict[str, Callable[[Blog], str]] = {"plain": plain, "wordpress": wordpress, "single-page": single_page}


def open_article(kind: str, page: Page, blog: Blog, service: Service) -> None:
    page.goto(KINDS[kind](blog))
    if kind == "single-page":
        service.wait_for("pageview", 1)
        page.click("#go")
    seen = service.wait_for("pageview", 2 if kind == "single-page" else 1)[-1]
    assert (seen["u"], seen["t"]) == (blog.origin + "/article", "Publier au bon moment")


def act(page: Page) -> None:
    for element in ("#out", "#file", "#mail", "#own", "#contact button"):
        page.click(element)
    page.evaluate("webleads('Call', {props: {a: 'b'}})")


def check(service: Service, blog: Blog) -> None:
    # The pageview's address is no act; a mail's click is named by the server.
    outbound = {event["props"]["url"] for event in service.wait_for("Outbound Link: Click", 2)}
    assert outbound == {"https://example.org/", "mailto:contact@example.fr"}
    assert service.wait_for("File Download")[0]["props"] == {
        "url": f"{blog.origin}/wp-content/uploads/2026/rapport.pdf"
    }
    assert service.wait_for("Demo")[0]["props"] == {"plan": "Pro"}
    assert service.wait_for("Form: Submission")[0]["props"] == {"form": "contact"}
    assert service.wait_for("Call")[0]["props"] == {"a": "b"}
    assert not any(b"lea@" in request.body for request in service.requests)


@pytest.mark.parametrize("kind", KINDS)
def test_everything_done_on_a_page_is_told_once(kind: str, page: Page, blog: Blog, service: Service) -> None:
    open_article(kind, page, blog, service)
    act(page)
    check(service, blog)
    if kind == "single-page":
        page.evaluate("history.back()")
        service.wait_for("pageview", 3)
    service.settle()
    check(service, blog)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_done_offline_is_told_once_the_network_is_back(
    kind: str, page: Page, context: BrowserContext, blog: Blog, service: Service
) -> None:
    stop_clock(page)
    page.goto(KINDS[kind](blog))
    page.clock.run_for(500)
    if kind == "single-page":
        page.click("#go")
        page.clock.run_for(500)
    views = 2 if kind == "single-page" else 1
    wait_for_answers(page, views)
    context.set_offline(True)
    act(page)
    wait_for_answers(page, views + ACTS_TOLD)
    assert service.events("Call") == []

    context.set_offline(False)
    page.clock.run_for(5000)
    check(service, blog)
    assert all(service.events(name)[0]["age"] == 5000 for name in ("Call", "Demo", "File Download"))
