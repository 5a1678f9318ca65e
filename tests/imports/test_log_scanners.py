"""Who scans and who reads, by whole logs: no page view of a scanner counts, and no reader is taken for one."""

from __future__ import annotations

import pytest

from tests.imports.log_lines import AGENT, at, get, line, pages, read_log
from tracker.hit import Hit
from tracker.imports.log_scanners import ScannerSign

SCANNER = "185.7.7.7"
PROBES = ["/wp-login.php", "/xmlrpc.php", "/phpmyadmin/", "/administrator/", "/.env", "/.git/config", "/actuator/env"]


def post(path: str, second: int, referrer: str = "-", status: int = 200, ip: str = "192.0.2.7") -> str:
    whole = f"https://a.fr{referrer}" if referrer.startswith("/") else referrer
    return line(f"POST {path} HTTP/1.1", status, referrer=whole, ip=ip, time=at(second))


def missed(
    path: str, second: int, referrer: str = "-", ip: str = SCANNER, agent: str = AGENT, status: int = 404
) -> str:
    whole = f"https://a.fr{referrer}" if referrer.startswith("/") else referrer
    return line(f"GET {path} HTTP/1.1", status, referrer=whole, ip=ip, time=at(second), agent=agent)


def signs(lines: list[str]) -> set[str | None]:
    return {hit.scanner for hit in read_log(lines) if isinstance(hit, Hit)}


@pytest.mark.parametrize(
    ("log", "sign"),
    [
        pytest.param(
            [text for n in range(0, 60, 3) for text in (get("//admin/index.php", n), post("//admin/index.php", n))],
            ScannerSign.POSTS,
            id="passwords-tried-with-each-answer-a-page",
        ),
        pytest.param(
            [get("/", 0), *(post("/wp-login.php", n, "/wp-login.php") for n in range(1, 9))],
            ScannerSign.POSTS,
            id="passwords-tried-at-a-door-with-its-referrer",
        ),
        pytest.param(
            [get("/", 0), *(post("/xmlrpc.php", n, status=403) for n in range(1, 9))],
            ScannerSign.POSTS,
            id="refused-posts",
        ),
        pytest.param(
            [get("/join", 0), post("/join", 1, "/join", 302)], ScannerSign.POSTS, id="a-form-filled-in-in-a-second"
        ),
        pytest.param(
            [get("/", 0), *(missed(f"/{word}", n) for n, word in enumerate(["a", "bb", "c/d", "e", "shop"]))],
            ScannerSign.ERRORS,
            id="mostly-not-found",
        ),
        pytest.param(
            [get("/", 0), *(missed("/api/login", n, status=401) for n in range(1, 12))],
            ScannerSign.ERRORS,
            id="mostly-refused",
        ),
        pytest.param([get("/", 0), missed("/wp-login.php", 1)], ScannerSign.PROBES, id="one-probe-and-the-home-page"),
        pytest.param(
            [get("/", 0), get("/.env", 1), get("/a", 2), get("/b", 3)], ScannerSign.PROBES, id="answered-as-all-is"
        ),
        pytest.param(
            [get("/", 0), *(get(one, 1 + n) for n, one in enumerate(PROBES[:4]))],
            ScannerSign.PROBES,
            id="probes-with-a-page-each",
        ),
        pytest.param([get("/", 0), get("/a%2e%2e/../etc/passwd", 1)], ScannerSign.PROBES, id="out-of-the-folder"),
        pytest.param([get("/?x=%24%7Bjndi:ldap://x/a%7D", 1)], ScannerSign.PROBES, id="log4shell"),
        *(
            pytest.param(
                [get("/", 0), *(missed(one, 1 + n) for n, one in enumerate(PROBES[begin:]))],
                ScannerSign.PROBES,
                id=f"probes-{begin}",
            )
            for begin in range(len(PROBES) - 1)
        ),
    ],
)
def test_scanners_are_told_by_what_they_do(log: list[str], sign: ScannerSign) -> None:
    same = [text.replace("192.0.2.7", SCANNER) for text in log]
    assert signs(same) == {sign}


def test_a_scanner_that_changes_its_agent_is_told_by_its_ip() -> None:
    log = [missed(f"/{PROBES[n % 7]}", n, agent=f"Mozilla/5.0 Browser/{n}") for n in range(20)]
    log += [get("/", 30, ip=SCANNER, agent="Mozilla/5.0 Browser/99")]
    assert pages(log) == []


def test_an_office_is_not_a_scanner_for_one_machine_in_it() -> None:
    office = [get(f"/page-{word}", 60 * n, ip=SCANNER) for n, word in enumerate("abcdefghijklmnop")]
    infected = [missed(one, 1000 + n, agent="Mozilla/5.0 Evil/1.0") for n, one in enumerate(PROBES)]
    assert len(pages([*office, *infected, get("/", 1100, ip=SCANNER, agent="Mozilla/5.0 Evil/1.0")])) == len(office)


@pytest.mark.parametrize(
    "log",
    [
        pytest.param(
            [get("/contact", 0), post("/contact", 40, "/contact"), get("/thanks", 41, "/contact")], id="a-form"
        ),
        pytest.param(
            [get("/", 0), get("/a.css", 0, "/"), *(post("/chat/poll", n, "/") for n in range(1, 60))],
            id="a-page-that-asks-on",
        ),
        pytest.param(
            [
                get("/", 0),
                *(missed("/api/me", n, "/", ip="192.0.2.7", status=401) for n in range(1, 30)),
                get("/a.js", 1, "/"),
            ],
            id="a-page-whose-script-is-refused",
        ),
        pytest.param(
            [get("/", 0), *(missed(f"/img/{n}.png", 1, "/", ip="192.0.2.7") for n in range(30))],
            id="a-page-of-broken-pictures",
        ),
        pytest.param(
            [
                get("/wp-login.php", 0),
                post("/wp-login.php", 9, "/wp-login.php", 302),
                get("/", 20),
                get("/a.css", 21, "/"),
            ],
            id="the-owner-signs-in",
        ),
        pytest.param(
            [
                missed("/old-a", 0, ip="192.0.2.7"),
                missed("/old-b", 9, ip="192.0.2.7"),
                get("/", 20),
                get("/a", 50, "/"),
            ],
            id="two-dead-links",
        ),
        pytest.param(
            [get("/blog/phpmyadmin/", 0), get("/guides/wp-login.php-explained", 60)], id="pages-about-such-things"
        ),
        pytest.param(
            [
                get("/form.aspx", 0),
                get("/a.css", 0, "/form.aspx"),
                *(post("/form.aspx", 9 * n, "/form.aspx") for n in range(1, 9)),
            ],
            id="a-form-in-many-steps",
        ),
    ],
)
def test_readers_are_no_scanners(log: list[str]) -> None:
    assert signs(log) == {None}
