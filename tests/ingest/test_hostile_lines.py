"""No line stops ingest: whatever bytes a segment holds, its end is reached and every good line around is counted once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, OperationalError

from tests.running_service import FIREFOX
from tracker.clock import utc_now
from tracker.hit import Hit, WireEvent, encode_line
from tracker.ingest import columns
from tracker.service.service import Service
from tracker.settings import Settings
from tracker.sites.sites import add_site
from tracker.store.batch import Batch
from tracker.store.schema import events, not_counted

SITE = "blog.example.fr"
NAME = "20261126T090000000000-0123abcd-000001.jsonl"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(Settings(data=tmp_path / "data", too_old_hours=72))
    add_site(service.app_database, SITE, now=utc_now())
    yield service
    service.stop()


def a_hit(path: str, *, at: datetime | None = None, visitor: int = 0, **more: Any) -> Hit:
    event = WireEvent(name="pageview", url=f"https://{SITE}{path}", domain=SITE, **more)
    return Hit(at or utc_now(), f"82.64.{visitor % 250}.{visitor // 250 % 250 + 1}", FIREFOX, event=event)


def a_line(path: str, **more: Any) -> bytes:
    return encode_line([a_hit(path, **more)])


def write(service: Service, *lines: bytes, name: str = NAME) -> None:
    with open(service.settings.journal_folder / name, "ab") as file:
        file.write(b"".join(line + b"\n" for line in lines))


def drain(service: Service) -> None:
    while service.ingest.run_once().lines:
        pass
    assert service.ingest.lag_bytes() == 0


def paths(service: Service) -> Counter[str]:
    rows = service.events.rows(select(events.c.path, func.count()).group_by(events.c.path))
    return Counter({row[0]: row[1] for row in rows})


def missed(service: Service) -> dict[tuple[str, str], int]:
    statement = select(not_counted.c.reason, not_counted.c.detail, func.sum(not_counted.c.hits)).group_by(
        not_counted.c.reason, not_counted.c.detail
    )
    return {(reason, detail): int(hits) for reason, detail, hits in service.events.rows(statement) if hits}


def raw(**fields: Any) -> bytes:
    event = {"name": "pageview", "url": f"https://{SITE}/bad", "domain": SITE} | fields.pop("event", {})
    return json.dumps(
        {"received_at": utc_now().isoformat(), "ip": "82.64.1.2", "user_agent": FIREFOX, "event": event} | fields
    ).encode()


HOSTILE = {
    "a byte that is not UTF-8": a_line("/x").replace(b"/x", b"/\xff"),
    "bytes of no text at all": bytes(range(10)) + bytes(range(11, 256)),
    "an empty line": b"",
    "no JSON": b"no json",
    "JSON that is no hit": b"[1, 2, 3]",
    "a line that was cut": a_line("/x")[:70],
    "990 brackets in the properties": a_line("/x")[:-2] + b',"p":{"a":' + b"[" * 990 + b"]" * 990 + b"}}}",
    "100,000 brackets": b"[" * 100_000,
    "100,000 braces": b'{"event":' * 100_000,
    "brackets in a string that never ends": b'{"a":"' + b"[" * 5_000,
    "the year 1": raw(received_at="0001-01-01T00:00:00+14:00"),
    "the year 1, ahead of UTC": raw(received_at="0001-01-01T00:00:00-14:00"),
    "the year 9999": raw(received_at="9999-12-31T23:59:59-14:00"),
    "the year 2200": raw(received_at="2200-01-01T00:00:00Z"),
    "an age without end": raw(event={"age": 1e308}),
    "an age that is no number": raw(event={"age": 1}).replace(b'"age": 1', b'"age": 1e999'),
    "a half of a character in the properties": raw(event={"p": json.dumps({"a": "\ud800"})}),
    "a half of a character in the revenue": raw(event={"$": json.dumps({"currency": "\ud800", "amount": 1})}),
    "numbers of a thousand digits": raw(event={"p": json.dumps({"a": 10**1000}), "w": 1e300, "e": 1e300, "sd": -1e300}),
    "numbers of five thousand digits": raw(event={"p": '{"a":' + "9" * 5000 + "}"}),
    "properties nested in a text": raw(event={"p": '{"a":' + "[" * 50_000}),
    "a revenue nested in a text": raw(event={"$": '{"a":' * 50_000}),
    "an IP address that is none": raw(ip="\x00%" * 30),
    "a zero in every text": raw(user_agent=FIREFOX + "\0", event={"t": "\0", "r": "https://a.fr/\0", "id": "\0"}),
    "a URL with half a bracket": raw(event={"url": "https://[::1/x"}),
    "a site without an end": raw(event={"domain": "a" * 60_000}),
    "a line that says it was quarantined": b'{"quarantined":"x","end":1}',
    "a quarantined line within itself": b'{"quarantined":"x","end":1,"at":"2026-11-26T00:00:00Z","site":"","day":"2026-11-26","detail":"x","raw":"eyJxdWFyYW50aW5lZCI6"}',
}  # fmt: skip


@pytest.mark.parametrize("line", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_line_is_passed_and_its_neighbours_are_counted(service: Service, line: bytes) -> None:
    write(service, a_line("/before"), line, a_line("/after", visitor=1))
    drain(service)
    found = paths(service)
    assert (found["/before"], found["/after"]) == (1, 1)
    assert sum(found.values()) + sum(missed(service).values()) >= 3


def test_all_hostile_lines_together_leave_every_good_line_counted(service: Service) -> None:
    lines = [
        line
        for number, hostile in enumerate(HOSTILE.values())
        for line in (hostile, a_line(f"/{number}", visitor=number))
    ]
    write(service, *lines)
    drain(service)
    found = paths(service)
    assert [found[f"/{number}"] for number in range(len(HOSTILE))] == [1] * len(HOSTILE)


_JUNK = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.recursive(st.none() | st.text() | st.floats() | st.integers(), lambda some: st.lists(some) | st.dictionaries(st.sampled_from(["event", "ip", "p", "received_at"]), some), max_leaves=10).map(lambda value: json.dumps(value).encode()),
    st.tuples(st.integers(0, 400), st.binary(min_size=1, max_size=4)).map(lambda cut: a_line("/x", p={"a": "b"})[: cut[0]] + cut[1] + a_line("/x", p={"a": "b"})[cut[0] :]),
)  # fmt: skip


@given(st.lists(_JUNK, max_size=12))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_in_a_segment_are_passed(service: Service, junk: list[bytes]) -> None:
    """One service takes all examples: each has a segment and paths of its own."""
    _TURNS.append(1)
    turn = len(_TURNS)
    lines: list[bytes] = []
    for number, some in enumerate(junk):
        lines += [some, a_line(f"/good-{turn}-{number}", visitor=turn * 20 + number)]
    write(service, *lines, name=f"20261126T0900{turn:08d}-0123abcd-000001.jsonl")
    drain(service)
    found = paths(service)
    assert [found[f"/good-{turn}-{number}"] for number in range(len(junk))] == [1] * len(junk)


_TURNS: list[int] = []


def test_a_batch_of_which_one_hit_cannot_be_read_keeps_the_others(service: Service) -> None:
    line = b"[" + a_line("/one") + b"," + raw(ip=7) + b"," + a_line("/two", visitor=1) + b"]"
    write(service, line)
    drain(service)
    assert paths(service) == {"/one": 1, "/two": 1}
    assert missed(service) == {("invalid_hit", "invalid field"): 1}
    assert service.ingest.quarantine.summary().lines == 1


@pytest.fixture
def poisoned(service: Service, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes a step fail on every event whose path says "poison"."""
    ingest = service.ingest

    def enrich_fails() -> None:
        enrich = ingest._enricher.enrich_all
        monkeypatch.setattr(
            ingest._enricher,
            "enrich_all",
            lambda hits, sites: [_on(hit.event.page_url, RecursionError) for hit in hits] and enrich(hits, sites),
        )

    def identity_fails() -> None:
        arrivals = ingest._identity.arrivals
        monkeypatch.setattr(
            ingest._identity,
            "arrivals",
            lambda found, hits, zones: (
                [_on(event.path, OverflowError) for event in found] and arrivals(found, hits, zones)
            ),
        )

    def columns_fail() -> None:
        make = columns.columns_of_batch
        monkeypatch.setattr(
            "tracker.ingest.worker.columns_of_batch",
            lambda found: [_on(event.path, ValueError) for event in found] and make(found),
        )

    def visits_fail() -> None:
        def assign(visits: Any, arrivals: Any) -> Any:
            _ = [_on(one.event.path, KeyError) for one in arrivals]
            return real(visits, arrivals)

        from tracker.ingest.visits.assign import Visits

        real = Visits.assign
        monkeypatch.setattr(Visits, "assign", assign)

    def store_fails() -> None:
        import duckdb

        def add(connection: Any, batch: Batch) -> Any:
            for path in batch.columns.get("path", np.array([])):
                if "poison" in str(path):
                    raise DBAPIError("INSERT", {}, duckdb.ConversionException("no such text")) from None
            return real(connection, batch)

        from tracker.store.duckdb import store

        real = store._add
        monkeypatch.setattr(store, "_add", add)

    steps = {
        "enrichment": enrich_fails,
        "identity": identity_fails,
        "visits": visits_fail,
        "columns": columns_fail,
        "store": store_fails,
    }
    return lambda step: steps[step]()


