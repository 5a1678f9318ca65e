"""A publisher's questions, each answered in at most three clicks from the overview, with the number that a query gives.

One browser walks through a year of made-up traffic. With QUESTIONS_FOLDER=FOLDER it leaves a picture of each answer there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import BrowserContext, Locator, Page
from sqlalchemy import func, select

from tests.dashboards.web.conftest import Clock
from tracker.db.engine import AppDatabase
from tracker.db.models import Site
from tracker.demo.catalogue import SITE
from tracker.demo.traffic import generate
from tracker.leads.certainty import is_sure
from tracker.service.checklist import dismiss
from tracker.service.context import Context
from tracker.settings import Settings
from tracker.sites.sites import add_site, find_site
from tracker.stats.funnels import Step, StepKind
from tracker.stats.funnels.rows import add_funnel
from tracker.stats.goals.rows import add_goal
from tracker.stats.query.run import run_query
from tracker.store.batch import Batch
from tracker.store.protocol import EventStore
from tracker.store.schema import EVENT_COLUMNS, events, not_counted

MOST_CLICKS = 3
DEMO = "Asked for a demo"
ASKED = ["has_done", ["is", "event:props:form", ["demande-de-demo"]]]
READ = ["has_done", ["is", "event:page", ["/tarifs/"]]]
REACHED = ["has_done", ["is", "event:name", ["Form: Submission", "File Download", "Purchase"]]]
CAMPAIGN = "catalogue-hiver"
ARTICLE = "/linkedin-pour-les-discrets/"
EMPTY = {column.name: None if column.nullable else 0 for column in events.columns}


def visits(
    number: int, first: datetime, *, every: timedelta = timedelta(hours=6), **facts: Any
) -> list[dict[str, Any]]:
    """One page view each, from a moment on."""
    own = {
        "site": SITE,
        "name": "pageview",
        "hostname": SITE,
        "path": "/tarifs/",
        "entry_page": "/tarifs/",
        "visits": 1,
    }
    return [
        EMPTY
        | own
        | {"bounces": 1, "pageviews": 1, "channel": "Direct", "country": "FR", "region": "Bretagne", "city": "Rennes"}
        | {"occurred_at": int((first + index * every).timestamp() * 1_000_000)}
        | {"visitor_id": int(first.timestamp()) + index, "visit_id": int(first.timestamp()) + index}
        | facts
        for index in range(number)
    ]


@pytest.fixture
def demo(store: EventStore, database: AppDatabase, clock: Clock, tmp_path: Path) -> Site:
    """A year of the demo, and what it lacks: the year before, a broken link, forms of companies, somebody who reads now."""
    generate(store, events=6000, seed=4, last_day=clock().date(), until=clock())
    ago = lambda **how: clock() - timedelta(**how)  # noqa: E731 - said in the lines below
    rows = visits(45, ago(days=405), every=timedelta(days=1))
    rows += visits(
        120, ago(days=40), source="Pinterest", channel="Organic Social", referrer="https://www.pinterest.com/"
    )
    rows += visits(3, ago(days=3), name="404", path="/guide-perdu", pageviews=0, referrer="https://ami.example/liens")
    rows += visits(2, ago(days=4), campaign=CAMPAIGN)
    rows += visits(
        1,
        ago(days=4, hours=1),
        campaign=CAMPAIGN,
        name="Purchase",
        path="/merci/",
        revenue=120.0,
        currency="EUR",
        pageviews=0,
    )
    rows += visits(2, ago(minutes=4), every=timedelta(minutes=1))
    known = {"company_method": "as_organisation", "company_evidence": "AS64500, owned by a business", "company_confidence": 0.8}  # fmt: skip
    for days, company, city in ((2, "Armor", "Rennes"), (5, "Kerjean", "Brest"), (6, "Kerjean", "Brest")):
        facts = known | {"company": company, "organisation": company, "network_kind": "business", "city": city}
        (view,) = visits(1, ago(days=days), **facts)
        later = view["occurred_at"] + 60_000_000
        form = {"name": "Form: Submission", "props": '{"form":"demande-de-demo"}', "occurred_at": later}
        rows += [view, view | form | {"visits": 0, "pageviews": 0, "bounces": -1}]
    store.append(Batch({name: [row[name] for row in rows] for name in EVENT_COLUMNS}))
    add_site(database, SITE, now=clock())
    add_goal(database, SITE, kind="revenue", pattern="Purchase", name="Sales", now=clock())
    goal = add_goal(database, SITE, kind="form", pattern="demande-de-demo", name=DEMO, now=clock())
    dismiss(Context(Settings(data=tmp_path), database, store, clock))  # there is nothing to set up
    found = find_site(database, SITE)
    assert found
    steps = (Step(StepKind.PAGE, "/tarifs/"), Step(StepKind.GOAL, str(goal)))
    add_funnel(database, found.id, name="From the prices to the form", steps=steps, by=None, now=clock())
    return found


@dataclass
class Reader:
    """A person at a browser, who counts their clicks since the overview."""

    page: Page
    home: str
    clicks: int = 0
    told: list[str] = field(default_factory=list)

    def start(self) -> None:
        self.page.goto(self.home)
        self.clicks = 0

    def click(self, what: str | Locator) -> None:
        link = self.page.locator(what).first if isinstance(what, str) else what
        if link.evaluate("one => !!one.closest('a:not([data-fragment])')"):
            with self.page.expect_navigation():
                link.click()
        else:  # a menu, or a tab that is opened in place
            link.click()
        self.clicks += 1

    def answered(self, question: str) -> None:
        """The answer is on the page: the clicks are few enough."""
        assert self.clicks <= MOST_CLICKS, f"{question}: {self.clicks} clicks"
        self.told.append(question)
        if folder := os.environ.get("QUESTIONS_FOLDER"):
            self.page.screenshot(path=Path(folder) / f"{len(self.told):02}-{question.replace(' ', '-')}.png", full_page=True)  # fmt: skip

    def row(self, text: str, table: str = "table") -> list[str]:
        """The cells of the row that begins with a text."""
        found = self.page.locator(f"{table} tbody tr").filter(has=self.page.locator("th", has_text=text)).first
        return [re.sub(r"\s+", " ", cell).strip() for cell in found.locator("th, td").all_inner_texts()]

    def column(self, head: str) -> int:
        """The place of a column in the page's table."""
        heads = self.page.locator("thead th").all_inner_texts()
        return next(index for index, one in enumerate(heads) if head in re.sub(r"\s+", " ", one))

    def panel(self, key: str, text: str) -> str:
        """The figure of a row of a panel."""
        row = self.page.locator(f"#panel-{key} .row").filter(has_text=text).first
        return row.locator(".row-figure").inner_text()


