"""The line of a company's score says the same in words, and on which day the goals changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from dashboards.web.site.score_trend import trend_shown
from tracker.db.models import Site, SiteGoal
from tracker.leads.over_time.trend import ScoreOfDay

FIRST = date(2026, 11, 2)


def test_a_line_its_words_and_the_day_on_which_goals_changed() -> None:
    trend = [
        ScoreOfDay(FIRST + timedelta(days=number), score) for number, score in enumerate([0, 5, 40, 40, 30, 12, 12])
    ]
    changes = [datetime(2026, 10, 1, 9, tzinfo=UTC), datetime(2026, 11, 3, 23, 30, tzinfo=UTC)]
    site = Site(time_zone="Europe/Paris", goals=[SiteGoal(created_at=one) for one in changes])
    shown = trend_shown("en", trend, site)
    assert (shown.width, shown.points) == (6, "0,100 1,95 2,60 3,60 4,70 5,88 6,88")
    assert shown.words == "Score over 1 week: 0 at first, 12 now (highest: 40, Thu 5 Nov)"
    assert shown.changed_on == date(2026, 11, 4)
