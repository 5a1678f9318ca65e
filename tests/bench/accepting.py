"""Hits accepted and journalled by one collector worker, against a bare Flask view and a bare WSGI callable."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.bench import load, servers
from tests.bench.figure import Figure
from tests.bench.memory import worker_mb
from tracker.journal import list_segments

_SECONDS = 5
_ROUNDS = 3
_SETTINGS = {"always": {"WEBLEADS_JOURNAL_SYNC": "always"}}


def figures(folder: Path) -> Iterator[Figure]:
    """Returns rates and latencies. Each round measures the three servers in turn, so a slow moment affects all of them."""
    runs: dict[str, list[load.Load]] = {"collector": [], "flask": [], "wsgi": [], "always": []}
    memory: list[tuple[float, float]] = []
    for turn in range(_ROUNDS):
        for kind, seen in runs.items():
            data = folder / f"{kind}-{turn}"
            program = kind if kind in {"flask", "wsgi"} else "collector"
            with servers.running(program, data, **_SETTINGS.get(kind, {})) as (url, pid):
                idle = worker_mb(pid)
                seen.append(load.run(url, folder, seconds=_SECONDS))
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
    hits = runs["collector"][0].requests
    size = sum(segment.size for segment in list_segments(folder / "collector-0" / "journal"))
    yield Figure("journal, bytes a hit", size / hits, "B")
    idle, loaded = (median(one) for one in zip(*memory, strict=True))
    yield Figure("memory of a collect worker, idle", idle, "MB", at_most=60)
    yield Figure("memory of a collect worker, under load", loaded, "MB", at_most=60)