@dataclass(frozen=True)
class Asking:
    """What a query says, as the tests ask it."""

    store: EventStore
    site: Site
    now: datetime

    def figures(self, metrics: list[str], *, days: Any = "30d", filters: Any = (), **more: Any) -> list[dict[str, Any]]:
        query = {"metrics": metrics, "date_range": days, "filters": list(filters)} | more
        results: list[dict[str, Any]] = run_query(self.store, self.site, query, now=self.now)["results"]
        return results

    def figure(self, metric: str, **more: Any) -> Any:
        return self.figures([metric], **more)[0]["metrics"][0]

    def companies_by_page(self, since: datetime) -> dict[str, int]:
        """The companies that read each page since a moment, by the events alone."""
        counted = (
            select(events.c.path, func.count(events.c.company.distinct()))
            .where(events.c.name == "pageview", events.c.company.is_not(None), is_sure())
            .where(events.c.occurred_at >= since.astimezone(UTC).replace(tzinfo=None))
            .group_by(events.c.path)
        )
        return {path: int(number) for path, number in self.store.rows(counted)}


@pytest.fixture
def reader(own_context: Callable[..., BrowserContext], address: str, demo: Site) -> Reader:
    context = own_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    return Reader(context.new_page(), f"{address}/{SITE}")


def test_each_question_of_a_publisher_takes_three_clicks_at_most(
    reader: Reader, demo: Site, store: EventStore, clock: Clock
) -> None:
    asking = Asking(store, demo, clock())
    for question in QUESTIONS:
        reader.start()
        question(reader, asking)
        reader.answered(question.__name__.replace("_", " "))
    assert len(reader.told) == 12


