"""What a service tells of its ingest, and to whom."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from tests.running_service import webleads
from tracker.hit import Hit, WireEvent, encode_line
from tracker.journal import Journal
from tracker.service.service import Service
from tracker.settings import load_settings

SITE = "blog.example.fr"
NOON = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
HIT = encode_line([Hit(NOON, "192.0.2.1", event=WireEvent(n="pageview", u=f"https://{SITE}/", d=SITE))])


def test_what_waits_in_the_journal_is_told_before_each_batch(tmp_path: Path) -> None:
    assert webleads("site", "add", SITE, data=tmp_path).returncode == 0
    settings = load_settings(data=tmp_path)
    journal, told = Journal(settings.journal_folder), list[int]()
    for _ in range(3):
        journal.append(HIT)
    journal.close()
    service = Service(settings, tell_backlog=told.append)
    service.start()
    try:
        deadline = time.monotonic() + 30
        while (not told or told[-1]) and time.monotonic() < deadline:
            time.sleep(0.01)
    finally:
        service.stop()
    assert (told[0], told[-1]) == (3 * (len(HIT) + 1), 0)
