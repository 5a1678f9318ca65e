"""`webleads alert`: a rule is added, listed and removed; what cannot be is one line and exit code 2."""

from __future__ import annotations

from pathlib import Path

from tests.running_service import webleads

SITE = "blog.exemple.fr"
URL = "https://hooks.exemple.fr/x"


def test_an_alert_is_added_listed_and_removed(tmp_path: Path) -> None:
    webleads("site", "add", SITE, data=tmp_path)
    added = webleads("alert", "add", "back", "webhook", URL, "--amount", "14", "--site", SITE, data=tmp_path)
    assert "1: back is an alert" in added.stdout
    assert "whsec_" in added.stdout
    assert URL in webleads("alert", "list", "--site", SITE, data=tmp_path).stdout
    refused = webleads("alert", "add", "back", "webhook", "ftp://x", "--site", SITE, data=tmp_path)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert webleads("alert", "remove", "1", "--site", SITE, data=tmp_path).returncode == 0
    assert webleads("alert", "remove", "1", "--site", SITE, data=tmp_path).returncode == 2
