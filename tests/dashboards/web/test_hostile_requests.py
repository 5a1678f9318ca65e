"""Every address of the dashboard and the API, asked with hostile values, signed in and out: none answers 5xx."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.dashboards.web.conftest import EMAIL, PASSWORD, SITE, Clock
from tracker.api.health import Health
from tracker.app import create_app
from tracker.db.engine import AppDatabase
from tracker.settings import Settings
from tracker.store.protocol import EventStore

# Pages that read no events.
QUICK = {"assets.file", "opt_out.show", "first_run.show", "sites.index"}
KEY = "the operator's"
PROBES = {"/healthz", "/readyz", "/metrics"}

# As they stand in a URL, percent-encoded where a byte has no other way in.
HOSTILE = [
    "", "%00", "a%00b", "%0d%0aSet-Cookie:x=1", "%1b[2J", "%ff", "%c3%28", "%ed%a0%80", "%f4%90%80%80", "%", "%zz", "%2", "..%2f..%2fetc",
    "%2e%2e/%2e%2e/", "..;/", "//evil.example", "%5c%5cevil", "%e2%80%ae", "%F0%9F%92%A9", "x" * 9000, "%25" * 500,
    "9" * 24, "1" + "0" * 5000, "-1", "-" + "9" * 30, "0", "1e999", "NaN", "Infinity", "0x10", "1_0", "１２", "٣", "²", "½", "Ⅷ", "+1", " 1 ",
    "[]", "{}", "[[[[", "null", "true", "'", '"', "';drop table events--", "{{7*7}}", "<script>", "::1%25eth0", "fe80::1%25", "[::1]",
    "1.2.3.4/99", "999.999.999.999", "a@b@c", "@", "a@%00.fr", "xn--", "xn--a", "xn--%ff", "." * 300, "a." * 200, "localhost", "é", "ß.fr", "%e2%80%8b",
    "today", "7d", "0d", "9999d", "all", "0001-01-01", "9999-12-31", "2026-11-01,9999-12-31", "page:is:%00", "page:contains:" + "|" * 50,
    "page:is:\\", "exit_page:is_not:%ff", "company:is:", "hour", "fr", "Europe/Paris", "../Europe/Paris", "Etc/GMT+25", "1970-01-01,1970-01-01",
]  # fmt: skip
NAMES = [
    "page",
    "period",
    "from",
    "to",
    "f",
    "metric",
    "compare",
    "sort",
    "order",
    "name",
    "q",
    "v",
    "next",
    "pages",
    "sources",
    "x%00",
    "%ff",
]
FIELDS = [
    "email", "password", "new_password", "session", "language", "next", "domain", "time_zone", "of", "report_language", "recipients",
    "excluded_networks", "bot_rules", "with_bot_rules", "verdict", "name", "csrf_token", "host", "hosts", "staging_hosts", "page_parameters", "\x00",
]  # fmt: skip
TYPES = [
    "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-99", "multipart/form-data", "multipart/form-data; boundary=",
    "multipart/form-data; boundary=x", "application/json", "text/plain", "", "\x1b", "application/json; charset=\xff",
]  # fmt: skip


@pytest.fixture
def whole_app(
    database: AppDatabase,
    store: EventStore,
    clock: Clock,
    user: str,
    site: str,
    visit: Callable[..., None],
    tmp_path: Path,
) -> Flask:
    """All that one port serves but the collector."""
    visit(
        "/",
        "/tarifs/",
        company="Air France",
        company_method="as_organisation",
        company_confidence=0.8,
        organisation="Air France",
    )
    well = Health(*[lambda: None] * 4, ingest_lag_bytes=lambda: 0, events_stored=lambda: 0)
    settings = Settings(data=tmp_path, base_url="http://localhost")
    return create_app(settings, app_database=database, store=store, probes=well, operator_key=KEY)


class Attacker:
    """Asks, and keeps what was answered with 5xx or not at all."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        self.asked = 0
        self.broken: list[str] = []

    def sign_in(self) -> None:
        answer = self.client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD, "csrf_token": self.token()})
        assert answer.status_code == 302

    def token(self) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get("/sign-in", follow_redirects=True).text)
        return found[1] if found else ""

    def ask(self, method: str, path: str, query: str = "", **options: Any) -> None:
        self.asked += 1
        environ = {"PATH_INFO": unquoted(path), "QUERY_STRING": query.encode("latin-1", "replace").decode("latin-1")}
        try:
            with self.client.open(method=method, environ_overrides=environ, **options) as answer:
                status = answer.status_code
        except Exception as problem:  # noqa: BLE001 - whatever it is, it is what is looked for
            self.broken.append(f"{method} {path[:80]}?{query[:80]} {str(options)[:200]}: {problem!r}")
            return
        if status >= 500:
            self.broken.append(f"{method} {path[:80]}?{query[:80]} {str(options)[:200]}: {status}")