def which_article_brought_companies_this_month(reader: Reader, asking: Asking) -> None:
    reader.click("text=What brought them")
    reader.click(".period summary")
    reader.click(".period a:has-text('This month')")
    local = asking.now.astimezone(ZoneInfo(asking.site.time_zone))
    expected = asking.companies_by_page(local.replace(day=1, hour=0, minute=0))
    first = reader.page.locator("table tbody tr").first
    path = (first.locator(".details-name").get_attribute("title") or "").strip()
    assert expected[path] == max(expected.values())
    assert int(first.locator("td.number").last.inner_text()) == expected[path]


def what_changed_against_last_year(reader: Reader, asking: Asking) -> None:
    reader.click(".compare summary")
    reader.click(".compare a:has-text('a year before')")
    include = {"comparisons": {"mode": "year_over_year", "match_day_of_week": True}}
    (row,) = asking.figures(["visits"], include=include)
    change = row["comparison"]["change"][0]
    assert row["comparison"]["metrics"][0] > 0
    figure = reader.page.locator(".figure", has_text="Visits").inner_text()
    assert f"+{change:,}%" in figure.replace("\u202f", ""), figure


def who_asked_for_a_demo(reader: Reader, asking: Asking) -> None:
    reader.click(f"#panel-goals a:has-text('{DEMO}')")
    rows = asking.figures(["visits"], dimensions=["visit:company"], filters=[ASKED])
    names = {row["dimensions"][0] for row in rows}
    assert names == {"Armor", "Kerjean"}
    assert set(reader.page.locator(".leads .lead-name").all_inner_texts()) == names


def from_where(reader: Reader, asking: Asking) -> None:
    reader.click(f"#panel-goals a:has-text('{DEMO}')")
    reader.click("#panel-places .tabs a:has-text('Cities')")
    reader.page.locator("#panel-places .tabs [aria-current]", has_text="Cities").wait_for()
    rows = asking.figures(["visitors"], dimensions=["visit:city"], filters=[ASKED])
    for row in rows:
        assert reader.panel("places", row["dimensions"][0]) == str(row["metrics"][0])
    assert {row["dimensions"][0] for row in rows} == {"Brest", "Rennes"}


def how_far_people_read_an_article(reader: Reader, asking: Asking) -> None:
    reader.click("#panel-pages .panel-more a")
    depth = asking.figure("scroll_depth", filters=[["is", "event:page", [ARTICLE]]])
    row = reader.page.locator("tbody tr", has=reader.page.locator(f"[title='{ARTICLE}']"))
    cells = row.locator("th, td").all_inner_texts()
    assert cells[reader.column("Scroll depth")] == f"{round(depth)}%"


def which_link_is_broken(reader: Reader, asking: Asking) -> None:
    reader.click("#panel-pages .tabs-more summary")
    reader.click("#panel-pages .tabs-more a:has-text('Broken links')")
    times = asking.figure("events", filters=[["is", "event:name", ["404"]]])
    assert reader.row("/guide-perdu")[1:4] == ["https://ami.example/liens", str(times), str(times)]


def what_happens_now(reader: Reader, asking: Asking) -> None:
    reader.click("a.live")
    half_an_hour = [(asking.now - timedelta(minutes=30)).isoformat(), asking.now.isoformat()]
    visitors = asking.figure("visitors", days=half_an_hour)
    assert visitors >= 2
    assert f"{visitors} visitors in the last 30 minutes" in reader.page.inner_text("main")


