"""Hostile bodies through the real collector, journal and ingest, in one process, with good hits among them."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from sqlalchemy import func, select

from tests.fuzz import hostile
from tests.running_service import FIREFOX
from tracker.clock import utc_now
from tracker.collector import build_collector, open_journal
from tracker.enrichment.bots import BotRule
from tracker.hit import Hit, WireEvent, encode_line
from tracker.service.service import Service
from tracker.settings import Settings
from tracker.sites.sites import add_site, update_site
from tracker.store.schema import events

_CHUNK = 10_000
_GOOD_EVERY = 10
_WARM_CHUNKS = 3
_LONG_CHUNKS = 100
_LEVEL_MB = 50.0
_MOST_MB = 1000.0
_SEGMENT_LINES = 200
_DELIBERATE = {202, 400, 413, 405}


@dataclass
class Outcome:
    """The result of a run. `levels` are MB of resident memory after each chunk; `wrong` are sentences about failures."""

    sent: int = 0
    accepted: int = 0
    good: int = 0
    counted: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    levels: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def run(folder: Path, seed: int, bodies: int, *, most_growth_mb: float = 150.0) -> Outcome:
    """Sends `bodies` hostile bodies and a good hit after each tenth, and ingests them as they come."""
    settings = Settings(data=folder / "data", rate_limit=0)
    service = Service(settings)
    try:
        _add_site(service)
        return _run(settings, service, Random(seed), bodies, most_growth_mb)
    finally:
        service.stop()


def _add_site(service: Service) -> None:
    """Adds a site without bot rules: they would take the good hits, which one program sends, for a bot's."""
    add_site(service.app_database, hostile.SITE, now=utc_now())
    rules = frozenset(BotRule)
    update_site(
        service.app_database,
        hostile.SITE,
        time_zone="Europe/Paris",
        language="fr",
        excluded_networks="",
        disabled_rules=rules,
    )


def _run(settings: Settings, service: Service, chance: Random, bodies: int, most_growth_mb: float) -> Outcome:
    outcome = Outcome()
    journal = open_journal(settings)
    with closing(journal):
        caller = _Caller(build_collector(settings, journal=journal), chance, outcome)
        while outcome.sent < bodies:
            for _ in range(min(_CHUNK, bodies - outcome.sent)):
                caller.send_hostile()
                if outcome.sent % _GOOD_EVERY == 0:
                    caller.send_good()
            _write_segment(settings.journal_folder, chance, outcome)
            _drain(service, outcome)
            outcome.levels.append(_resident_mb())
    _count(service, outcome)
    judge(outcome, most_growth_mb)
    return outcome


def _write_segment(folder: Path, chance: Random, outcome: Outcome) -> None:
    """Writes a segment as a damaged disk, another version or an editor may leave it, with good hits between its lines."""
    now = utc_now()
    lines = []
    for _ in range(_SEGMENT_LINES):
        hit = Hit(now, _good_ip(outcome.good), FIREFOX, event=WireEvent(**_good_page(outcome.good)))
        outcome.good += 1
        lines += [encode_line([hit]), hostile.line(chance, encode_line([hit]).replace(b"/good/", b"/evil/"))]
    name = f"{now:%Y%m%dT%H%M%S%f}-{chance.randrange(2**32):08x}-000001.jsonl"
    (folder / name).write_bytes(b"".join(line.replace(b"\n", b" ") + b"\n" for line in lines))


def _good_page(number: int) -> dict[str, str]:
    """Returns a page view with a path that no other hit has."""
    return {"n": "pageview", "u": f"https://{hostile.SITE}/good/{number}", "d": hostile.SITE}


def _good_ip(number: int) -> str:
    return f"82.{64 + number % 60}.{number % 250}.{number % 199}"