def unquoted(path: str) -> str:
    """A path as a server gives it: its bytes, each a character (PEP 3333)."""
    raw = re.sub(rb"%([0-9a-fA-F]{2})", lambda found: bytes([int(found[1], 16)]), path.encode("utf-8"))
    return raw.decode("latin-1")


@pytest.fixture(params=["signed out", "signed in"])
def attacker(request: pytest.FixtureRequest, whole_app: Flask) -> Attacker:
    made = Attacker(whole_app)
    if request.param == "signed in":
        made.sign_in()
    return made


def rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=str)


def path_of(rule: Rule, values: dict[str, str]) -> str:
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", lambda found: values.get(found[1], "x"), rule.rule)


def paths(rule: Rule, value: str | None = None) -> Iterator[str]:
    """The rule's path with good values, or with a hostile one in the place of each."""
    good = {"site": SITE, "domain": SITE, "dimension": "page", "key": "pages", "name": "dashboard.css", "token": "x"}
    if value is None:
        yield path_of(rule, good)
        return
    for argument in rule.arguments:
        yield path_of(rule, good | {argument: value})


def test_no_path_breaks_a_page(attacker: Attacker) -> None:
    random_of = random.Random(9)
    for rule in rules(attacker.app):
        for value in HOSTILE if rule.endpoint in QUICK else random_of.sample(HOSTILE, 12):
            for path in paths(rule, value):
                attacker.ask("GET", path)
    for value in HOSTILE:
        attacker.ask("GET", f"/{value}")
    assert attacker.broken == []
    assert attacker.asked > 400


def test_no_query_breaks_a_page(attacker: Attacker) -> None:
    random_of = random.Random(10)
    for rule in rules(attacker.app):
        if "GET" not in (rule.methods or ()) or rule.rule in PROBES:
            continue
        for path in paths(rule):
            for value in random_of.sample(HOSTILE, 5):
                attacker.ask("GET", path, "&".join(f"{name}={value}" for name in random_of.sample(NAMES, 4)))
    for value in HOSTILE:
        attacker.ask("GET", f"/{SITE}/breakdown/page", f"page={value}&f={value}&f=page:is:{value}&period={value}")
        attacker.ask("GET", "/sites", f"page={value}&q={value}&next={value}")
    assert attacker.broken == []


def test_no_form_breaks_a_page(attacker: Attacker) -> None:
    random_of = random.Random(11)
    token = attacker.token()
    for rule in rules(attacker.app):
        if "POST" not in (rule.methods or ()) or rule.endpoint.startswith("operations"):
            continue
        for path in paths(rule):
            for value in random_of.sample(HOSTILE, 10):
                fields = "&".join(f"{quote(name)}={value}" for name in random_of.sample(FIELDS, 12))
                with_token = f"csrf_token={quote(token)}&{fields}" if random_of.random() < 0.9 else fields
                attacker.ask("POST", path, data=with_token.encode("utf-8"), content_type=TYPES[0])
    assert attacker.broken == []


def test_no_kind_of_body_breaks_a_page(attacker: Attacker) -> None:
    bodies = [
        b"",
        b"\x00" * 64,
        b"\xff" * 64,
        b"&" * 2000,
        b"=" * 2000,
        b"--x\r\n\r\n",
        b'--x\r\nContent-Disposition: form-data; name="of"\r\n\r\n::1%eth0\r\n--x--\r\n',
        b'{"email": []}',
        b"[" * 3000,
    ]
    for rule in rules(attacker.app):
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "HEAD", "\x00"):
            for path in paths(rule):
                for kind in TYPES if method == "POST" and "POST" in (rule.methods or ()) else TYPES[:1]:
                    attacker.ask(method, path, data=bodies[attacker.asked % len(bodies)], content_type=kind)
    assert attacker.broken == []


def test_no_subject_breaks_the_look_up(whole_app: Flask) -> None:
    attacker = Attacker(whole_app)
    attacker.sign_in()
    token = quote(attacker.token())
    for value in HOSTILE:
        attacker.ask("POST", "/identify", data=f"csrf_token={token}&of={value}".encode(), content_type=TYPES[0])
    assert attacker.broken == []


