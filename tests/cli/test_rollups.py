"""`webleads rollups rebuild`: a site's days are counted anew and sealed."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from tracker.cli import webleads


def test_all_days_of_a_site_are_sealed_anew(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    made = CliRunner().invoke(webleads, ["demo", "--events", "300", "--no-serve", "--data", data])
    assert made.exit_code == 0, made.output
    domain = "blog.atelier-plume.example"
    again = CliRunner().invoke(webleads, ["rollups", "rebuild", "--site", domain, "--data", data])
    assert again.exit_code == 0, again.output
    assert "counted anew" in again.output
    assert "still changing" not in again.output
