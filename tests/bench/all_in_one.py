"""Everything in one service: hits accepted, enriched and stored by `webleads serve`, and how soon one is visible."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.bench import load
from tests.bench.figure import Figure
from tests.bench.geo import provide_geo
from tests.bench.hits import SITE
from tests.bench.memory import resident_mb
from tests.running_service import RunningService, webleads

_SECONDS = 10
_ROUNDS = 3


def figures(folder: Path) -> Iterator[Figure]:
    """Rates until the last accepted hit is in the event store, the accept's p99 meanwhile, and the time to be seen."""
    what = "accepted, enriched and stored, one service"
    yield from _stored(folder, what, at_least=20_000)
    yield from _visible(folder / "visible")


def _stored(folder: Path, what: str, *, at_least: float) -> Iterator[Figure]:
    rates, latencies, kept_up, memory = [], [], [], []
    for turn in range(_ROUNDS):
        with_geo, service = _service(folder / f"serve-{turn}")
        try:
            begun = time.monotonic()
            seen = load.run(service.url, folder, seconds=_SECONDS, distinct=_SECONDS * 50_000)
            stopped = time.monotonic()
            _wait_until_stored(service)
            done = time.monotonic()
            memory.append(resident_mb(service.pid))
        finally:
            service.stop()
        rates.append(seen.requests / (done - begun))
        latencies.append(seen.p99_ms)
        kept_up.append((done - begun) / (stopped - begun))
    geo = "real-size geo databases" if with_geo else "without geo databases"
    yield Figure(f"{what}, {geo}", median(rates), "hits/s", at_least=at_least)
    yield Figure("the same, accept p99 meanwhile", median(latencies), "ms", at_most=25)
    yield Figure("the same, time until all is stored against time of sending", median(kept_up), "x")
    yield Figure("the same, memory of serve after it", median(memory), "MB")


def _service(data: Path) -> tuple[bool, RunningService]:
    assert webleads("site", "add", SITE, data=data).returncode == 0
    with_geo = provide_geo(data / "geo")
    return with_geo, RunningService(data, WEBLEADS_TRUSTED_PROXIES="127.0.0.1").start()


def _wait_until_stored(service: RunningService) -> None:
    while json.loads(service.get("/readyz")[1])["ingest_lag_bytes"]:
        time.sleep(0.02)


def _visible(data: Path) -> Iterator[Figure]:
    _, service = _service(data)
    note = json.loads((data / "service.json").read_text())
    times = []
    try:
        for turn in range(15):
            service.post({"n": "pageview", "u": f"https://{SITE}/seen-{turn}", "d": SITE})
            begun = time.monotonic()
            while _pageviews(note) <= turn:
                time.sleep(0.005)
            times.append(time.monotonic() - begun)
        memory = resident_mb(service.pid)
    finally:
        service.stop()
    yield Figure("from 202 to visible in a report, median", median(times), "s", at_most=2)
    yield Figure("from 202 to visible in a report, slowest of 15", max(times), "s", at_most=2)
    yield Figure("memory of serve, hardly any data", memory, "MB")


def _pageviews(note: dict[str, str]) -> int:
    query = {"metrics": ["pageviews"], "date_range": "today"}
    request = urllib.request.Request(
        f"{note['url']}/operations/query",
        data=json.dumps({"site": SITE, "query": query}).encode(),
        headers={"Content-Type": "application/json", "X-Webleads-Key": note["key"]},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return int(json.load(answer)["results"][0]["metrics"][0])