def when_to_publish(reader: Reader, asking: Asking) -> None:
    reader.click("#panel-pages .tabs-more summary")
    reader.click("#panel-pages .tabs-more a:has-text('When people come')")
    by_slot: dict[tuple[int, int], int] = {}
    for row in asking.figures(["visits"], dimensions=["time:hour"]):
        at = datetime.fromisoformat(row["dimensions"][0])
        by_slot[at.weekday(), at.hour] = by_slot.get((at.weekday(), at.hour), 0) + row["metrics"][0]
    cells = reader.page.locator(".heat td[class^=heat-]").all_inner_texts()
    assert max(int(cell) for cell in cells) == max(by_slot.values())
    day, hour = max(by_slot, key=lambda slot: (by_slot[slot], -slot[0], -slot[1]))
    assert f"{('Mon', 'Tues', 'Wednes', 'Thurs', 'Fri', 'Satur', 'Sun')[day]}days at {hour:02d}:00" in reader.page.inner_text("main")  # fmt: skip


def which_campaign_paid(reader: Reader, asking: Asking) -> None:
    reader.click("#panel-sources .tabs a:has-text('Campaigns')")
    reader.page.locator("#panel-sources .tabs [aria-current]", has_text="Campaigns").wait_for()
    reader.click("#panel-sources .panel-more a")
    of_it = [["is", "visit:utm_campaign", [CAMPAIGN]]]
    visitors = asking.figure("visitors", filters=of_it)
    visits, reached = (asking.figure("visits", filters=one) for one in (of_it, [*of_it, REACHED]))
    paid = select(func.sum(events.c.revenue)).where(events.c.campaign == CAMPAIGN, events.c.currency == "EUR")
    cells = reader.row(CAMPAIGN)
    assert cells[1].split()[0] == str(visitors)
    assert cells[reader.column("Goal rate")] == f"{100 * reached / visits:.0f}%"
    assert re.sub(r"[^0-9.]", "", cells[reader.column("Revenue")]) in ("120", "120.00")
    assert asking.store.rows(paid)[0][0] == 120


def where_people_leave_before_the_form(reader: Reader, asking: Asking) -> None:
    reader.click("#panel-goals a:has-text('Funnels')")
    came = asking.figure("visits", filters=[READ])
    asked = asking.figure("visits", filters=[READ, ASKED])
    assert 0 < asked < came
    steps = reader.page.locator(".funnel-step")
    assert [figure.replace(",", "") for figure in steps.locator(".row-figure").all_inner_texts()] == [
        str(came),
        str(asked),
    ]
    assert f"{came - asked} stopped here" in steps.first.inner_text()


def which_network_to_drop(reader: Reader, asking: Asking) -> None:
    """The one with many visitors, no company and no goal; the page of advice says the same once there are visits enough."""
    reader.click("#panel-sources .panel-more a")
    for name in ("Pinterest", "LinkedIn"):
        of_it = [["is", "visit:source", [name]]]
        companies = asking.figures(
            ["visits"], dimensions=["visit:company"], filters=[*of_it, ["is_not", "visit:company", [""]]]
        )
        cells = reader.row(name)
        assert cells[1].split()[0] == str(asking.figure("visitors", filters=of_it))
        assert cells[reader.column("Companies")] == str(len(companies))
        assert (len(companies) == 0) == (name == "Pinterest")


def what_was_not_counted_and_why(reader: Reader, asking: Asking) -> None:
    reader.click("nav a:has-text('Excluded traffic')")
    first = (asking.now - timedelta(days=29)).date()
    of_reasons = (
        select(not_counted.c.reason, func.sum(not_counted.c.hits))
        .where(not_counted.c.day >= first)
        .group_by(not_counted.c.reason)
    )
    expected = {reason: int(hits) for reason, hits in asking.store.rows(of_reasons)}
    for reason, hits in expected.items():
        figure = reader.page.locator(f"section#{reason} .row-figure").first.inner_text()
        assert figure.replace(",", "") == str(hits), reason
    assert expected


QUESTIONS: tuple[Callable[[Reader, Asking], None], ...] = (
    which_article_brought_companies_this_month,
    what_changed_against_last_year,
    who_asked_for_a_demo,
    from_where,
    how_far_people_read_an_article,
    which_link_is_broken,
    what_happens_now,
    when_to_publish,
    which_campaign_paid,
    where_people_leave_before_the_form,
    which_network_to_drop,
    what_was_not_counted_and_why,
)
