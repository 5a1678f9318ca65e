"""Hits accepted and journalled by one collector worker, against a bare Flask view and a bare WSGI callable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from tests.bench import load, servers, slow_clients
from tests.bench.cpu import cpu_seconds
from tests.bench.figure import Figure
from tests.bench.memory import worker_mb
from tracker.journal import list_segments

_SECONDS = 5
_ROUNDS = 3
_SLOW_CLIENTS = 500
_BEHIND_A_PROXY = {"WEBLEADS_TRUSTED_PROXIES": "127.0.0.1"}
_COSTS = {
    "collector": "the collector",
    "slow": f"the collector with {_SLOW_CLIENTS} slow clients, which it serves too",
    "flask": "the bare Flask view",
    "wsgi": "the bare WSGI callable",
}
_SETTINGS = {"always": {"WEBLEADS_JOURNAL_SYNC": "always"}, "slow": _BEHIND_A_PROXY}


def figures(folder: Path) -> Iterator[Figure]:
    """Returns rates and latencies. Each round measures all servers in turn, so a slow moment affects all of them."""
    runs: dict[str, list[load.Load]] = {"collector": [], "flask": [], "wsgi": [], "always": [], "slow": []}
    costs: dict[str, list[float]] = {kind: [] for kind in runs}
    served = Counter[str]()
    memory: list[tuple[float, float]] = []
    for turn in range(_ROUNDS):
        for kind, seen in runs.items():
            data = folder / f"{kind}-{turn}"
            program = kind if kind in {"flask", "wsgi"} else "collector"
            with servers.running(program, data, **_SETTINGS.get(kind, {})) as (url, pid):
                idle = worker_mb(pid)
                with _beside(kind, url) as answers:
                    spent = cpu_seconds(pid)
                    seen.append(load.run(url, folder, seconds=_SECONDS))
                    costs[kind].append((cpu_seconds(pid) - spent) / seen[-1].requests * 1e6)
                served.update(answers)
                if kind == "collector":
                    memory.append((idle, worker_mb(pid)))
    rates = {kind: median(one.rate for one in seen) for kind, seen in runs.items()}
    yield Figure("accepted and journalled, one collector worker", rates["collector"], "hits/s")
    yield Figure("the same server, bare Flask view", rates["flask"], "hits/s")
    yield Figure("the same server, bare WSGI callable", rates["wsgi"], "hits/s")
    yield Figure("collector against bare Flask view", rates["collector"] / rates["flask"], "x", at_least=4)
    yield Figure("collector against bare WSGI callable", rates["collector"] / rates["wsgi"], "x", at_least=0.6)
    yield Figure("collector, accept p50", median(one.p50_ms for one in runs["collector"]), "ms")
    yield Figure("collector, accept p99", median(one.p99_ms for one in runs["collector"]), "ms", at_most=25)
    yield Figure(
        "journal_sync=always against interval, 32 connections",
        rates["always"] / rates["collector"],
        "x",
        at_least=0.5,
    )
    for kind, what in _COSTS.items():
        yield Figure(f"processor time of {what}", median(costs[kind]), "us/hit")
    beside = f"{_SLOW_CLIENTS} slow clients connected and served"
    yield Figure(f"collector against bare Flask view, {beside}", rates["slow"] / rates["flask"], "x", at_least=3.3)
    yield Figure(f"collector, accept p99, {beside}", median(one.p99_ms for one in runs["slow"]), "ms", at_most=10)
    yield Figure("slow clients answered", served.total() / _ROUNDS, "a round")
    yield Figure("slow clients answered with 202", served["202"] / max(1, served.total()), "share", at_least=1)
    hits = runs["collector"][0].requests
    size = sum(segment.size for segment in list_segments(folder / "collector-0" / "journal"))
    yield Figure("journal, bytes a hit", size / hits, "B")
    idle, loaded = (median(one) for one in zip(*memory, strict=True))
    yield Figure("memory of a collect worker, idle", idle, "MB", at_most=60)
    yield Figure("memory of a collect worker, under load", loaded, "MB", at_most=60)


def _beside(kind: str, url: str) -> AbstractContextManager[dict[str, int]]:
    """The slow clients of a run, if it has some, with the answers that they had."""
    port = urlsplit(url).port
    assert port is not None
    return slow_clients.connected(port, _SLOW_CLIENTS) if kind == "slow" else nullcontext({})
