"""Every command through its real entry point: what it prints when all is well, and one line and exit code 2 when not."""

from __future__ import annotations

import gzip
import json
import os
import select
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from click.testing import CliRunner

from tests.imports.log_lines import get, line
from tests.mail_server import mail_server
from tests.running_service import webleads
from tracker.accounts.sessions import Device, find_session, open_session
from tracker.accounts.users import create_user
from tracker.cli import webleads as commands
from tracker.clock import utc_now
from tracker.db.engine import open_app_database
from tracker.db.models import ChecklistMark
from tracker.demo.catalogue import SITE
from tracker.settings import Settings, load_settings
from tracker.sites.sites import find_site
from tracker.store.engines import open_event_store
from tracker.store.schema import goal_days, not_counted, sealed_days

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
WEEK = "2026-W45"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demo whose last day is fixed."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    made = webleads("demo", "--events", "3000", "--no-serve", "--today", "2026-11-15", data=folder)
    assert made.returncode == 0, made.stderr
    assert "3,000 events" in made.stdout
    return folder


def ask(data: Path, query: dict[str, Any]) -> list[Any]:
    answer = webleads("query", "--site", SITE, json.dumps(query), data=data)
    assert answer.returncode == 0, answer.stderr
    found: list[Any] = json.loads(answer.stdout)["results"]
    return found


