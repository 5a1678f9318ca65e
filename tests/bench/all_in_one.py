"""Everything in one service: hits accepted, enriched and stored by `webleads serve`, and how soon one is visible."""

from __future__ import annotations

import json
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.bench import load, servers, slow_clients
from tests.bench.cpu import cpu_seconds
from tests.bench.figure import Figure
from tests.bench.geo import provide_geo
from tests.bench.hits import SITE
from tests.bench.memory import resident_mb
from tests.running_service import RunningService, webleads

_SECONDS = 10
_ROUNDS = 3
_SLOW_CLIENTS = 500


def figures(folder: Path) -> Iterator[Figure]:
    """Rates until the last accepted hit is in the event store, the accept's p99 meanwhile, and the time to be seen."""
    yield from _stored(folder)
    yield from _visible(folder / "visible")


def _stored(folder: Path) -> Iterator[Figure]:
    """With default settings and no proxy, 500 slow clients connected; a bare Flask view in turn with it."""
    rates, flask, latencies, kept_up, memory, counted, served = [], [], [], [], [], [], Counter[str]()
    costs, flask_costs = [], []
    for turn in range(_ROUNDS):
        with_geo, service = _service(folder / f"serve-{turn}")
        try:
            with slow_clients.connected(service.port, _SLOW_CLIENTS) as answers:
                spent = cpu_seconds(service.pid)
                seen = load.run(service.url, folder, seconds=_SECONDS, distinct=_SECONDS * 50_000)
            _wait_until_stored(service)
            done = time.monotonic()
            costs.append((cpu_seconds(service.pid) - spent) / seen.requests * 1e6)
            memory.append(resident_mb(service.pid))
            counted.append(_pageviews(_note(folder / f"serve-{turn}")) / seen.requests)
        finally:
            service.stop()
        served.update(answers)
        rates.append(seen.requests / (done - seen.begun))
        latencies.append(seen.p99_ms)
        kept_up.append((done - seen.begun) / (seen.ended - seen.begun))
        with servers.running("flask", folder / f"flask-{turn}") as (url, pid):
            spent, seen = cpu_seconds(pid), load.run(url, folder, seconds=_SECONDS // 2)
            flask_costs.append((cpu_seconds(pid) - spent) / seen.requests * 1e6)
            flask.append(seen.rate)
    geo = "real-size geo databases" if with_geo else "without geo databases"
    what = f"accepted, enriched and stored, one service, {_SLOW_CLIENTS} slow clients, {geo}"
    yield Figure(what, median(rates), "hits/s")
    yield Figure("bare Flask view, in turn with it", median(flask), "hits/s")
    yield Figure("the service against the bare Flask view", median(rates) / median(flask), "x", at_least=3.3)
    yield Figure("CPU of all its processes, stored hits included", median(costs), "us/hit")
    yield Figure("CPU of the bare Flask view", median(flask_costs), "us/hit")
    yield Figure("the service, accept p99 meanwhile", median(latencies), "ms", at_most=10)
    yield Figure("the same, time until all is stored against time of sending", median(kept_up), "x", at_most=1.05)
    yield Figure("the same, page views of the accepted hits in a report", min(counted), "share", at_least=0.999)
    yield Figure("the same, memory of serve after it", median(memory), "MB")
    yield Figure("slow clients answered with 202", served["202"] / max(1, served.total()), "share", at_least=1)


def _service(data: Path) -> tuple[bool, RunningService]:
    assert webleads("site", "add", SITE, data=data).returncode == 0
    with_geo = provide_geo(data / "geo")
    return with_geo, RunningService(data, WEBLEADS_TRUSTED_PROXIES="127.0.0.1").start()


def _wait_until_stored(service: RunningService) -> None:
    while json.loads(service.get("/readyz")[1])["ingest_lag_bytes"]:
        time.sleep(0.02)


def _visible(data: Path) -> Iterator[Figure]:
    _, service = _service(data)
    note, times = _note(data), []
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


def _note(data: Path) -> dict[str, str]:
    return dict(json.loads((data / "service.json").read_text()))


def _pageviews(note: dict[str, str]) -> int:
    query = {"metrics": ["pageviews"], "date_range": "today"}
    request = urllib.request.Request(
        f"{note['url']}/operations/query",
        data=json.dumps({"site": SITE, "query": query}).encode(),
        headers={"Content-Type": "application/json", "X-Webleads-Key": note["key"]},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return int(json.load(answer)["results"][0]["metrics"][0])
