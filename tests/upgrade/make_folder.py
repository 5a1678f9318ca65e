"""Makes the data folder of an upgrade test, with the code of the version that it is run in, and the answers it gave.

To add the folder of another version, in a checkout of that version with what `make install` builds:

    cp -r .../tests/upgrade tests/ && python -m tests.upgrade.make_folder VERSION

It writes VERSION.tar.xz (the folder) and VERSION.json (the answers) beside itself. Everything in it came in as it does
in real life: commands, an access log, hits on the running collector, and an email through a real SMTP server.
"""

from __future__ import annotations

import json
import sys
import tarfile
import tempfile
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

from tests.mail_server import mail_server
from tests.running_service import RunningService, webleads
from tests.upgrade.asking import BASE_URL, BOOKMARKS, SHOP, SITE, USERS, WEEKS, Visitor, figures, links_of, serving

HERE = Path(__file__).parent
_NETWORKS = """network,company,domain,kind
203.0.113.0/26,Aciéries du Lac,acieries-du-lac.example,business
203.0.113.64/26,Nord/Sud & Fils,nordsud.example,business
198.51.100.0/25,Universität Beispiel,uni-beispiel.example,education
198.51.100.128/25,Fibre Maison,fibre-maison.example,isp
"""
_NETS = ("203.0.113.", "203.0.113.", "198.51.100.", "192.0.2.", "192.0.2.", "2001:db8:7::")
_PATHS = ("/", "/prix", "/contact", "/blog/article-un", "/blog/article-deux", "/blog/été-à-Besançon", "/a-propos")
_REFERRERS = (
    "-", "-", "https://www.linkedin.com/feed/", "https://www.google.com/", "https://duckduckgo.com/",
    "https://blog.ami.example/liens", "https://t.co/xyz", "https://teams.microsoft.com/l/message/1",
)  # fmt: skip
_QUERIES = ("", "", "", "?utm_source=newsletter&utm_medium=email&utm_campaign=lettre", "?utm_source=fb&utm_content=b")
_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/18.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
)


def main(version: str) -> None:
    random = Random(20261126)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        _set_up(data)
        _import(data, random)
        with serving(data) as service:
            _send(service, data, random)
            service.wait_until_stored()
        paths = sorted({*BOOKMARKS, *_weekly_email(data)})
        answers = {"figures": figures(partial(_run, data)), "token": _token(data)}
        with serving(data) as service:
            visitors = {email: Visitor(service, email) for email in USERS}
            answers["pages"] = {path: visitors["anna@example.fr"].page(path) for path in paths}
        with tarfile.open(HERE / f"{version}.tar.xz", "w:xz", preset=9) as archive:
            archive.add(data, "data")
    (HERE / f"{version}.json").write_text(json.dumps(answers, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _run(data: Path, *command: str, stdin: str = "", **settings: str) -> str:
    answer = webleads(*command, data=data, stdin=stdin, timeout=120, **settings)
    assert answer.returncode == 0, (command, answer.stderr)
    return answer.stdout


def _set_up(data: Path) -> None:
    _run(data, "site", "add", SITE, "--report-to", "lea@example.fr", "--report-to", "tom@example.fr")
    _run(data, "site", "add", SHOP, "--timezone", "America/New_York", "--language", "en")
    for email, password in USERS.items():
        _run(data, "user", "add", email, "--password-stdin", stdin=password + "\n")
    (data / "networks.csv").write_text(_NETWORKS, encoding="utf-8")


def _ip(random: Random) -> str:
    net = random.choice(_NETS)
    return f"{net}{random.randrange(1, 254):x}" if ":" in net else f"{net}{random.randrange(1, 254)}"


def _import(data: Path, random: Random) -> None:
    """Two weeks of a web server's log, with what pages load besides."""
    lines = []
    for _ in range(120):
        moment = datetime(2026, 11, 9, 6, tzinfo=UTC) + timedelta(seconds=random.randrange(14 * 86_400 - 40_000))
        ip, agent, referrer = _ip(random), random.choice(_AGENTS), random.choice(_REFERRERS)
        for number in range(random.choice((1, 1, 2, 3))):
            path = random.choice(_PATHS) + (random.choice(_QUERIES) if number == 0 else "")
            for url, kind, came_from in ((path, 9000, referrer), ("/style.css", 800, f"https://{SITE}{path}")):
                request = f'[{moment:%d/%b/%Y:%H:%M:%S} +0000] "GET {url} HTTP/1.1" 200 {kind}'
                lines.append((moment, f'{ip} - - {request} "{came_from}" "{agent}"\n'))
            moment, referrer = moment + timedelta(seconds=random.randrange(5, 900)), f"https://{SITE}{path}"
    text = "".join(line for _, line in sorted(lines))
    _run(data, "import-log", "-", "--site", SITE, stdin=text)
    _run(data, "ingest", "--once")


def _send(service: RunningService, data: Path, random: Random) -> None:
    """Hits on the collector: pages, time spent, clicks, purchases, consented ids, a newsletter's link, bots."""
    token = _token(data)
    for number in range(90):
        site = SHOP if number % 5 == 0 else SITE
        headers = {"X-Forwarded-For": _ip(random), "User-Agent": random.choice(_AGENTS)}
        page = {
            "d": site,
            "u": f"https://{site}{random.choice(_PATHS)}{random.choice(_QUERIES)}",
            "w": 1440,
            "l": "fr-FR",
        }
        if number % 9 == 0:
            page["vid"] = f"consented-{number % 4}"
        age, referrer = random.randrange(3_600_000, 36_000_000), random.choice(_REFERRERS)
        sent = [page | {"n": "pageview", "t": "Une page", "age": age, "id": f"p{number}"}]
        if referrer != "-":
            sent[0]["r"] = referrer
        sent.append(page | {"n": "engagement", "e": 42_000, "sd": 80, "age": age - 60_000, "id": f"e{number}"})
        if number == 7:
            agreed = {"vid": "told", "consent": 1, "token": token}
            sent.append(page | agreed | {"n": "Identify", "i": False, "age": age - 65_000})
        if number % 6 == 0:
            sent.append(page | {"n": "Outbound Link: Click", "p": {"url": "https://x.example/"}, "age": age - 70_000})
        if site == SHOP:
            sale = {"n": "Purchase", "$": {"amount": "29.90", "currency": "EUR"}, "age": age - 80_000}
            sent.append(page | sale)
        for one in sent:
            status, answer = service.post(one, **headers)
            assert status == 202, answer


def _token(data: Path) -> str:
    """A newsletter's link token, which its reader may hold for years."""
    answer = _run(
        data, "token", "--site", SITE, "--company", "Verrerie d’Exemple", "--days", "3650", "paul@verrerie.example"
    )
    return answer.strip().rpartition(",")[2]


def _weekly_email(data: Path) -> list[str]:
    """Sends a week's report to the site's recipients; where its links lead."""
    with mail_server() as mailbox:
        mail = {"WEBLEADS_SMTP_URL": mailbox.url, "WEBLEADS_MAIL_FROM": "stats@example.fr"}
        week = ("--site", SITE, "--week", WEEKS[1], "--send")
        _run(data, "report", "weekly", *week, WEBLEADS_BASE_URL=BASE_URL, **mail)
        assert sorted(mailbox.recipients) == ["lea@example.fr", "tom@example.fr"]
        return links_of(mailbox.messages[0])


if __name__ == "__main__":
    main(sys.argv[1])