HEADERS = {
    "Cookie": ["session=%00", "session=é", "session=" + "x" * 4000, "webleads_device=\xff", "=;=;", "\x00"],
    "Accept-Language": ["\xff", "fr;q=9e999", "*" * 500, ",,,,", "fr-" + "x" * 500, "zh-Hans-CN-x-\xe9;q=nan"],
    "X-Webleads-Key": ["\xff\xfe", "é", "x" * 9000, "\x00"],
    "X-Forwarded-For": ["\xff", "1.2.3.4%00", "::1%eth0", "," * 500],
    "Host": ["\xff", "a b", "[::1", "evil.example", "a:99999", ""],
    "Range": ["bytes=-", "bytes=9999999999999999999999-", "bytes=0-0,1-1," + "2-2," * 500, "x"],
    "If-Modified-Since": ["Thu, 99 Foo 99999 99:99:99 GMT", "\xff", "Mon, 01 Jan 0001 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 -1200"],
    "If-None-Match": ["\xff", '"' * 300],
    "Referer": ["http://[::1", "\xff", "http://localhost:99999999/"],
    "User-Agent": ["", "\xff" * 3000, "Mozilla/5.0 " + "(" * 3000],
    "Content-Length": ["-1", "x", "9" * 30],
    "Authorization": ["Basic \xff", "Basic !!!!", "Digest x=", "Bearer"],
    "Sec-CH-UA": ["\xff", '"' * 500, "((((", '"a";v="' + "9" * 400],
}  # fmt: skip


def test_no_header_breaks_a_page(attacker: Attacker) -> None:
    for header, value in ((header, value) for header, values in HEADERS.items() for value in values):
        for path in ("/sign-in", "/assets/dashboard.css", "/account", "/nothing", "/healthz"):
            attacker.ask("GET", path, headers={header: value})
        for path in ("/sign-in", "/language", "/operations/query"):
            attacker.ask("POST", path, headers={header: value}, data={"csrf_token": "x", "email": "x"})
    assert attacker.broken == []


OPERATIONS = ["leads", "query", "segment_tallies", "weekly", "diagnose", "send_weekly", "nothing", "%00"]
ARGUMENTS: list[Any] = [
    None, 7, "x", [], [1], {}, {"site": SITE}, {"site": None}, {"site": "\x00"}, {"site": "\ud800"}, {"site": ["a"]}, {"site": SITE, "period": 7},
    {"site": SITE, "period": "\ud800"}, {"site": SITE, "period": None}, {"site": SITE, "query": []}, {"site": SITE, "query": None},
    {"site": SITE, "query": {"metrics": ["visitors"], "filters": [["is", "event:page", ["\ud800"]]]}},
    {"site": SITE, "query": {"metrics": ["visitors"], "filters": [["contains", "event:page", ["\x00"]]]}},
    {"site": SITE, "query": {"metrics": ["visitors"], "pagination": {"limit": 1e308}}}, {"site": SITE, "query": {"metrics": [{}]}},
    {"site": SITE, "query": {"metrics": ["visitors"], "order_by": [[{}, "asc"]]}}, {"site": SITE, "query": {"metrics": ["visitors"], "site_id": {}}},
    {"site": SITE, "query": {"metrics": ["visitors"], "date_range": [10**400, "x"]}}, {"site": SITE, "week": 7, "form": "text"},
    {"site": SITE, "week": "2026-W46", "form": "pdf"}, {"site": SITE, "week": None, "form": None}, {"segments": "x"}, {"segments": [{}]}, {"segments": None},
    {"site": SITE, "week": "9999-W52", "recipients": []}, {"site": SITE, "week": None, "recipients": "x"}, {"site": SITE, "extra": 1}, {"operator": 1},
]  # fmt: skip


def test_no_arguments_break_an_operation(whole_app: Flask) -> None:
    attacker = Attacker(whole_app)
    for operation, arguments in ((operation, arguments) for operation in OPERATIONS for arguments in ARGUMENTS):
        attacker.ask(
            "POST",
            f"/operations/{operation}",
            data=json.dumps(arguments),
            content_type="application/json",
            headers={"X-Webleads-Key": KEY},
        )
    for body in (b"", b"[" * 200_000, b"\xff", b'{"a":' * 9000, b"1" * 5000, b'{"site": NaN}', b'"\\ud800"'):
        attacker.ask(
            "POST",
            f"/operations/{operation}",
            data=body,
            content_type="application/json",
            headers={"X-Webleads-Key": KEY},
        )
    assert attacker.broken == []


def test_the_attack_finds_a_page_that_breaks(whole_app: Flask) -> None:
    whole_app.add_url_rule("/broken", "broken", lambda: 1 // 0)
    attacker = Attacker(whole_app)
    attacker.ask("GET", "/broken")
    assert attacker.broken == ["GET /broken? {}: 500"]


def test_a_host_that_is_none_is_refused_without_an_error_of_ours(app: Flask) -> None:
    client = app.test_client()
    hosts = ["a" * 70 + ".fr", "a..b", "a" * 5000, "x:y:z", "\xe9", "[::1", "", "a b", "a/b", "xn--\xff", "a@b", "."]
    for path in ("/", "/sites", "/sign-in", "/nowhere", "/assets/x.css", "/healthz", "/api/v2/query"):
        for host in hosts:
            assert client.get(path, environ_overrides={"HTTP_HOST": host}).status_code < 500, (path, host)
