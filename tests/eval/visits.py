"""Visits, compared with the expected sessions of the same requests: a server's log, EDGAR's log, Snowplow's events."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

from tests.eval.measure import SHARED, Measure, timed
from tests.made_events import new_event
from tracker.enrichment.event import ENGAGEMENT, PAGEVIEW, Event
from tracker.ingest.visits.assign import VISIT_GAP_US, Arrival, Visits
from tracker.ingest.visits.visitor_ids import Identity

_LINE = re.compile(r'(\S+) \S+ \S+ \[([^\]]+)\] "(?:[^"\\]|\\.)*" \S+ \S+ "(?:[^"\\]|\\.)*" ?(?:"((?:[^"\\]|\\.)*)")?')
_SECOND = 1_000_000
# Why Snowplow's tracker has another session than ours, by its own name for the case.
_REASONS = {
    "long session": "its id of a session lives for ten days: no pause ends it",
    "Rotating domain_userid per session": "three visitors share one id of a session over two days",
    "Multiple last sessions per user": "one visitor has two ids of a session in one second",
    "Multiple first sessions per user": "one visitor has two ids of a session in one second",
    "stray page ping": "a page ping two days after its page: no page was open that long",
    "No edge cases": "page pings 7 and 55 hours after their page make sessions of their own",
}


class Session(NamedTuple):
    """A visitor's session: the times of its first and last request, in the units of the data."""

    visitor: str
    first: int
    last: int
    requests: int


def measures() -> Iterator[Measure]:
    """A line for each set of expected sessions."""
    folder = SHARED / "sessions"
    log = list(_log(SHARED / "logs" / "semicomplete_2015_apache_combined.log.gz"))
    expected = list(_semicomplete(folder / "semicomplete_visits_30min.csv.gz"))
    yield _compare("server log, 30 minutes", [(who, at * _SECOND, PAGEVIEW) for who, at in log], expected, _SECOND)
    yield _over_midnight(log, expected)
    for case in sorted(folder.glob("edgar_test_*")):
        yield _edgar(case)
    yield _snowplow(folder / "snowplow_web")


def visits_of(requests: Iterable[tuple[str, int, str]]) -> tuple[list[Session], float]:
    """Returns our visits of (visitor, µs since 1970, event name), and the time an event took in microseconds."""
    names: dict[str, int] = {}
    arrivals = [
        Arrival(new_event(name, at), names.setdefault(who, len(names)), None, interactive=True)
        for who, at, name in requests
    ]
    people = list(names)
    return _run(arrivals, lambda event: people[event.visitor_id])


def _run(arrivals: list[Arrival], who: object) -> tuple[list[Session], float]:
    visits = Visits(lambda *_: (), stored_until_us=0)
    batches = [arrivals[start : start + 1000] for start in range(0, len(arrivals), 1000)]
    verdicts, microseconds = timed(visits.assign, batches)
    found: dict[int, list[Event]] = {}
    for arrival, verdict in zip(arrivals, [drop for batch in verdicts for drop in batch], strict=True):
        if verdict is None:
            found.setdefault(arrival.event.visit_id, []).append(arrival.event)
    sessions = [
        Session(
            who(events[0]),  # type: ignore[operator]
            min(event.occurred_at for event in events),
            max(event.occurred_at for event in events),
            sum(event.name != ENGAGEMENT for event in events),
        )
        for events in found.values()
    ]
    return sessions, microseconds * len(batches) / max(1, len(arrivals))


