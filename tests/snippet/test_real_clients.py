"""Plausible's published clients, pointed at a real `webleads serve`: everything that they send is counted.

What each documents: https://www.npmjs.com/package/plausible-tracker and …/@plausible-analytics/tracker.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Page, Playwright
from sqlalchemy import select

from tests.chromium import ARGUMENTS, find_chromium
from tests.running_service import ForkedService, RunningService, webleads
from tests.snippet.bundles import bundle
from tests.snippet.servers import Blog, Service
from tracker.store.engines import open_event_store
from tracker.store.schema import events

SITE = "blog.example.fr"
# A reader's browser: the clients, and the service, leave automated ones out.
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
READER = "Object.defineProperty(Navigator.prototype, 'webdriver', {get: () => false})"


@pytest.fixture
def counting(tmp_path: Path) -> Iterator[RunningService]:
    data = tmp_path / "data"
    assert webleads("site", "add", SITE, data=data).returncode == 0
    # Its pages are on this machine.
    assert webleads("site", "set", SITE, "--count-development", data=data).returncode == 0
    running = ForkedService(data).start()
    yield running
    running.stop()


@pytest.fixture
def stored(counting: RunningService) -> Callable[[int], pd.DataFrame]:
    """Waits until that many events are stored, stops the service and gives what it stored, in the order of time."""

    def read(count: int) -> pd.DataFrame:
        counting.wait_until_stored(count)
        assert counting.stop() == 0
        store = open_event_store(f"duckdb:///{counting.data}/events.duckdb", wait_seconds=10)
        found = store.frame(select(events).order_by(events.c.occurred_at))
        store.close()
        return found

    return read


@pytest.fixture
def open_page(playwright: Playwright) -> Iterator[Callable[[], Page]]:
    # A context's own user agent is not what requests say that outlive the page, so the whole browser is given it.
    arguments = [*ARGUMENTS, f"--user-agent={AGENT}"]
    browser = playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
    context = browser.new_context()
    context.add_init_script(READER)
    yield context.new_page
    browser.close()


def serve(blog: Blog, script: str) -> str:
    head = (
        "<!doctype html><html lang=fr><head><meta charset=utf-8><link rel=icon href='data:,'><title>Un article</title>"
    )
    body = f"</head><body style='height:3000px'><h1>Un article</h1><script>{script}</script></body></html>"
    blog.put("/next", "<!doctype html><title>next</title>")
    return blog.put("/article", head + body)


def props(found: pd.DataFrame, name: str) -> list[dict[str, Any]]:
    return [json.loads(text) for text in found.loc[found["name"] == name, "props"]]


def test_plausible_tracker_is_counted_in_full(
    open_page: Callable[[], Page], blog: Blog, counting: RunningService, stored: Callable[[int], pd.DataFrame]
) -> None:
    page = open_page()
    address = serve(
        blog,
        bundle(f"""
                import Plausible from "plausible-tracker";
                const client = Plausible({{ domain: "{SITE}", apiHost: "{counting.url}", trackLocalhost: true }});
                client.enableAutoPageviews();
                window.signUp = () => new Promise(done =>
                  client.trackEvent("signup", {{ callback: done, props: {{ tier: "startup", seats: 3 }} }}));
                window.view = () => new Promise(done => client.trackPageview({{ url: location.href }}, {{ callback: done }}));
            """),
    )
    with page.expect_response("**/api/event"):
        page.goto(address)
    page.evaluate("signUp()")
    page.evaluate("view()")
    with page.expect_response("**/api/event"):
        page.evaluate("history.pushState(0, '', '/second')")

    found = stored(4)
    assert found["name"].tolist().count("pageview") == 3
    assert found.loc[found["name"] == "pageview", "path"].tolist() == ["/article", "/article", "/second"]
    assert props(found, "signup") == [{"tier": "startup", "seats": 3}]
    assert set(found["site"]) == {SITE}
    assert found["visits"].sum() == 1
    assert len(set(found["visit_id"])) == 1


def test_the_official_package_is_counted_in_full(
    open_page: Callable[[], Page], blog: Blog, counting: RunningService, stored: Callable[[int], pd.DataFrame]
) -> None:
    page = open_page()
    begun = time.monotonic()
    page.goto(
        serve(
            blog,
            bundle(f"""
                import {{ init, track }} from "@plausible-analytics/tracker";
                init({{ domain: "{SITE}", endpoint: "{counting.url}/api/event", captureOnLocalhost: true,
                       customProperties: {{ content_category: "news" }} }});
                window.buy = () => new Promise(done => track("Purchase",
                  {{ props: {{ tier: "startup" }}, revenue: {{ amount: 15.99, currency: "USD" }}, callback: done }}));
                window.play = () => new Promise(done => track("autoplay", {{ interactive: false, callback: done }}));
            """),
        ),
        referer="https://www.linkedin.com/feed/",
    )
    assert page.evaluate("buy()")["status"] == 202
    assert page.evaluate("play()")["status"] == 202
    page.evaluate("scrollTo(0, 1000)")
    page.wait_for_timeout(3500)
    page.goto(blog.origin + "/next")
    read_ms = (time.monotonic() - begun) * 1000

    found = stored(4)
    assert sorted(found["name"]) == ["Purchase", "autoplay", "engagement", "pageview"]
    pageview = found[found["name"] == "pageview"].iloc[0]
    assert (pageview["path"], pageview["source"]) == ("/article", "LinkedIn")
    assert props(found, "pageview") == [{"content_category": "news"}]
    purchase = found[found["name"] == "Purchase"].iloc[0]
    assert (purchase["revenue"], purchase["currency"]) == (15.99, "USD")
    assert props(found, "Purchase") == [{"content_category": "news", "tier": "startup"}]
    engagement = found[found["name"] == "engagement"].iloc[0]
    assert 3000 <= engagement["engaged_ms"] <= read_ms
    assert 40 <= engagement["scroll_depth"] <= 100
    # A purchase is an interaction, so the visit is no bounce.
    assert found["bounces"].sum() == 0
    assert len(set(found["visit_id"])) == 1


def test_our_own_package_loads_the_snippet_and_loses_no_early_event(
    page: Page, blog: Blog, service: Service, tmp_path: Path
) -> None:
    folder = install_packed(tmp_path)
    code = f"""
        import {{ start, track }} from "webleads-tracker";
        track("Early", {{ props: {{ plan: "Pro" }}, revenue: {{ amount: 29.9, currency: "EUR" }} }});
        start({{ server: "{service.origin}/", domain: "{SITE}" }});
        start({{ server: "{service.origin}/", domain: "{SITE}" }});
        window.late = () => track("Late");
    """
    page.goto(serve(blog, bundle(code, folder=folder)))
    service.wait_for("pageview", 1)
    [early] = service.wait_for("Early")
    assert early["d"] == SITE
    assert early["props"] == {"plan": "Pro"}
    assert early["revenue"] == {"amount": 29.9, "currency": "EUR"}
    page.evaluate("late()")
    service.wait_for("Late", 1)


def install_packed(folder: Path) -> Path:
    """A folder in which the package is installed from what `npm pack` makes of it; gives the folder."""
    import shutil
    import subprocess
    import tarfile

    from tests.snippet.bundles import ROOT

    npm = shutil.which("npm")
    assert npm is not None
    source = ROOT / "snippet" / "npm"
    packed = subprocess.run(
        [npm, "pack", "--silent", "--ignore-scripts", "--pack-destination", str(folder)],
        cwd=source, capture_output=True, text=True, check=True,
    ).stdout.split()[-1]  # fmt: skip
    target = folder / "node_modules" / "webleads-tracker"
    with tarfile.open(folder / packed) as archive:
        archive.extractall(folder, filter="data")
    target.parent.mkdir()
    (folder / "package").rename(target)
    assert (target / "dist" / "index.d.ts").exists()
    return folder
