"""`webleads quarantine` on a data folder, with and without a running service."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running_service import FIREFOX, ForkedService, RunningService, webleads
from tracker.clock import utc_now
from tracker.hit import Hit, WireEvent, encode_line
from tracker.ingest.kept import Kept
from tracker.ingest.quarantine import Quarantine

SITE = "blog.example.fr"
_SEGMENT = "20261126T090000000000-0123abcd-000001.jsonl"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder whose journal holds a good hit and two lines that are none."""
    assert webleads("site", "add", SITE, data=tmp_path / "data").returncode == 0
    event = WireEvent(name="pageview", url=f"https://{SITE}/good", domain=SITE)
    good = encode_line([Hit(utc_now(), "82.64.0.1", FIREFOX, event=event)])
    (tmp_path / "data/journal" / _SEGMENT).write_bytes(b"no \x1b[31mjson\n" + good + b"\n\xff\xfe\n")
    return tmp_path / "data"


@pytest.fixture
def service(data: Path) -> Iterator[RunningService]:
    running = ForkedService(data).start()
    yield running
    running.stop()


def pageviews(data: Path) -> int:
    found = webleads("query", "--site", SITE, '{"metrics": ["pageviews"], "date_range": "7d"}', data=data)
    return int(json.loads(found.stdout)["results"][0]["metrics"][0])


def test_it_lists_what_failed_replays_it_and_counts_nothing_twice(data: Path) -> None:
    assert webleads("ingest", "--once", data=data).returncode == 0
    listed = webleads("quarantine", "list", data=data)
    assert "not JSON" in listed.stdout
    assert "not UTF-8" in listed.stdout
    assert "\x1b" not in listed.stdout
    assert "2 lines" in listed.stdout
    assert webleads("quarantine", "replay", data=data).stdout.startswith("back in the journal: 2 lines")
    assert "0 lines" in webleads("quarantine", "list", data=data).stdout
    webleads("ingest", "--once", data=data)
    assert "2 lines" in webleads("quarantine", "list", data=data).stdout
    assert pageviews(data) == 1
    assert "2 lines deleted" in webleads("quarantine", "clear", "--yes", data=data).stdout
    assert "0 lines" in webleads("quarantine", "list", data=data).stdout


def test_a_running_service_tells_of_it_and_replays_it(service: RunningService) -> None:
    service.wait_until_stored()
    assert "could not be read or counted: 2, kept for" in json.loads(service.get("/readyz")[1])["notes"][0]
    assert "webleads quarantine replay" in webleads("doctor", data=service.data).stdout
    assert "2 lines" in webleads("quarantine", "replay", data=service.data).stdout
    service.wait_until_stored()
    assert "2 lines" in webleads("quarantine", "list", data=service.data).stdout
    assert pageviews(service.data) == 1


def test_without_a_data_folder_it_says_so(tmp_path: Path) -> None:
    run = webleads("quarantine", "list", data=tmp_path / "none")
    assert run.returncode == 2
    assert "name the data folder with --data" in run.stderr


def test_a_removed_sites_hits_leave_the_quarantine_and_others_stay(data: Path) -> None:
    for site in ("ancien.fr", "autre.fr"):
        assert webleads("site", "add", site, data=data).returncode == 0
    assert webleads("site", "rename", "ancien.fr", "nouveau.fr", data=data).returncode == 0
    kept = [
        Kept("x", 1, utc_now(), site, utc_now().date(), "x") for site in ("ancien.fr", "nouveau.fr", "autre.fr", "")
    ]
    with Quarantine(data / "journal").keeping(kept):
        pass
    assert "4 lines" in webleads("quarantine", "list", data=data).stdout
    assert webleads("site", "remove", "nouveau.fr", "--yes", "--for-good", data=data).returncode == 0
    assert [one.site for one in Quarantine(data / "journal").kept()] == ["autre.fr", ""]
