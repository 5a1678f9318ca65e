"""`webleads rollups rebuild`: a site's days are counted anew and sealed."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from tests.imports.log_lines import line
from tests.running_service import webleads
from tracker.clock import utc_now

# More days than are asked for at once.
DAYS = 25


def test_all_days_of_a_site_are_sealed_anew(tmp_path: Path) -> None:
    data, log = tmp_path / "data", tmp_path / "access.log"
    assert webleads("site", "add", "a.fr", "--timezone", "UTC", data=data).returncode == 0
    days = [utc_now() - timedelta(days=1 + number) for number in reversed(range(DAYS))]
    log.write_text("".join(f"{line(time=f'{day:%d/%b/%Y:%H:%M:%S} +0000')}\n" for day in days))
    assert webleads("import-log", str(log), "--site", "a.fr", data=data).returncode == 0
    again = webleads("rollups", "rebuild", "--site", "a.fr", data=data)
    assert again.returncode == 0, again.stderr
    found = re.search(r"(\d+) days counted anew", again.stdout)
    assert found is not None, again.stdout
    assert int(found[1]) >= DAYS
    assert "still changing" not in again.stdout


def test_a_range_is_compared_and_counted_anew(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert webleads("site", "add", "a.fr", data=data).returncode == 0
    since = ("--since", "2026-11-16", "--until", "2026-11-17")
    assert "a.fr: 0 days compared" in webleads("doctor", *since, data=data).stdout
    again = webleads("rollups", "rebuild", "--site", "a.fr", *since, data=data)
    assert again.returncode == 0, again.stderr