class _Caller:
    """Calls the collector as a server does."""

    def __init__(self, collector: Any, chance: Random, outcome: Outcome) -> None:
        self._collector = collector
        self._chance = chance
        self._outcome = outcome
        self._status = 0

    def send_hostile(self) -> None:
        chance = self._chance
        self._outcome.sent += 1
        body, agent = hostile.body(chance), hostile.agent(chance).encode("utf-8", "replace").decode("latin-1")
        if chance.random() < 0.1:
            query = "".join(f"%{byte:02X}" if chance.random() < 0.5 else chr(byte) for byte in body[:20_000])
            path = chance.choice(("/api/event", "/pixel.gif"))
            status = self._call("GET", path, b"", agent, query=query, referer=hostile.url(chance))
        else:
            status = self._call("POST", "/api/event", body, agent)
        self._outcome.statuses[status] += 1
        if status not in _DELIBERATE and not (status == 200 and self._outcome.sent):
            self._outcome.wrong.append(f"{status} for {body[:80]!r}")
        self._outcome.accepted += status == 202

    def send_good(self) -> None:
        """Sends a good hit, alone or in a batch with an invalid member."""
        number = self._outcome.good
        page = _good_page(number)
        body = json.dumps(page if number % 3 else {"batch": [{"n": 7}, page, {"u": "no"}]}).encode()
        status = self._call("POST", "/api/event", body, FIREFOX, ip=_good_ip(number))
        self._outcome.good += 1
        if status != 202:
            self._outcome.wrong.append(f"a good hit was answered {status}")

    def _call(
        self,
        method: str,
        path: str,
        body: bytes,
        agent: str,
        *,
        query: str = "",
        referer: str = "",
        ip: str = "192.0.2.1",
    ) -> int:
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REMOTE_ADDR": ip,
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_USER_AGENT": agent,
            "HTTP_ACCEPT_LANGUAGE": agent[:600],
            "wsgi.input": BytesIO(body),
        }
        if referer:
            environ["HTTP_REFERER"] = referer.encode("utf-8", "replace").decode("latin-1")
        for _ in self._collector(environ, self._start_response):
            pass
        return self._status

    def _start_response(self, status: str, _headers: object, _error: object = None) -> None:
        self._status = int(status[:3])


def _drain(service: Service, outcome: Outcome) -> None:
    """Ingests until nothing is left. An exception goes into `wrong`: in a service it would stop all sites."""
    while True:
        try:
            if not service.ingest.run_once().lines:
                break
        except Exception as problem:  # noqa: BLE001 - whatever it is, ingest would try the same lines for ever
            outcome.wrong.append(f"ingest stopped: {problem!r}"[:300])
            return
    if left := service.ingest.lag_bytes():
        outcome.wrong.append(f"{left} bytes of the journal are left")


def _count(service: Service, outcome: Outcome) -> None:
    """Returns how often each good page is in the store."""
    statement = (
        select(events.c.path, func.count().label("times")).where(events.c.path.like("/good/%")).group_by(events.c.path)
    )
    times = {row.path: row.times for row in service.events.rows(statement)}
    outcome.counted = sum(times.values())
    expected = {f"/good/{number}" for number in range(outcome.good)}
    if lost := expected - set(times):
        outcome.wrong.append(f"{len(lost)} good hits lost, {min(lost)} first")
    if doubled := [path for path, count in times.items() if count > 1 or path not in expected]:
        outcome.wrong.append(f"{len(doubled)} good hits doubled or made up, {min(doubled)} first")


def judge(outcome: Outcome, most_growth_mb: float) -> None:
    """A long run has to stay level once what is bounded is full: 100,000 visitors, the caches, the store's log.

    Its quarters are compared by their medians: a level is measured just after a checkpoint of the store now and then,
    whose memory is released a moment later. The highest level has its own limit.
    """
    levels = outcome.levels
    if len(levels) >= _LONG_CHUNKS:
        quarter = len(levels) // 4
        before, growth_allowed = median(levels[-2 * quarter : -quarter]), _LEVEL_MB
        growth, since = median(levels[-quarter:]) - before, len(levels) - quarter
    elif len(levels) > _WARM_CHUNKS:
        since, growth_allowed = _WARM_CHUNKS, most_growth_mb
        growth = max(levels[since:]) - levels[since - 1]
    else:
        return
    if growth > growth_allowed:
        outcome.wrong.append(f"memory grew by {growth:.0f} MB after the first {since * _CHUNK:,} bodies")
    if max(levels) > _MOST_MB:
        outcome.wrong.append(f"memory came to {max(levels):.0f} MB")


def _resident_mb() -> float:
    with open("/proc/self/statm") as file, suppress(ValueError, IndexError):
        return int(file.read().split()[1]) * 4096 / 1e6
    return 0.0
