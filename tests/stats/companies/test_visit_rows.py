"""Which rows answer what is asked of companies: those kept of days, as far as these know it, or the events."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from tests.stats.conftest import PARIS, SITE, Blog, scope
from tracker.stats.companies.visit_rows import company_rows, scope_of_all
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Comparison
from tracker.stats.rollups.keeping import Keeper
from tracker.stats.scope import Scope
from tracker.store.schema import sealed_days

DAYS = scope("2026-11-16,2026-11-17")


@pytest.fixture
def sealed(blog: Blog) -> Blog:
    facts = {"company": "Acme", "company_confidence": 0.9, "channel": "Organic Social", "entry_page": "/a"}
    blog.visit("2026-11-16T10:00:00+01:00", (0, "/a"), (30, "/b"), **facts)
    blog.visit("2026-11-17T10:00:00+01:00", (0, "/a"), **facts)
    Keeper(blog.store).seal_all(SITE, PARIS, today=date(2026, 11, 17), on_progress=lambda done, left: None)
    return blog


def made_by_rules(blog: Blog, rules: int) -> None:
    with blog.store.transaction() as connection:  # type: ignore[attr-defined]
        connection.execute(sealed_days.update().values(rules=rules))


def are_kept(blog: Blog, asked: Scope = DAYS, *, with_visit_facts: bool = False) -> bool:
    with company_rows(blog.store, asked, with_visit_facts=with_visit_facts) as did:
        return did.scope is None


def test_kept_rows_know_how_visits_came(sealed: Blog) -> None:
    with company_rows(sealed.store, DAYS, with_visit_facts=True) as did:
        assert did.scope is None
        found = did.rows(select(did.c.channel, did.c.entry_page, did.c.pageviews).order_by(did.c.day))
    assert [tuple(row) for row in found] == [("Organic Social", "/a", 2), ("Organic Social", "/a", 1)]


def test_days_by_earlier_rules_answer_what_their_rows_know_and_no_more(sealed: Blog) -> None:
    social = replace(DAYS, filters=(Comparison(Dimension.CHANNEL, "is", ("Organic Social",)),))
    by_source = replace(DAYS, filters=(Comparison(Dimension.SOURCE, "is", ("",)),))
    assert are_kept(sealed, social)
    made_by_rules(sealed, 5)
    assert are_kept(sealed)
    assert are_kept(sealed, by_source)
    assert not are_kept(sealed, with_visit_facts=True)
    assert not are_kept(sealed, social)
    made_by_rules(sealed, 3)
    assert not are_kept(sealed)


def test_days_of_earlier_rules_in_another_zone_are_counted_from_their_events(sealed: Blog) -> None:
    made_by_rules(sealed, 5)
    period = replace(DAYS.period, time_zone=ZoneInfo("Asia/Tokyo"))
    assert not are_kept(sealed, replace(DAYS, period=period))


def test_a_site_whose_events_are_all_gone_has_the_days_that_were_counted(sealed: Blog) -> None:
    with sealed.store.transaction() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("delete from events")
    assert scope_of_all(sealed.store, SITE).period.last_day == date(2026, 11, 17)
    assert scope_of_all(sealed.store, "another.example").period.days == 1
