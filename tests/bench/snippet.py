"""What the snippet costs a reader: main-thread time on load, long tasks and layout shifts, in a real Chromium's trace.

Each round loads the same article without and with the snippet, from loopback, and takes from the trace every task of
the page's main thread that runs the script or is caused by it. `python -m tests.bench.snippet [ROUNDS]`.
"""

from __future__ import annotations

import json
import statistics
import sys
from typing import Any

from playwright.sync_api import Browser, CDPSession, sync_playwright

from tests.chromium import ARGUMENTS, find_chromium
from tests.snippet.servers import Blog, Service

_OBSERVE = """
  window.seen = {longtask: 0, 'layout-shift': 0};
  new PerformanceObserver(list => list.getEntries().forEach(entry => seen[entry.entryType]++))
    .observe({type: 'longtask', buffered: true});
  new PerformanceObserver(list => list.getEntries().forEach(entry => seen[entry.entryType]++))
    .observe({type: 'layout-shift', buffered: true});
"""
_CATEGORIES = "devtools.timeline,v8,disabled-by-default-v8.compile"
# What a script makes the main thread do by itself: compile it, run it, and answer its fetch.
_OWN = {"EvaluateScript", "v8.compile", "FunctionCall", "v8.callFunction", "RunMicrotasks"}


def main(rounds: int) -> None:
    service = Service()
    blog = Blog(service)
    body = "".join(f"<h2>Part {number}</h2><p>{'Publier au bon moment. ' * 60}</p>" for number in range(20))
    with_it = blog.put("/with", blog.article(body))
    without = blog.put("/without", blog.article(body).replace(blog.snippet(), ""))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        _load(browser, with_it)  # the first load starts the browser's own machinery
        found = [_load(browser, url) for _ in range(rounds) for url in (with_it, without)]
        browser.close()
    _print("with the snippet", found[::2])
    _print("without it", found[1::2])
    blog.stop()
    service.stop()


def _load(browser: Browser, url: str) -> dict[str, float]:
    context = browser.new_context()
    context.add_init_script(_OBSERVE)
    page = context.new_page()
    session = context.new_cdp_session(page)
    events: list[dict[str, Any]] = []
    session.on("Tracing.dataCollected", lambda chunk: events.extend(chunk["value"]))
    session.send("Tracing.start", {"categories": _CATEGORIES, "transferMode": "ReportEvents"})
    page.goto(url)
    page.wait_for_timeout(600)
    _end(session, page)
    seen = page.evaluate("seen")
    context.close()
    return {"ms": _own_ms(events), "long tasks": seen["longtask"], "layout shifts": seen["layout-shift"]}


def _end(session: CDPSession, page: Any) -> None:
    done: list[object] = []
    session.on("Tracing.tracingComplete", lambda _: done.append(True))
    session.send("Tracing.end")
    while not done:
        page.wait_for_timeout(20)


def _own_ms(events: list[dict[str, Any]]) -> float:
    """Milliseconds of processor time of the outermost events that name the script: nested ones are in them already.

    The thread's own clock, and not the wall's: on a busy machine another process may run in between.
    """
    spans = sorted(
        (event["tts"], event["tts"] + event.get("tdur", 0))
        for event in events
        if event.get("ph") == "X" and event["name"] in _OWN and "/js/webleads" in json.dumps(event.get("args", {}))
    )
    total = end = 0
    for begins, ends in spans:
        total += max(0, ends - max(begins, end))
        end = max(end, ends)
    return total / 1000


def _print(what: str, loads: list[dict[str, float]]) -> None:
    times = [load["ms"] for load in loads]
    shifts, tasks = (sum(load[name] for load in loads) for name in ("layout shifts", "long tasks"))
    print(
        f"{what}: {len(loads)} loads, main thread best {min(times):.2f} ms, median {statistics.median(times):.2f} ms,"
        f" {tasks:.0f} long tasks, {shifts:.0f} layout shifts"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
