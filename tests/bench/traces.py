"""A plain Chromium that records traces, and the cost of one script on a page's main thread according to them.

No debugger is attached. With one (Playwright's or DevTools' console), Chromium collects stacks and sources, and a script
seems to cost up to twice as much.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from tests.chromium import PlainChromium

# `toplevel` has the tasks, `devtools.timeline` and `v8` what DevTools' performance panel shows of a script.
_CATEGORIES = ["devtools.timeline", "v8", "toplevel"]
# The work of a script on the main thread: to compile it, to run it, and to handle its events, timers and fetch.
_OWN = {"EvaluateScript", "v8.compile", "v8.run", "FunctionCall", "v8.callFunction", "RunMicrotasks"}

Event = dict[str, Any]


class TracingChromium(PlainChromium):
    """A PlainChromium that records what happens between `start_trace` and `end_trace`."""

    _events: list[Event]
    _complete: bool

    def start_trace(self) -> None:
        self._events, self._complete = [], False
        self.call("Tracing.start", traceConfig={"includedCategories": _CATEGORIES}, transferMode="ReportEvents")

    def end_trace(self) -> list[Event]:
        self.call("Tracing.end")
        while not self._complete:
            self._next_message()
        return self._events

    def _next_message(self) -> dict[str, Any]:
        message = super()._next_message()
        if message.get("method") == "Tracing.dataCollected":
            self._events += message["params"]["value"]
        elif message.get("method") == "Tracing.tracingComplete":
            self._complete = True
        return message


@dataclass(frozen=True)
class Cost:
    """CPU time of the main thread in one load, in milliseconds. Wall-clock time would include other processes."""

    until_load: float
    after_load: float
    # The script's work when the page before was left. It is separate, since no visitor of this page waits for it.
    leaving: float
    # Layout that the script forced first. The page would need it later anyway, so it is not part of the above.
    layout: float
    # All work of the main thread for this page, the script's or not.
    page: float


def cost(events: list[Event], *, script: str, page: str) -> Cost:
    """Returns the cost of the script whose URL contains `script`, on the page whose URL ends with `page`."""
    begin = next(
        event
        for event in events
        if event["name"] == "ParseHTML" and event["args"].get("beginData", {}).get("url", "").endswith(page)
    )
    thread = begin["pid"], begin["tid"]
    # A task that began before the trace has no time of the thread.
    complete = [event for event in events if event.get("ph") == "X" and "tts" in event]
    spans = [event for event in complete if (event["pid"], event["tid"]) == thread]
    own = [event for event in spans if event["name"] in _OWN and script in json.dumps(event["args"])]
    loaded = max(event["ts"] for event in events if event["name"] == "MarkLoad" and event["pid"] == thread[0])
    forced = [event for event in spans if event["name"] in {"Layout", "UpdateLayoutTree"} and _within(event, own)]

    def between(start: float, end: float) -> float:
        parts = ([event for event in group if start <= event["ts"] < end] for group in (own, forced))
        return _ms(next(parts)) - _ms(next(parts))

    return Cost(
        until_load=between(begin["ts"], loaded),
        after_load=between(loaded, math.inf),
        leaving=between(0, begin["ts"]),
        layout=_ms([event for event in forced if event["ts"] >= begin["ts"]]),
        page=_ms([one for one in spans if one["name"].endswith("RunTask") and one["ts"] + one["dur"] > begin["ts"]]),
    )


def _within(event: Event, others: list[Event]) -> bool:
    return any(other["ts"] <= event["ts"] < other["ts"] + other.get("dur", 0) for other in others)


def _ms(events: list[Event]) -> float:
    """Returns the thread time of the outermost events, which includes the nested ones, in milliseconds."""
    total = end = 0
    for begins, ends in sorted((event["tts"], event["tts"] + event.get("tdur", 0)) for event in events):
        total += max(0, ends - max(begins, end))
        end = max(end, ends)
    return total / 1000
