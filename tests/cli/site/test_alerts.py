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
    webleads("alert", "change", "1", "--amount", "21", "--name", "Back", "--site", SITE, data=tmp_path)
    assert webleads("alert", "pause", "1", "--site", SITE, data=tmp_path).stdout == "Back is paused\n"
    assert "(paused)" in webleads("alert", "list", "--site", SITE, data=tmp_path).stdout
    assert webleads("alert", "resume", "1", "--site", SITE, data=tmp_path).returncode == 0
    new = webleads("alert", "secret", "1", "--site", SITE, data=tmp_path).stdout
    assert "whsec_" in new
    assert new.splitlines()[0] not in added.stdout
    assert webleads("alert", "remove", "1", "--site", SITE, data=tmp_path).returncode == 0
    assert webleads("alert", "remove", "1", "--site", SITE, data=tmp_path).returncode == 2


def test_a_rule_of_a_crm_is_added_with_its_fields_and_a_token_that_is_not_printed(tmp_path: Path) -> None:
    webleads("site", "add", SITE, data=tmp_path)
    (tmp_path / "token").write_text("pat-eu1-x\n")
    fields = ("--field", "score = webleads_score", "--view", "customers", "--site", SITE)
    without = webleads("alert", "add", "segment", "hubspot", *fields, data=tmp_path)
    assert (without.returncode, without.stderr) == (2, "webleads: Give the token of your CRM’s API.\n")
    token = ("--token-file", str(tmp_path / "token"))
    added = webleads("alert", "add", "segment", "hubspot", *fields, *token, data=tmp_path)
    assert "1: segment is an alert" in added.stdout
    assert "pat-eu1-x" not in added.stdout
    assert "https://api.hubapi.com" in webleads("alert", "list", "--site", SITE, data=tmp_path).stdout
