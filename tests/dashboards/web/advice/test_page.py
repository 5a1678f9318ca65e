"""The page of advice: sentences with what they rest on, or what it would take."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import cast

from dashboards.web.advice.page import advice_of_weeks
from tests.dashboards.web.conftest import SITE, Browser, Clock
from tests.reports.advice.made_visits import store_thirteen_weeks
from tests.stats.conftest import Blog
from tracker.db.engine import AppDatabase
from tracker.service.context import Context
from tracker.settings import Settings
from tracker.sites.sites import find_site
from tracker.store.answering.store import AnsweringStore
from tracker.store.protocol import EventStore


def test_it_says_what_brings_companies_and_on_how_many_visits_that_rests(
    signed_in: Browser, site: str, store: EventStore, clock: Clock
) -> None:
    store_thirteen_weeks(store, clock())
    page = unescape(signed_in.get(f"/{SITE}/advice").text)
    assert "Favour LinkedIn: where the source is known, 73% of the visits of companies come from it, and 22% of all visits." in page  # fmt: skip
    assert "Based on 143 visits by companies in 13 weeks." in page
    assert f'<a href="/{SITE}/advice" aria-current="page">Advice</a>' in page
    french = unescape(Browser(signed_in.client, "fr").get(f"/{SITE}/advice").text)
    assert "Privilégiez LinkedIn\u00a0: quand la source est connue, 73\u202f% des visites d’entreprises" in french


def test_the_heatmap_is_a_table_with_each_number_in_words(
    signed_in: Browser, site: str, store: EventStore, clock: Clock
) -> None:
    store_thirteen_weeks(store, clock())
    page = unescape(Browser(signed_in.client, "fr").get(f"/{SITE}/advice").text)
    rows = re.findall(r'<th scope="row">([^<]+)</th>((?:<td class="heat-\d">[^<]*</td>)+)', page)
    assert [hour for hour, _ in rows[:24]] == [f"{hour}\u202fh" for hour in range(24)]
    assert all(cells.count("<td") == 7 for _, cells in rows)
    assert '<th scope="col"><abbr title="vendredi">ven.</abbr></th>' in page
    assert "À garder\u00a0: il amène des entreprises plus que d’autres." in page


def test_it_says_what_it_would_take(signed_in: Browser, site: str) -> None:
    page = unescape(signed_in.get(f"/{SITE}/advice").text)
    assert "Too few visits for advice." in page
    assert "takes 10 companies in 13 weeks; there are 0 so far.</li>" in page
    assert page.count("so far.</li>") == 3


def test_the_advice_of_complete_weeks_is_kept_while_hits_of_today_come(
    site: str, database: AppDatabase, store: EventStore, clock: Clock, tmp_path: Path
) -> None:
    answering = cast("EventStore", AnsweringStore(store))
    store_thirteen_weeks(answering, clock())
    context, found = Context(Settings(data=tmp_path), database, answering, clock), find_site(database, site)
    assert found is not None
    first, blog = advice_of_weeks(context, found), Blog(answering)
    blog.visit(clock().isoformat(), (0, "/a"), visit_id=-1)
    assert advice_of_weeks(context, found) is first
    blog.visit((clock() - timedelta(days=20)).isoformat(), (0, "/a"), visit_id=-2)  # a late one
    assert advice_of_weeks(context, found) is not first