def one_line(answer: subprocess.CompletedProcess[str]) -> str:
    assert answer.returncode == 2, answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr
    lines = [text for text in answer.stderr.splitlines() if text.startswith("webleads: ")]
    assert len(lines) == 1, answer.stderr
    return lines[0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["leads", "--site", "nowhere.fr"], "there is no site 'nowhere.fr'", id="leads-unknown-site"),
        pytest.param(["leads", "--site", SITE, "--period", "soon"], "'soon' is not a period", id="leads-period"),
        pytest.param(["leads", "--site", SITE, "--format", "pdf"], "'pdf' is not one of", id="leads-format"),
        pytest.param(["leads", "--site", SITE, "--output", "/nowhere/a"], "/nowhere/a cannot be written", id="leads-output"),
        pytest.param(["query", "--site", SITE, "{"], "the query is not JSON", id="query-json"),
        pytest.param(["query", "--site", SITE, "[]"], "must be a JSON object", id="query-list"),
        pytest.param(["query", "--site", SITE, "[" * 100_000], "the query is not JSON", id="query-without-end"),
        pytest.param(["query", "--site", SITE, "{}"], "`metrics` is missing", id="query-empty"),
        pytest.param(["query", "--site", "nowhere.fr", "{}"], "there is no site", id="query-unknown-site"),
        pytest.param(["report", "weekly", "--site", SITE, "--week", "46"], "'46' is not an ISO week", id="report-week"),
        pytest.param(["report", "weekly", "--site", SITE, "--week", "2099-W01"], "is not over yet", id="report-future"),
        pytest.param(["report", "weekly", "--site", SITE, "--to", "a@b.fr"], "--to goes with --send", id="report-to"),
        pytest.param(["report", "weekly", "--site", SITE, "--send"], "set WEBLEADS_SMTP_URL", id="report-no-server"),
        pytest.param(["report", "weekly"], "Missing option '--site'", id="report-no-site"),
        pytest.param(["site", "add", "not a domain"], "not a domain", id="site-add"),
        pytest.param(["site", "add", "a.fr", "--timezone", "Paris"], "Paris", id="site-time-zone"),
        pytest.param(["site", "add", SITE], SITE, id="site-twice"),
        pytest.param(["user", "add", "nobody", "--password-stdin"], "nobody", id="user-email"),
        pytest.param(["import-log", "/nowhere.log", "--site", SITE], "does not exist", id="import-no-file"),
        pytest.param(["import-log", __file__, "--site", "nowhere.fr"], "there is no site", id="import-unknown-site"),
        pytest.param(["import-log", __file__, "--site", SITE], "holds no line of an access log", id="import-no-log"),
        pytest.param(["demo", "--events", "0"], "'--events'", id="demo-no-events"),
        pytest.param(["demo"], "is not empty; the demo needs a new folder", id="demo-in-a-used-folder"),
        pytest.param(["enrich", "--geo", "/nowhere"], "does not exist", id="enrich-geo"),
        pytest.param(["frobnicate"], "No such command", id="no-such-command"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_exit_code_2(demo: Path, arguments: list[str], words: str) -> None:
    assert words in one_line(webleads(*arguments, data=demo, stdin="une phrase de passe\n"))


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    answer = webleads("leads", "--site", SITE, data=tmp_path / "nothing")
    assert "there is no data folder" in one_line(answer)
    assert not (tmp_path / "nothing").exists()


def test_the_demo_excludes_what_its_traffic_says_it_does_and_has_nothing_to_set_up(demo: Path) -> None:
    opened = open_app_database(Settings(data=demo).app_database)
    site = find_site(opened, SITE)
    assert site is not None
    assert site.excluded_networks
    with opened.transaction() as session:
        assert session.scalars(sqlalchemy.select(ChecklistMark.task)).all() == ["dismissed"]
    opened.close()


def test_leads_in_every_format(demo: Path, tmp_path: Path) -> None:
    as_json = json.loads(webleads("leads", "--site", SITE, "--period", "all", "--format", "json", data=demo).stdout)
    names = [lead["company"] for lead in as_json["leads"]]
    assert names
    assert as_json["period"]["name"] == "all"
    assert {lead["evidence_code"] for lead in as_json["leads"]} == {"listed_network"}
    first = as_json["leads"][0]
    assert first["evidence"] == f"{first['evidence_values']['network']} is in your network list"
    table = webleads("leads", "--site", SITE, "--period", "all", data=demo).stdout
    assert table.splitlines()[0].endswith(f"{len(names)} companies")
    assert all(name[:36] in table for name in names)
    as_csv = webleads("leads", "--site", SITE, "--period", "all", "--format", "csv", data=demo).stdout
    assert len(as_csv.strip().splitlines()) == len(names) + 1
    file = tmp_path / "leads.xlsx"
    webleads("leads", "--site", SITE, "--period", "all", "--format", "xlsx", "--output", str(file), data=demo)
    assert file.read_bytes()[:2] == b"PK"
    assert "no company was identified" in webleads("leads", "--site", SITE, "--period", "2020", data=demo).stdout + (
        webleads("leads", "--site", SITE, "--period", "2020-01", data=demo).stdout
    )
    of_view = webleads("leads", "--site", SITE, "--period", "all", "--view", "customers", data=demo).stdout
    assert of_view.endswith(": no company is in this view.\n")


def test_the_weekly_report_says_what_a_query_says(demo: Path) -> None:
    report = json.loads(
        webleads("report", "weekly", "--site", SITE, "--week", WEEK, "--format", "json", data=demo).stdout
    )
    names = ["visitors", "visits", "pageviews", "events"]
    (row,) = ask(demo, {"metrics": names, "date_range": WEEK})
    assert row["metrics"] == [report["totals"][name] for name in names]
    pages = ask(demo, {"metrics": ["pageviews", "visitors"], "date_range": WEEK, "dimensions": ["event:page"]})
    assert {page["value"]: [page["pageviews"], page["visitors"]] for page in report["pages"]}.items() <= {
        one["dimensions"][0]: one["metrics"] for one in pages
    }.items()
    text = webleads("report", "weekly", "--site", SITE, "--week", WEEK, data=demo).stdout
    assert "Les entreprises de la semaine" in text
    html = webleads("report", "weekly", "--site", SITE, "--week", WEEK, "--format", "html", data=demo).stdout
    assert html.lower().startswith("<!doctype html>")


def test_a_report_is_sent_once_to_each(demo: Path) -> None:
    with mail_server() as server:
        environment = {"WEBLEADS_SMTP_URL": server.url, "WEBLEADS_MAIL_FROM": "stats@exemple.fr"}
        to = ("report", "weekly", "--site", SITE, "--week", WEEK, "--send", "--to", "a@b.fr", "--to", "c@d.fr")
        first, second = webleads(*to, data=demo, **environment), webleads(*to, data=demo, **environment)
        assert (first.returncode, first.stdout) == (0, "a@b.fr: sent\nc@d.fr: sent\n")
        assert second.returncode == 0
        assert second.stdout.count("already sent on") == 2
        assert server.recipients == ["a@b.fr", "c@d.fr"]
        server.refused = {"x@y.fr"}
        failed = webleads(*to, "--to", "x@y.fr", data=demo, **environment)
        assert failed.returncode == 1
        assert "x@y.fr: not sent: 550" in failed.stdout


def test_a_query_comes_from_standard_input_too(demo: Path) -> None:
    query = '{"metrics": ["pageviews"], "date_range": "all"}'
    answer = webleads("query", "--site", SITE, "-", data=demo, stdin=query)
    assert json.loads(answer.stdout)["results"] == ask(demo, json.loads(query))


def test_the_same_seed_makes_the_same_demo(demo: Path, tmp_path: Path) -> None:
    query = {"metrics": ["visitors", "visits", "pageviews", "events", "bounce_rate"], "date_range": "all", "dimensions": ["time:month"]}  # fmt: skip
    for name, seed, same in (("again", "1", True), ("other", "2", False)):
        options = ("--events", "3000", "--no-serve", "--today", "2026-11-15", "--seed", seed)
        assert webleads("demo", *options, data=tmp_path / name).returncode == 0
        assert (ask(tmp_path / name, query) == ask(demo, query)) == same
    assert sum(row["metrics"][3] for row in ask(demo, query)) == 3000


def test_a_demo_in_no_folder_of_its_own_is_kept_where_it_is_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    made = CliRunner().invoke(commands, ["demo", "--events", "100", "--no-serve"])
    (folder,) = tmp_path.glob("webleads-demo-*")
    assert f"are in {folder}\n" in made.output
    assert (folder / "events.duckdb").exists()


def test_a_demo_leaves_out_its_excluded_hits_by_networks_that_its_site_lists(demo: Path) -> None:
    settings = load_settings(data=demo)
    database, store = open_app_database(settings.app_database), open_event_store(settings.event_store)
    try:
        found = find_site(database, SITE)
        assert found is not None
        assert found.excluded_networks
        reasons = store.rows(sqlalchemy.select(not_counted.c.reason).distinct())
        assert "excluded_address" in {row.reason for row in reasons}
    finally:
        store.close()
        database.close()


def test_a_demo_of_many_events_has_its_figures_and_what_reached_goals(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    made = webleads("demo", "--events", "20000", "--no-serve", "--today", "2026-11-15", data=data)
    assert made.returncode == 0, made.stderr
    store = open_event_store(load_settings(data=data).event_store)
    try:
        (kept,) = store.rows(sqlalchemy.select(sqlalchemy.func.count(goal_days.c.day.distinct())))
        (sealed,) = store.rows(sqlalchemy.select(sqlalchemy.func.count()).select_from(sealed_days))
        assert kept[0] == sealed[0] >= 365
    finally:
        store.close()


def test_sites_and_users_are_added_and_listed(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert "no site yet" in webleads("site", "list", data=data).stdout
    added = webleads("site", "add", "a.fr", "--timezone", "America/New_York", "--language", "en", data=data)
    assert 'data-domain="a.fr"' in added.stdout
    assert webleads("site", "list", data=data).stdout.split() == ["a.fr", "America/New_York", "en"]
    user = webleads("user", "add", "anna@exemple.fr", "--password-stdin", data=data, stdin="une phrase de passe\n")
    assert (user.returncode, user.stdout) == (0, "anna@exemple.fr can sign in\n")
    short = webleads("user", "add", "ben@exemple.fr", "--password-stdin", data=data, stdin="court\n")
    one_line(short)


def test_a_users_sessions_are_listed_and_ended(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert "there is no user anna@exemple.fr" in one_line(webleads("user", "sessions", "anna@exemple.fr", data=data))
    database = open_app_database(f"sqlite:///{data / 'webleads.sqlite'}")
    anna = create_user(database, "anna@exemple.fr", "une phrase de passe", now=utc_now())
    token = open_session(database, anna.id, Device("Firefox", "Linux"), now=utc_now())
    listed = webleads("user", "sessions", "Anna@exemple.fr", data=data)
    assert listed.stdout.startswith("Firefox on Linux ")
    ended = webleads("user", "sign-out", "anna@exemple.fr", data=data)
    assert ended.stdout == "anna@exemple.fr is signed out of 1 device\n"
    assert find_session(database, token, now=utc_now()) is None
    database.close()
    assert "is not signed in anywhere" in webleads("user", "sessions", "anna@exemple.fr", data=data).stdout


def test_an_import_accounts_for_every_line(tmp_path: Path) -> None:
    data, log = tmp_path / "data", tmp_path / "access.log.gz"
    bot = line(agent="Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")
    lines = [line(), line("GET /logo.png HTTP/1.1"), line(status=404), line("HEAD / HTTP/1.1"), bot, "nonsense", line()]
    log.write_bytes(gzip.compress("\n".join(lines).encode()))
    assert webleads("site", "add", "a.fr", data=data).returncode == 0
    done = webleads("import-log", str(log), "--site", "a.fr", data=data)
    assert done.returncode == 0, done.stderr
    numbers = {
        text.split(maxsplit=1)[1]: int(text.split()[0]) for text in done.stdout.splitlines() if text.startswith("  ")
    }
    assert "7 lines read" in done.stdout
    assert numbers.pop("in all") == 7 == sum(numbers.values())
    assert numbers["pageviews counted"] == 2
    assert "is not counted twice" in one_line(webleads("import-log", str(log), "--site", "a.fr", data=data))
    query = webleads("query", "--site", "a.fr", '{"metrics": ["pageviews"], "date_range": "all"}', data=data)
    assert json.loads(query.stdout)["results"][0]["metrics"] == [2]


def figures(data: Path, *metrics: str) -> list[int]:
    query = webleads("query", "--site", "a.fr", json.dumps({"metrics": metrics, "date_range": "all"}), data=data)
    found: list[int] = json.loads(query.stdout)["results"][0]["metrics"]
    return found


def log_of_all_kinds(log: Path) -> Path:
    """Two pages with their pictures, a person by host name, a scanner, other hosts, no agent, a cut line, feeds."""
    visits = [get("/a", 0), *(get(f"/pic/{n}", 1, "/a") for n in range(4))]
    visits += [get("/b", 60, "/a"), *(get(f"/pic/{n}", 61, "/b") for n in range(4))]
    scans = [get("/", 0, ip="203.0.113.9"), get("/.env", 1, ip="203.0.113.9", status=404)]
    others = [f"{host}:443 {get('/', 0)}" for host in ("b.fr", "b.fr", "c.fr")]
    more = [get("/c", 90, ip="host-1.provider.fr"), get("/feed/", 95), get("/d", 99, agent="-"), get("/e", 99)[:50]]
    log.write_text("\n".join(visits + scans + others + more) + "\n")
    return log


def test_an_import_learns_pages_and_tells_scanners_and_hosts(tmp_path: Path) -> None:
    data, log = tmp_path / "data", log_of_all_kinds(tmp_path / "access.log")
    assert webleads("site", "add", "a.fr", data=data).returncode == 0
    done = webleads("import-log", str(log), "--site", "a.fr", data=data)
    assert done.returncode == 0, done.stderr
    rows = [text.strip() for text in done.stdout.splitlines() if text.startswith("  ")]
    assert rows[0] == "3  pageviews counted"
    assert rows[-1] == "19  in all"
    assert sum(int(row.split()[0]) for row in rows[:-1]) == 19
    assert "3  skipped: another host (b.fr: 2, c.fr: 1)" in rows
    assert "1  not counted: scanners" in rows
    assert "1  skipped: no agent (common format, or cut off)" in rows
    assert "1  skipped: malformed lines" in rows
    assert figures(data, "visitors", "pageviews") == [2, 3]


def test_a_dry_run_says_what_was_taken_for_what_and_imports_nothing(tmp_path: Path) -> None:
    data, log = tmp_path / "data", log_of_all_kinds(tmp_path / "access.log")
    assert webleads("site", "add", "a.fr", data=data).returncode == 0
    done = webleads("import-log", str(log), "--site", "a.fr", "--dry-run", "--exclude-path", "/c", data=data)
    assert done.returncode == 0, done.stderr
    assert "19 lines read, nothing imported" in done.stdout
    for words in ("page views: 2 lines of 2 kinds of paths", "8  /pic/0", "1  /feed/", "1  /c", "b.fr: 2, c.fr: 1"):
        assert words in done.stdout
    assert not list((data / "journal").glob("*.jsonl"))


def test_a_log_may_come_through_a_pipe(tmp_path: Path) -> None:
    data, log = tmp_path / "data", log_of_all_kinds(tmp_path / "access.log")
    assert webleads("site", "add", "a.fr", data=data).returncode == 0
    (data / "piped-log-of-a-killed-import").touch()
    os.utime(data / "piped-log-of-a-killed-import", (0, 0))
    done = webleads("import-log", "-", "--site", "a.fr", "--only-path", "/a", data=data, stdin=log.read_text())
    assert "1  pageviews counted" in done.stdout, done.stderr
    assert not list(data.glob("piped-log-*"))
    assert "is not counted twice" in one_line(webleads("import-log", str(log), "--site", "a.fr", data=data))


def hit(**changes: Any) -> str:
    event = {"n": "pageview", "u": "https://a.fr/x", "d": "a.fr"} | changes
    return json.dumps(
        {"received_at": "2026-11-16T09:00:00Z", "ip": "192.0.2.7", "user_agent": FIREFOX, "headers": {}, "event": event}
    )


def test_enrich_answers_each_line_in_order_also_the_bad_ones(tmp_path: Path) -> None:
    lines = [hit(u="https://a.fr/1"), "{", "", hit(u="javascript:alert(1)"), "[]", hit(u="https://a.fr/2"), '"x"']
    answer = webleads("enrich", data=tmp_path, stdin="\n".join(lines))
    assert answer.returncode == 0, answer.stderr
    found = [json.loads(text) for text in answer.stdout.splitlines()]
    assert [one.get("path") or one.get("drop_reason") for one in found] == [
        "/1", "invalid_hit", "invalid_hit", "invalid_url", "invalid_hit", "/2", "invalid_hit"
    ]  # fmt: skip
    assert (found[0]["visits"], found[0]["bounces"], found[5]["visits"], found[5]["bounces"]) == (1, 1, 0, -1)
    assert found[0]["visit_id"] == found[5]["visit_id"]


def test_enrich_prints_the_evidence_in_words(tmp_path: Path) -> None:
    answer = webleads("enrich", data=tmp_path, stdin=hit(r="https://acme.sharepoint.com/sites/x"))
    assert json.loads(answer.stdout)["company_evidence"] == "the visit came via acme.sharepoint.com"


def test_enrich_answers_a_pipe_at_once(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tracker.cli", "enrich", "--data", str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in (1, 2):
            process.stdin.write(hit(u=f"https://a.fr/{number}").encode() + b"\n")
            assert select.select([process.stdout], [], [], 60)[0], "no answer while the pipe is open"
            assert json.loads(process.stdout.readline())["path"] == f"/{number}"
        process.stdin.close()
        assert process.wait(60) == 0


def test_a_reader_that_has_enough_ends_it_quietly(tmp_path: Path) -> None:
    done = subprocess.run(
        f"yes '{hit()}' | head -20000 | {sys.executable} -m tracker.cli enrich --data {tmp_path} | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert json.loads(done.stdout)["path"] == "/x"
    assert done.stderr == ""


def test_the_doctor_says_what_is_wrong_and_what_to_do(tmp_path: Path, demo: Path) -> None:
    data = tmp_path / "data"
    assert webleads("site", "list", data=data).returncode == 0
    empty = webleads("doctor", data=data)
    assert empty.returncode == 1
    assert "there is no site" in empty.stdout
    assert "no network database" in empty.stdout
    told = webleads("doctor", data=demo).stdout
    assert f"{SITE}: last event 2026-11-15" in told
    missing = webleads("doctor", data=tmp_path / "nothing")
    assert missing.returncode == 1
    assert "there is no data folder" in missing.stdout


def test_help_is_there_for_each_command() -> None:
    for command in (
        "serve",
        "collect",
        "ingest",
        "site",
        "user",
        "import-log",
        "enrich",
        "leads",
        "report",
        "query",
        "demo",
        "doctor",
    ):
        done = subprocess.run(
            [sys.executable, "-m", "tracker.cli", command, "--help"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0
        assert done.stdout.startswith("Usage:")
