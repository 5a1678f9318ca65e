"""What score each company has, wherever a site shows it: lists, filters, search, overview, pages, files, command, email.

`python -m tests.dashboards.web.score_walk DATA SITE [PERIOD …]` walks a copy of a data folder, and prints what differs.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from html import unescape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from flask import Flask

from dashboards import web
from tests.dashboards.web.conftest import EMAIL, PASSWORD, Browser
from tracker.accounts.users import create_user
from tracker.clock import utc_now
from tracker.service import operations
from tracker.service.context import Context
from tracker.service.databases import open_databases
from tracker.settings import Settings

_LISTED = re.compile(r'Score </span>(\d+)</span>.*?class="lead-name" href="([^"?]+)[^>]*>([^<]+)</a>', re.DOTALL)
_ON_PAGE = re.compile(r"Score </span>(\d+)</span>")
_FILTERS = ("channel:is_not:Direct", "device:is:desktop")
_PERIODS = ("today", "7d", "30d", "month", "12mo", "all", "2026-W46", "2026-W47")


class Shown(NamedTuple):
    """A score, and where it stands."""

    day: date
    company: str
    place: str
    score: int


@dataclass
class Walk:
    """Asks for everything that shows a site's scores. `filters` are those of an address (`page:is:/a`).

    The pages of so many companies are `opened`: of the first of a list, and as many of its last.
    """

    browser: Browser
    context: Context
    site: str
    filters: Sequence[str] = _FILTERS
    opened: int = 3
    _links: dict[str, str] = field(default_factory=dict)

    def of_period(self, period: str) -> Iterator[Shown]:
        asked = operations.run(self.context, "leads", {"site": self.site, "period": period})
        day = date.fromisoformat(asked["scored_on"])
        for lead in asked["leads"]:
            assert sum(one["points"] for one in lead["reasons"]) == lead["score"]
            yield Shown(day, lead["company"], f"command {period}", lead["score"])
        shown = [*self._listed("/leads", period), *self._listed("", period), *self._in_file(period)]
        for text in self.filters:
            shown += self._listed(f"/leads?f={quote(text, safe='')}", period)
        for lead in [*asked["leads"][: self.opened], *asked["leads"][self.opened :][-self.opened :]]:
            shown += self._of_one(lead["company"], period)
        yield from (Shown(day, *one) for one in shown)

    def of_email(self, week: str) -> Iterator[Shown]:
        content = operations.run(self.context, "report", {"site": self.site, "label": week, "form": "json"})["content"]
        report = json.loads(content)
        for lead in report["leads"]:
            yield Shown(date.fromisoformat(report["scored_on"]), lead["company"], f"email {week}", lead["score"])

    def _page(self, path: str, period: str) -> str:
        answer = self.browser.get(f"/{self.site}{path}{'&' if '?' in path else '?'}period={period}")
        assert answer.status_code == 200, path
        return answer.text

    def _listed(self, path: str, period: str) -> list[tuple[str, str, int]]:
        found, page = [], 1
        while rows := _LISTED.findall(self._page(f"{path}{'&' if '?' in path else '?'}page={page}", period)):
            found += [(unescape(name), f"{path} {period}", int(score)) for score, _, name in rows]
            self._links |= {unescape(name): unescape(link) for _, link, name in rows}
            if not path.startswith("/leads") or len(rows) < 100:
                break
            page += 1
        return found

    def _in_file(self, period: str) -> list[tuple[str, str, int]]:
        content = self.browser.get(f"/{self.site}/leads.csv?period={period}&words=codes").data.decode("utf-8-sig")
        rows = csv.DictReader(io.StringIO(content))
        return [(row["company"].removeprefix("'"), f"leads.csv {period}", int(row["score"])) for row in rows]

    def _of_one(self, name: str, period: str) -> Iterator[tuple[str, str, int]]:
        """Its page, plain and filtered, and where a search finds it."""
        paths = [
            self._links[name].removeprefix(f"/{self.site}") + query
            for query in ("", *(f"?f={one}" for one in self.filters))
        ]
        for path in paths:
            if score := _ON_PAGE.search(self._page(path, period)):  # a filter may leave nothing of a period
                yield name, f"{path} {period}", int(score[1])
        found = self._listed(f"/leads?q={quote(name)}", period)
        yield from (one for one in found if one[0] == name)


def unlike(shown: Sequence[Shown]) -> list[str]:
    """Returns what does not agree: companies that have several scores on one day, with the places."""
    scores: dict[tuple[date, str], dict[int, str]] = {}
    for one in shown:
        scores.setdefault((one.day, one.company), {}).setdefault(one.score, one.place)
    return [f"{company} on {day}: {found}" for (day, company), found in scores.items() if len(found) > 1]


def main(data: str, site: str, *periods: str) -> int:
    with tempfile.TemporaryDirectory() as copy:
        shutil.copytree(
            data, copy, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.sock")
        )  # of a service that runs
        settings = replace(Settings(data=Path(copy)), base_url="http://localhost")
        database, store = open_databases(settings)
        context = Context(settings, database, store, utc_now)
        app = Flask("tracker", static_folder=None)
        app.config.update(SECRET_KEY="only for this walk")
        web.register(app, context, web.ServiceStatus, diagnose=tuple)
        create_user(database, EMAIL, PASSWORD, now=utc_now())
        browser = Browser(app.test_client())
        browser.post("/sign-in", email=EMAIL, password=PASSWORD)
        walk = Walk(browser, context, site)
        shown = [one for period in periods or _PERIODS for one in walk.of_period(period)]
        shown += walk.of_email((periods or _PERIODS)[-1])
        store.close()
        database.close()
    wrong = unlike(shown)
    pairs = {(one.day, one.company) for one in shown}
    print(f"{len(shown)} scores of {len(pairs)} companies and days at {len({one.place for one in shown})} places")
    print("\n".join(wrong) or "each company has one score on one day")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
