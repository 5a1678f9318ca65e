"""Show: companies come, each is told by webhook, and the service is killed at random moments in between.

`python -m tests.crash.alerts` prints the counts. Each alert is raised once, and delivered at least once under one id; a
webhook that hangs and one that always fails keep neither the others nor a hit waiting.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.crash.mailing import _kill as kill
from tests.running_service import FIREFOX, RunningService, webleads
from tests.webhook_server import Hooks, Received, hook_server
from tracker.clock import utc_now
from tracker.db.engine import open_app_database
from tracker.leads.alerts.rules import NewRule, add_rule
from tracker.leads.alerts.rules_vocabulary import Channel, Trigger
from tracker.sites.sites import find_site

SITE = "blog.exemple.fr"
_WAIT_SECONDS = 600.0


@dataclass(frozen=True)
class Counts:
    """What became of the companies. Nothing may be missing, raised twice or told under two ids."""

    companies: int
    kills: int
    raised: int
    raised_twice: int
    delivered: int
    missing: int
    with_two_ids: int
    told_again: int
    refused_hits: int
    slowest_hit_ms: int
    seconds: float

    @property
    def is_good(self) -> bool:
        all_there = self.raised == self.delivered == self.companies
        return all_there and not (self.missing or self.with_two_ids or self.raised_twice)

    def __str__(self) -> str:
        return (
            f"{self.companies} companies, {self.kills} kills: {self.raised} alerts raised, {self.raised_twice} twice;"
            f" {self.delivered} delivered, {self.missing} missing, {self.with_two_ids} under two ids, {self.told_again} told"
            f" again under the same id; beside a webhook that hangs and one that fails; {self.refused_hits} hits had to be sent"
            f" again, the slowest took {self.slowest_hit_ms} ms; {self.seconds:.0f} s"
        )


def run(folder: Path, *, companies: int, kills: int, seed: int = 0) -> Counts:
    """Sends a hit of each company while the service is killed. Returns the counts."""
    begun, data, chance = time.monotonic(), folder / "data", random.Random(seed)
    data.mkdir()
    released = threading.Event()

    def answer(one: Received) -> tuple[int, dict[str, str]]:
        if one.path == "/hangs":
            released.wait(_WAIT_SECONDS)
        return (500 if one.path == "/fails" else 204), {}

    with hook_server() as hooks:
        hooks.answer = answer
        _fill(data, hooks, companies)
        service = RunningService(
            data,
            WEBLEADS_SCHEDULER="yes",
            WEBLEADS_PRIVATE_TARGETS="127.0.0.1",
            WEBLEADS_TRUSTED_PROXIES="127.0.0.1",
        )
        service.start()
        sent = _Visits(service, companies)
        try:
            for _ in range(kills):
                _visit_and_kill(service, sent, chance, companies // kills + 1)
            sent.send(companies)
            _wait_for(hooks, companies)
        finally:
            released.set()
        service.stop()
    return _counted(data, hooks, companies, kills, sent, begun)


def _visit_and_kill(service: RunningService, sent: _Visits, chance: random.Random, number: int) -> None:
    sent.send(number)
    time.sleep(chance.uniform(0.0, 5.0))  # a look is every two seconds
    kill(service)
    service.start()


class _Visits:
    """One hit of each company, each until it is taken."""

    def __init__(self, service: RunningService, companies: int) -> None:
        self._service = service
        self._left = list(range(companies))
        self.again = 0
        self.slowest_ms = 0

    def send(self, number: int) -> None:
        for _ in range(min(number, len(self._left))):
            company = self._left.pop()
            while not self._is_taken(company):
                self.again += 1
                time.sleep(0.1)

    def _is_taken(self, company: int) -> bool:
        hit = {"n": "pageview", "u": f"https://{SITE}/a", "d": SITE}
        headers = {"User-Agent": FIREFOX, "X-Forwarded-For": f"203.0.113.{company}", "Accept-Language": "fr"}
        begun = time.monotonic()
        with suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", self._service.port, timeout=10)
            connection.request("POST", "/api/event", json.dumps(hit), headers)
            status = connection.getresponse().status
            connection.close()
            self.slowest_ms = max(self.slowest_ms, int((time.monotonic() - begun) * 1000))
            return status == 202
        return False


def _fill(data: Path, hooks: Hooks, companies: int) -> None:
    added = webleads("site", "add", SITE, data=data)
    assert added.returncode == 0, added.stderr
    rows = [f"203.0.113.{number}/32,Company {number},company{number}.example" for number in range(companies)]
    (data / "networks.csv").write_text("\n".join(["network,name,domain", *rows]) + "\n", encoding="utf-8")
    with closing(open_app_database(f"sqlite:///{data}/webleads.sqlite")) as database:
        site = find_site(database, SITE)
        assert site is not None
        for path in ("/hangs", "/fails", "/takes"):
            rule = NewRule(path, Trigger.VISIT, Channel.WEBHOOK, hooks.url + path)
            add_rule(database, site.id, rule, by="lea@exemple.fr", now=utc_now())


def _told(hooks: Hooks) -> dict[str, Counter[str]]:
    """The ids under which each company was told, with how often, to the webhook that takes what it gets."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for one in list(hooks.received):
        if one.path == "/takes":
            for alert in json.loads(one.body)["data"]["alerts"]:
                found[alert["company"]["id"]][one.headers["webhook-id"]] += 1
    return found


def _wait_for(hooks: Hooks, companies: int) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    while len(_told(hooks)) < companies and time.monotonic() < deadline:
        time.sleep(0.3)


def _counted(data: Path, hooks: Hooks, companies: int, kills: int, sent: _Visits, begun: float) -> Counts:
    told = _told(hooks)
    with closing(sqlite3.connect(f"file:{data}/webleads.sqlite?mode=ro", uri=True, timeout=30)) as looking:
        query = "select company_id from alerts join alert_rules r on r.id = rule_id where r.name = '/takes'"
        raised = Counter(company for (company,) in looking.execute(query))
    return Counts(
        companies=companies,
        kills=kills,
        raised=len(raised),
        raised_twice=sum(number > 1 for number in raised.values()),
        delivered=len(told),
        missing=companies - len(told),
        with_two_ids=sum(len(ids) > 1 for ids in told.values()),
        told_again=sum(sum(ids.values()) > 1 for ids in told.values()),
        refused_hits=sent.again,
        slowest_hit_ms=sent.slowest_ms,
        seconds=time.monotonic() - begun,
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash.alerts", description=__doc__)
    parser.add_argument("--companies", type=int, default=200)
    parser.add_argument("--kills", type=int, default=20)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="webleads-alerts-", ignore_cleanup_errors=True) as folder:
        counts = run(Path(folder), companies=asked.companies, kills=asked.kills, seed=int(time.time()))
    print(counts)
    return 0 if counts.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
