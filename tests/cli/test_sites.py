"""Commands for the sites: their names, what they count, and their end."""

from __future__ import annotations

import json
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.running_service import FIREFOX, RunningService, webleads

ALL = json.dumps({"metrics": ["pageviews"], "date_range": "all"})


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    assert webleads("site", "add", "ancien.fr", "--timezone", "UTC", data=folder).returncode == 0
    return folder


def keep_page(data: Path, *, domain: str, url: str, ip: str = "192.0.2.7") -> None:
    """Counts a page view as the service would, without running it."""
    log = data.parent / f"{domain}{abs(hash((url, ip)))}.log"
    log.write_text(f'{ip} - - [16/Nov/2026:09:00:00 +0000] "GET {url} HTTP/1.1" 200 5000 "-" "{FIREFOX}"\n')
    assert webleads("import-log", str(log), "--site", domain, data=data).returncode == 0


class Stopping(RunningService):
    def __init__(self, data: Path) -> None:
        super().__init__(data)
        self.start()

    def close(self) -> None:
        self.stop()


def wait_until_stored(service: RunningService) -> None:
    deadline = time.monotonic() + 60
    while json.loads(service.get("/readyz")[1])["ingest_lag_bytes"]:
        assert time.monotonic() < deadline, "ingest does not come to the end of the journal"
        time.sleep(0.1)


def pageviews(data: Path, site: str) -> int:
    return int(json.loads(webleads("query", "--site", site, ALL, data=data).stdout)["results"][0]["metrics"][0])


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        pytest.param("https://x.fr/blog", "is a page, and a site is all that its host has; write x.fr.", id="path"),
        pytest.param("x.fr/?a=b", "write x.fr.", id="query"),
        pytest.param("https://münchen.example/a", "write münchen.example.", id="its-own-script"),
        pytest.param("ANCIEN.fr:443", "ancien.fr already exists.", id="another-form"),
        pytest.param("a b.fr", "is not a domain", id="no-name"),
    ],
)
def test_refuses_what_is_no_site_and_says_what_to_type(data: Path, typed: str, says: str) -> None:
    answer = webleads("site", "add", typed, data=data)
    assert (answer.returncode, answer.stderr.count("\n")) == (2, 1)
    assert says in answer.stderr
    assert webleads("site", "list", data=data).stdout.split() == ["ancien.fr", "UTC", "fr"]


def test_a_name_beyond_ascii_is_listed_in_its_script_with_what_browsers_call_it(data: Path) -> None:
    assert "münchen.example is added" in webleads("site", "add", "MÜNCHEN.example.", data=data).stdout
    assert webleads("site", "list", data=data).stdout.splitlines()[1].split() == [
        *("münchen.example", "Europe/Paris", "fr", "(xn--mnchen-3ya.example)")
    ]


def test_a_renamed_site_keeps_its_past_and_counts_under_both_names(data: Path) -> None:
    keep_page(data, domain="ancien.fr", url="/a")
    assert pageviews(data, "ancien.fr") == 1
    renamed = webleads("site", "rename", "ancien.fr", "nouveau.fr", data=data)
    assert (renamed.returncode, renamed.stdout.split()[0]) == (0, "nouveau.fr")
    keep_page(data, domain="nouveau.fr", url="/b", ip="192.0.2.8")
    keep_page(data, domain="ancien.fr", url="/c", ip="192.0.2.9")
    assert pageviews(data, "nouveau.fr") == pageviews(data, "https://ANCIEN.fr:8443/") == 3
    assert "formerly ancien.fr" in webleads("site", "list", data=data).stdout


def test_a_removed_site_is_gone_with_its_events_once_it_was_confirmed(data: Path) -> None:
    keep_page(data, domain="ancien.fr", url="/a")
    assert pageviews(data, "ancien.fr") == 1
    asked = webleads("site", "remove", "ancien.fr", data=data, stdin="n\n")
    assert asked.returncode != 0
    assert pageviews(data, "ancien.fr") == 1
    aside = webleads("site", "remove", "ancien.fr", "--yes", data=data)
    assert (aside.returncode, "until then: webleads site restore ancien.fr" in aside.stdout) == (0, True)
    assert "removed, gone for good after" in webleads("site", "list", data=data).stdout
    assert "ancien.fr is back" in webleads("site", "restore", "ancien.fr", data=data).stdout
    assert pageviews(data, "ancien.fr") == 1
    gone = webleads("site", "remove", "ancien.fr", "--yes", "--for-good", data=data)
    assert (gone.returncode, "ancien.fr is removed with all its events" in gone.stdout) == (0, True)
    assert webleads("site", "list", data=data).stdout == "no site yet: webleads site add example.fr\n"
    assert webleads("site", "add", "ancien.fr", data=data).returncode == 0
    assert json.loads(webleads("query", "--site", "ancien.fr", ALL, data=data).stdout)["results"][0]["metrics"] == [0]


@pytest.mark.parametrize(
    "command",
    [
        ["rename", "x.fr", "y.fr"],
        ["remove", "x.fr"],
        ["remove", "x.fr", "--yes"],
        ["restore", "x.fr"],
        ["set", "x.fr"],
    ],
)
def test_a_site_that_is_not_there_is_one_line(data: Path, command: list[str]) -> None:
    answer = webleads("site", *command, data=data)
    assert (answer.returncode, answer.stderr.count("\n")) == (2, 1)
    assert "here is no site" in answer.stderr


def test_a_site_is_removed_while_the_service_runs(data: Path) -> None:
    with closing(Stopping(data)) as service:
        page = {"n": "pageview", "u": "https://ancien.fr/a", "d": "https://ancien.fr:8443/"}
        assert service.post(page, **{"User-Agent": FIREFOX})[0] == 202
        wait_until_stored(service)
        assert pageviews(data, "ancien.fr") == 1
        gone = webleads("site", "remove", "ancien.fr", "--yes", "--for-good", data=data)
        assert gone.returncode == 0, gone.stderr
        assert service.post(page, **{"User-Agent": FIREFOX})[0] == 202
        wait_until_stored(service)
        assert webleads("site", "add", "ancien.fr", data=data).returncode == 0
        assert pageviews(data, "ancien.fr") == 0
        assert "ancien.fr" in webleads("doctor", data=data).stdout


def test_what_is_counted_is_set_and_printed(data: Path) -> None:
    plain = webleads("site", "set", "ancien.fr", data=data).stdout
    assert "author cat m p page_id s tag (the default)" in plain
    assert "development hosts: not counted" in plain
    options = ("--page-parameters", "id, product_id", "--count-development", "--staging-hosts", "stage.ancien.fr")
    changed = webleads("site", "set", "ANCIEN.fr", *options, data=data).stdout
    assert "page parameters:   id product_id\n" in changed
    assert "development hosts: counted\n" in changed
    assert "staging hosts:     stage.ancien.fr\n" in changed
    refused = webleads("site", "set", "ancien.fr", "--page-parameters", "a=b", data=data)
    assert (refused.returncode, "is not the name of a parameter" in refused.stderr) == (2, True)
    assert "(the default)" in webleads("site", "set", "ancien.fr", "--page-parameters", "default", data=data).stdout
