"""The status page says in words what is wrong, and every page points to it while something is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashboards.web import ServiceStatus
from tests.dashboards.web.conftest import Browser, ToldStatus
from tests.mmdb import write_asn
from tracker.db.recovery import Restore
from tracker.store.repairs import Repair

_AT = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            ServiceStatus(quarantined=1),
            [
                "Events are counted; something is left to set up.",
                "1 event could not be read",
                "webleads quarantine replay",
            ],
        ),
        (ServiceStatus(quarantined=1234), ["1,234 events could not be read"]),
        (
            ServiceStatus(),
            [
                "Events are counted; something is left to set up.",
                "Events are accepted",
                "counted within two seconds",
                "It answers.",
            ],
        ),
        (
            ServiceStatus(journal="the disk is full"),
            [
                "Action needed.",
                "Events are refused: check the disk space and the write permissions.",
                "the disk is full",
            ],
        ),
        (
            ServiceStatus(waiting_bytes=12_345_678),
            ["12.3 MB of events waiting", "Events are counted; something is left to set up."],
        ),
        (ServiceStatus(event_store="IO Error"), ["It does not answer.", "IO Error", "Action needed."]),
        (
            ServiceStatus(repairs=[Repair("file", _AT, Path("events.duckdb.damaged-1"))]),
            ["Action needed.", "Restore a backup.", "events.duckdb.damaged-1"],
        ),
        (
            ServiceStatus(repairs=[Repair("log", _AT, Path("events.duckdb.wal.damaged-1"))]),
            ["Events are counted; something is left to set up.", "nothing is missing"],
        ),
        (
            ServiceStatus(restores=[Restore(_AT, "cut", _AT, "webleads.sqlite.damaged-1")]),
            [
                "was damaged and restored",
                "from a copy (",
                "webleads.sqlite.damaged-1 for two days",
                "signs in again",
            ],
        ),
        (
            ServiceStatus(restores=[Restore(_AT, "its log is damaged", None, "webleads.sqlite-wal.damaged-1")]),
            ["minute before may be missing", "webleads.sqlite-wal.damaged-1"],
        ),
    ],
    ids=[
        "one line kept",
        "lines kept",
        "well",
        "full disk",
        "behind",
        "broken store",
        "lost file",
        "rebuilt log",
        "restored",
        "lost log",
    ],
)
def test_it_says_what_is_wrong(signed_in: Browser, status: ToldStatus, said: ServiceStatus, words: list[str]) -> None:
    status.now = said
    page = signed_in.get("/status").text
    assert [word for word in words if word not in page] == []


def test_no_problem_is_found_only_when_nothing_is_left_to_set_up(signed_in: Browser, tmp_path: Path) -> None:
    assert "No problem found." not in signed_in.get("/status").text
    signed_in.post("/status/checklist", "/status", task="dismissed")
    assert "No problem found." not in signed_in.get("/status").text  # there is no network database
    (tmp_path / "geo").mkdir()
    write_asn(tmp_path / "geo" / "GeoLite2-ASN.mmdb")
    assert "No problem found." in signed_in.get("/status").text


def test_every_page_points_to_it_while_hits_are_refused(signed_in: Browser, status: ToldStatus) -> None:
    assert "See what is wrong" not in signed_in.get("/account").text
    status.now = ServiceStatus(journal="the disk is full")
    assert "See what is wrong" in signed_in.get("/account").text


def test_strangers_do_not_see_it(browser: Browser, user: str) -> None:
    assert browser.get("/status").status_code == 302
