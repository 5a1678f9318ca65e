"""What the snippet costs a visitor: main-thread time, long tasks and layout shifts, in the traces of a real Chromium.

Each round loads the same article from loopback with no script, with the snippet and with Plausible's published client,
in turn. Each is loaded twice in its own tab: the first load of a process also creates the browser's own objects, whoever
uses them first. The article is measured without any other script, and with a theme's script before it, as blogs have.
All work until 0.6 s after the navigation counts, including sending the first pageview and its answer. Work before and
after the page's load event is counted separately.

`python -m tests.bench.snippet [ROUNDS]`.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.bench.traces import Cost, TracingChromium, cost
from tests.chromium import find_chromium
from tests.snippet.bundles import bundle
from tests.snippet.servers import Blog, Service

_SITE = "blog.example.fr"
_RIVAL = """
  import {{ init }} from "@plausible-analytics/tracker";
  init({{ domain: "{site}", endpoint: "{service}/api/event", captureOnLocalhost: true, outboundLinks: true,
         fileDownloads: true, formSubmissions: true }});
"""
# A typical theme's script: a stored dark mode, a menu, and a header that changes when the page is scrolled.
_THEME = """<script>
  document.documentElement.classList.toggle("dark", localStorage.theme == "dark");
  addEventListener("DOMContentLoaded", () => document.querySelector("h1").addEventListener("click", () => {}));
  addEventListener("scroll", () => {}, {passive: true});
</script>"""
_SEEN = """
  window.seen = {longtask: 0, 'layout-shift': 0};
  for (const type in seen) new PerformanceObserver(list => { seen[type] += list.getEntries().length })
    .observe({type, buffered: true});
"""


@dataclass(frozen=True)
class Load:
    cost: Cost
    long_tasks: int
    layout_shifts: int


def main(rounds: int) -> None:
    service = Service()
    blog, elsewhere = Blog(service), Blog(service)
    pages = _pages(blog, elsewhere, service)
    loads: dict[tuple[str, str], list[Load]] = defaultdict(list)
    with sync_playwright() as playwright:
        program = find_chromium() or playwright.chromium.executable_path
    with tempfile.TemporaryDirectory() as profile, TracingChromium(program, Path(profile)) as browser:
        for name in pages:
            _load_twice(browser, pages[name])  # creates the browser's own objects
        for _, name in product(range(rounds), pages):
            first, second = _load_twice(browser, pages[name])
            loads[name, "first page in a tab"].append(first)
            loads[name, "next page in it"].append(second)
    elsewhere.stop()
    blog.stop()
    service.stop()
    print("processor time of the page's main thread, ms: best / median")
    for (name, which), found in loads.items():
        print(_line(f"{name}, {which}", found))


def _pages(blog: Blog, elsewhere: Blog, service: Service) -> dict[str, str]:
    """Returns the URLs of the pages, by what is on them. Both scripts come from another host."""
    body = "".join(f"<h2>Part {number}</h2><p>{'Publier au bon moment. ' * 60}</p>" for number in range(20))
    rival = elsewhere.origin + "/js/rival.js"
    elsewhere.put(
        "/js/rival.js", bundle(_RIVAL.format(site=_SITE, service=service.origin)), {"Content-Type": "text/javascript"}
    )
    tags = {"no script": "", "the snippet": blog.snippet(), "Plausible's": f"<script defer src='{rival}'></script>"}
    pages = {}
    for number, ((about, theme), (name, tag)) in enumerate(
        product({"bare page": "", "page with a theme": _THEME}.items(), tags.items())
    ):
        html = blog.article(body, head=theme).replace(blog.snippet(), tag)
        pages[f"{about}, {name}"] = blog.put(f"/article-{number}", html)
    return pages


def _load_twice(browser: TracingChromium, url: str) -> list[Load]:
    tab = browser.open_tab()
    tab.show()
    loads = []
    for visit in ("?1", "?2"):
        browser.start_trace()
        tab.goto(url + visit)
        time.sleep(0.6)
        measured = cost(browser.end_trace(), script="/js/", page=visit)
        tab.run(_SEEN)
        time.sleep(0.05)
        seen = tab.run("seen")
        loads.append(Load(measured, seen["longtask"], seen["layout-shift"]))
    tab.close()
    return loads


def _line(what: str, loads: list[Load]) -> str:
    columns = []
    columns_of = {"until_load": "until load", "after_load": "after", "leaving": "leaving", "page": "whole page"}
    for name, title in columns_of.items():
        values = [getattr(load.cost, name) for load in loads]
        columns.append(f"{title} {min(values):5.2f} /{statistics.median(values):6.2f}")
    tasks, shifts = sum(load.long_tasks for load in loads), sum(load.layout_shifts for load in loads)
    forced = sum(load.cost.layout > 0.5 for load in loads)
    return f"{what:<52} {'  '.join(columns)}  forced layouts {forced}, long tasks {tasks}, shifts {shifts}"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
