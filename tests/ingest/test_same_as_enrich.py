"""`webleads enrich` and ingest make the same events of the same hits, and leave out the same ones, with the same deltas."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from dashboards.presentation.evidence import describe_stored
from tests.bench.hits import SITE, make_hits
from tests.ingest.test_hostile_lines import drain, missed, write
from tests.ingest.test_whatever_is_accepted import FIELDS, HOSTILE
from tests.running_service import FIREFOX
from tracker.clock import utc_now
from tracker.collector.payload import RequestProblem, read_events
from tracker.hit import Hit, encode_line
from tracker.service.service import Service
from tracker.settings import Settings
from tracker.sites.sites import add_site
from tracker.store.schema import EVENT_COLUMNS, event_ids, events

# Salts are each run's own.
OF_THE_RUN = frozenset({"visitor_id", "visit_id"})


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(Settings(data=tmp_path / "data"))
    add_site(service.app_database, SITE, now=utc_now())
    yield service
    service.stop()


def ordinary() -> list[Hit]:
    hits = make_hits(1_500, people=60, kinds_of_agent=12)
    for number, hit in enumerate(hits):
        hit.event.id = f"event-{number}"
        if number % 17 == 0:
            hit.event.n, hit.event.p = "Signup", {"plan": "pro", "url": "mailto:a@b.fr"}
        if number % 19 == 0:
            hit.event.n, hit.event.i = "Outbound Link: Click", False
        if number % 23 == 0:
            hit.event.id = f"event-{number - 1}"
        if number % 29 == 0:
            hit.headers |= {"sec-ch-ua": '"Chromium";v="142"', "sec-ch-ua-platform": '"Windows"'}
        if number % 31 == 0:
            hit.user_agent = "Googlebot/2.1 (+http://www.google.com/bot.html)"
        if number % 37 == 0:
            hit.event.revenue = {"amount": f"{number}.50", "currency": "EUR"}
    return hits


def hostile() -> list[Hit]:
    """Whatever the collector accepts of a field that is anything, one by one and several together.

    But for the site: `enrich` needs none to exist.
    """
    names = [name for name in FIELDS if name not in {"d", "domain"}]
    chance, hits, now = random.Random(3), [], utc_now()
    plain = {"n": "pageview", "u": f"https://{SITE}/a?utm_source=x", "d": SITE, "r": "https://www.google.com/"}
    sent = [{field: value} for field in names for value in HOSTILE]
    sent += [{field: chance.choice(HOSTILE) for field in chance.sample(names, 4)} for _ in range(300)]
    for number, fields in enumerate(sent):
        body = json.dumps({"id": f"event-{number}"} | plain | fields).encode()
        try:
            found = read_events(body)[0]
        except RequestProblem:
            continue
        at = now + timedelta(milliseconds=number)
        hits += [Hit(at, f"82.64.1.{number % 200 + 1}", FIREFOX, {"accept-language": "fr"}, one) for one in found]
    return hits


def enriched(hits: list[Hit], data: Path) -> list[dict[str, Any]]:
    lines = b"".join(encode_line([hit]) + b"\n" for hit in hits)
    command = [sys.executable, "-m", "tracker.cli", "enrich", "--data", str(data)]
    output = subprocess.run(command, input=lines, capture_output=True, check=True, timeout=300).stdout
    return [json.loads(line) for line in output.splitlines()]


def stored(service: Service) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    ids: dict[tuple[int, datetime], list[str]] = {}
    for one in service.events.rows(select(event_ids)):
        ids.setdefault((one.visit_id, one.occurred_at), []).append(one.event_id)
    for row in service.events.rows(select(events)):
        found = dict(zip(EVENT_COLUMNS, row, strict=True))
        has_id = found.pop("has_event_id")
        found["event_id"] = ids[row.visit_id, row.occurred_at].pop() if has_id else None
        found["occurred_at"] = row.occurred_at.isoformat(timespec="milliseconds") + "Z"
        found["company_evidence"] = describe_stored("en", found["company_evidence"]) or None
        rows.append(found)
    return rows


def countable(rows: list[dict[str, Any]]) -> Counter[str]:
    kept = [{name: value for name, value in row.items() if name not in OF_THE_RUN} for row in rows]
    return Counter(json.dumps(row, sort_keys=True) for row in kept)


@pytest.mark.parametrize("make", [ordinary, hostile])
def test_enrich_and_ingest_make_the_same_events(service: Service, make: Any) -> None:
    hits = make()
    answers = enriched(hits, service.settings.data)
    assert len(answers) == len(hits)
    write(service, *(encode_line([hit]) for hit in hits))
    drain(service)
    made = [answer for answer in answers if "drop_reason" not in answer]
    assert countable(stored(service)) == countable(made)
    dropped = Counter(answer["drop_reason"] for answer in answers if "drop_reason" in answer)
    of_ingest = Counter[str]()
    for (reason, _), number in missed(service).items():
        of_ingest[reason] += number
    assert of_ingest == dropped
