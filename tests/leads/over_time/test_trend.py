"""The course of a score is what the score was on each day, by the rules of today."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from tests.stats.conftest import PARIS, SITE, Blog
from tracker.leads.activity import ScoredDay, scores
from tracker.leads.over_time.trend import score_trend

SURE = {"company": "Acme", "company_method": "as_organisation", "company_confidence": 0.8}
TYPED = SURE | {"company_method": "given", "company_confidence": 0.4}


def test_each_day_has_the_score_of_that_day(blog: Blog) -> None:
    blog.visit("2026-08-20T10:00:00+02:00", (0, "/a"), (60, "/tarifs"), **SURE)
    blog.visit("2026-10-24T23:50:00+02:00", (0, "/a"), (1200, "/contact", "Form: Submission"), visitor=7, **SURE)
    blog.visit("2026-10-25T09:00:00+01:00", (0, "/a"), (90, "/a", 90_000), visitor=8, **SURE)
    blog.visit("2026-11-10T10:00:00+01:00", (0, "/contact"), (30, "/b", "File Download"), visitor=9, **SURE)
    blog.visit("2026-11-10T11:00:00+01:00", (0, "/b"), visitor=10, **SURE)
    blog.visit("2026-11-12T11:00:00+01:00", (0, "/b"), visitor=11, **TYPED)
    of = ScoredDay(SITE, date(2026, 11, 20), PARIS)
    trend = score_trend(blog.store, of, "Acme", sure=True)
    assert [one.day for one in trend] == [of.day - timedelta(days=number) for number in range(83, -1, -1)]
    for one in trend[::5] + trend[-12:]:
        found = scores(blog.store, replace(of, day=one.day))
        assert one.score == (0 if found.empty else found.iloc[0]["score"]), one.day
    assert len({one.score for one in trend}) > 5


def test_a_company_that_nobody_saw_has_a_line_of_zeros(blog: Blog) -> None:
    assert {
        one.score for one in score_trend(blog.store, ScoredDay(SITE, date(2026, 11, 20), PARIS), "Nobody", sure=True)
    } == {0}