def _on(path: str | None, error: type[Exception]) -> None:
    if "poison" in (path or ""):
        raise error("a step fails on it")


STEPS = ("enrichment", "identity", "visits", "columns", "store")


@pytest.mark.parametrize("step", STEPS)
def test_a_hit_on_which_a_step_fails_is_kept_and_all_others_are_counted(
    service: Service, poisoned: Callable[[str], None], step: str
) -> None:
    lines = [a_line(f"/good-{number}", visitor=number) for number in range(40)]
    lines[7:7] = [a_line("/poison-1", visitor=100)]
    lines[30:30] = [
        encode_line(
            [a_hit("/in-batch-1", visitor=101), a_hit("/poison-2", visitor=102), a_hit("/in-batch-2", visitor=103)]
        )
    ]
    write(service, *lines)
    poisoned(step)
    drain(service)
    assert paths(service) == {f"/good-{number}": 1 for number in range(40)} | {"/in-batch-1": 1, "/in-batch-2": 1}
    assert {reason for reason, _ in missed(service)} == {"invalid_hit"}
    assert sum(missed(service).values()) == 2
    assert service.ingest.quarantine.summary().lines == 2


@pytest.mark.parametrize("step", STEPS)
def test_what_failed_is_counted_once_by_a_replay_once_it_can_be(
    service: Service, poisoned: Callable[[str], None], step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(service, a_line("/good"), a_line("/poison", visitor=1))
    poisoned(step)
    drain(service)
    monkeypatch.undo()
    assert service.ingest.quarantine.replay(checkpoint=service.events.checkpoint) == 1
    drain(service)
    assert paths(service) == {"/good": 1, "/poison": 1}
    assert missed(service) == {}
    assert service.ingest.quarantine.replay(checkpoint=service.events.checkpoint) == 0


def test_what_fails_again_in_a_replay_is_kept_again_and_counted_once(service: Service) -> None:
    write(service, a_line("/good"), b"no json")
    drain(service)
    for _ in range(3):
        assert service.ingest.quarantine.replay(checkpoint=service.events.checkpoint) == 1
        drain(service)
    assert missed(service) == {("invalid_hit", "not JSON"): 1}
    assert service.ingest.quarantine.summary().lines == 1


@pytest.mark.parametrize("problem", ["disk", "memory", "file"])
def test_a_store_that_fails_for_a_reason_of_its_own_quarantines_nothing(
    service: Service, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import duckdb

    failures: dict[str, Exception] = {
        "disk": OperationalError("INSERT", {}, duckdb.IOException("No space left on device")),
        "memory": OperationalError("INSERT", {}, duckdb.OutOfMemoryException("could not allocate block")),
        "file": DBAPIError("INSERT", {}, duckdb.FatalException("database has been invalidated")),
    }

    def fail(_: Batch) -> None:
        raise failures[problem]

    write(service, a_line("/good"), b"no json", a_line("/other", visitor=1))
    monkeypatch.setattr(service.events, "append", fail)
    for _ in range(3):
        with pytest.raises(DBAPIError):
            service.ingest.run_once()
    monkeypatch.undo()
    assert service.ingest.quarantine.summary().lines == 0
    drain(service)
    assert paths(service) == {"/good": 1, "/other": 1}
    assert missed(service) == {("invalid_hit", "not JSON"): 1}
    assert service.ingest.quarantine.summary().lines == 1


class Killed(BaseException):
    """Ends the process, as far as the test goes."""


@pytest.mark.parametrize("moment", ["before the batch is stored", "after it"])
def test_a_kill_between_quarantine_and_store_neither_loses_nor_doubles_a_line(
    service: Service, moment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(service, a_line("/good"), b"no json")
    append = service.events.append

    def killed(batch: Batch) -> None:
        if moment == "after it":
            append(batch)
        raise Killed

    monkeypatch.setattr(service.events, "append", killed)
    monkeypatch.setattr("tracker.ingest.quarantine.os.truncate", lambda *_: None)  # nothing is tidied by a kill
    with pytest.raises(Killed):
        service.ingest.run_once()
    monkeypatch.undo()
    service.stop()
    again = Service(Settings(data=tmp_path / "data"))
    try:
        assert again.ingest.quarantine.summary().lines == (1 if moment == "after it" else 0)
        drain(again)
        assert paths(again) == {"/good": 1}
        assert missed(again) == {("invalid_hit", "not JSON"): 1}
        assert again.ingest.quarantine.summary().lines == 1
    finally:
        again.stop()


def test_an_ip_goes_when_the_journals_time_is_over_and_what_it_told_stays(
    service: Service, poisoned: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(service, a_line("/poison", visitor=3), b'{"ip":"82.64.77.7", cut')
    poisoned("enrichment")
    drain(service)
    monkeypatch.undo()
    folder = service.settings.journal_folder / "quarantine"
    service.ingest.forget_ips(ip_hours=25)
    assert b"82.64.3.1" in b"".join(path.read_bytes() for path in folder.iterdir())
    before = service.ingest._identity.visitor_ids(
        SITE, "Europe/Paris", "82.64.3.1", FIREFOX, int(utc_now().timestamp() * 1e6)
    )[0]
    service.ingest.forget_ips(ip_hours=0)
    service.ingest.forget_ips(ip_hours=0)
    assert b"82.64" not in b"".join(path.read_bytes() for path in folder.iterdir())
    service.ingest.quarantine.replay(checkpoint=service.events.checkpoint)
    drain(service)
    ((path, visitor_id),) = service.events.rows(select(events.c.path, events.c.visitor_id))
    assert (path, visitor_id) == ("/poison", before)


def test_it_is_bounded_and_what_is_over_is_still_counted(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.ingest.quarantine.MOST_BYTES", 4_000)
    write(service, *[b"no json " * 30] * 50)
    drain(service)
    summary = service.ingest.quarantine.summary()
    assert 0 < summary.lines < 50
    assert summary.size <= 4_000
    assert summary.is_full
    assert missed(service) == {("invalid_hit", "not JSON"): 50}


def test_what_is_older_than_fourteen_days_goes(service: Service) -> None:
    write(service, b"no json")
    drain(service)
    (path,) = (service.settings.journal_folder / "quarantine").glob("*.jsonl")
    path.rename(path.with_name(f"{utc_now() - timedelta(days=15):%Y%m%d}T000000000000-quarantine-000001.jsonl"))
    service.ingest.forget_ips(ip_hours=25)
    assert service.ingest.quarantine.summary().lines == 0


def test_a_hostile_date_does_not_hold_up_the_lines_of_other_writers(service: Service) -> None:
    now = datetime.now(UTC)
    write(service, raw(received_at="9999-12-31T23:59:59Z"), a_line("/one", at=now))
    write(service, a_line("/two", at=now, visitor=1), name=NAME.replace("0123abcd", "89abcdef"))
    drain(service)
    assert paths(service) == {"/one": 1, "/two": 1}
    assert missed(service) == {("invalid_hit", "impossible date"): 1}