def _compare(data: str, requests: list[tuple[str, int, str]], expected: list[Session], unit: int) -> Measure:
    ours, microseconds = visits_of(requests)
    ours = [one._replace(first=one.first // unit, last=one.last // unit) for one in ours]
    return _measure(data, ours, expected, microseconds)


def _measure(data: str, ours: list[Session], expected: list[Session], microseconds: float) -> Measure:
    met = set(expected) & set(ours)
    mistakes = [f"expected {one}" for one in sorted(set(expected) - met)]
    mistakes += [f"made {one}" for one in sorted(set(ours) - met)]
    figures = {"met": len(met) / len(expected), "made but not expected": len(set(ours) - met) / max(1, len(ours))}
    return Measure("visits", data, len(expected), figures, microseconds, mistakes)


def _log(path: Path) -> Iterator[tuple[str, int]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for match in filter(None, map(_LINE.match, lines)):
            at = datetime.strptime(match[2], "%d/%b/%Y:%H:%M:%S %z")
            yield f"{match[1]} {match[3] or ''}", int(at.timestamp())


def _semicomplete(path: Path) -> Iterator[Session]:
    for row in _rows(path):
        who = f"{row['ip']} {row['user_agent']}"
        yield Session(who, int(row["start_epoch"]), int(row["end_epoch"]), int(row["hits"]))


def _over_midnight(log: list[tuple[str, int]], expected: list[Session]) -> Measure:
    """Measures the same log with ids that change at midnight. A visit over midnight must stay one visit."""
    identity = Identity(lambda day: date.isoformat(day).encode())
    people: dict[int, str] = {}
    arrivals = []
    for who, at in log:
        address, _, agent = who.partition(" ")
        visitor, yesterdays = identity.visitor_ids("a.fr", "UTC", address, agent, at * _SECOND)
        people[visitor] = who
        arrivals.append(Arrival(new_event(PAGEVIEW, at * _SECOND), visitor, yesterdays, interactive=True))
    ours, microseconds = _run(arrivals, lambda event: people[event.visitor_id])
    ours = [one._replace(first=one.first // _SECOND, last=one.last // _SECOND) for one in ours]
    return _measure("server log, ids of the day", ours, expected, microseconds)


def _edgar(folder: Path) -> Measure:
    """Measures EDGAR's log. Its sessions end after another gap than our visits, so its times are scaled to our gap."""
    period = int((folder / "input_inactivity_period.txt").read_text())
    stretch = VISIT_GAP_US // (period + 1)
    rows = csv.DictReader((folder / "input_log.csv").open(newline=""))
    requests = [(row["ip"], _epoch(f"{row['date']} {row['time']}") * stretch, PAGEVIEW) for row in rows]
    expected = []
    for line in (folder / "output_sessionization.txt").read_text().split("\n"):
        if line.strip():
            who, first, last, _, count = line.strip().split(",")
            expected.append(Session(who, _epoch(first), _epoch(last), int(count)))
    return _compare(f"EDGAR {folder.name[-1]}", requests, expected, stretch)


def _epoch(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def _snowplow(folder: Path) -> Measure:
    """Sessions with the tracker's own ids: what fits our definition, and of the others its name for the case."""
    requests: list[tuple[str, int, str]] = []
    seen: set[str] = set()
    rows = _rows(folder / "snowplow_web_events.csv.gz")
    for row in sorted(rows, key=lambda row: row["derived_tstamp"]):
        if row["event_id"] not in seen:
            seen.add(row["event_id"])
            name = {"page_view": PAGEVIEW, "page_ping": ENGAGEMENT}.get(row["event"], "action")
            requests.append((row["domain_userid"], _microseconds(row["derived_tstamp"]), name))
    ours, microseconds = visits_of(requests)
    spans = {(one.visitor, one.first, one.last) for one in ours}
    expected = _rows(folder / "snowplow_web_sessions_expected.csv.gz")
    missed = [
        row
        for row in expected
        if (row["original_domain_userid"], _microseconds(row["start_tstamp"]), _microseconds(row["end_tstamp"]))
        not in spans
    ]
    reasons = [next((why for case, why in _REASONS.items() if row["user_id"].startswith(case)), None) for row in missed]
    mistakes = [f"{row['user_id']}: {why or 'unexplained'}" for row, why in zip(missed, reasons, strict=True)]
    figures = {"met": 1 - len(missed) / len(expected), "unexplained": reasons.count(None) / len(expected)}
    return Measure("visits", "Snowplow's tracker", len(expected), figures, microseconds, mistakes)


def _rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _microseconds(text: str) -> int:
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return int(moment.timestamp()) * _SECOND + moment.microsecond
