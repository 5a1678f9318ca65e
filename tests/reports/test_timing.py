"""By weekday and hour: companies and goals from days that are kept are those that plain Python counts of the events."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta

from tests.stats.conftest import PARIS, SITE, Blog, blog, scope, store  # noqa: F401 - fixtures
from tests.stats.goals.test_goals import sent
from tracker.reports.timing import What, timing
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Comparison
from tracker.stats.goals import Goal, Kind, condition_of
from tracker.stats.goals.keeping import keep_goals
from tracker.stats.rollups.keeping import Keeper

FORM = "Form: Submission"
# With the end of summer time, on 25 October.
DAYS = scope("2026-10-20,2026-11-08")
GOALS = tuple(Goal(key, key, kind, pattern, 20, condition_of(kind, pattern)) for key, kind, pattern in (("demo", Kind.FORM, "demo"), ("forms", Kind.FORM, "*")))  # fmt: skip
Slots = Counter[tuple[int, int]]


def tell(blog: Blog) -> dict[What, Slots]:  # noqa: F811
    """Visits at any time, some of companies, some with a form; returns what each hour of the week has by plain Python."""
    chance = random.Random(16)
    first = datetime(2026, 10, 20, 1, tzinfo=UTC)
    hours: dict[What, Slots] = {"companies": Counter(), "goals": Counter()}
    seen = set()
    for _ in range(120):
        at = first + timedelta(minutes=chance.randrange(19 * 1440))
        company = chance.choice([None, "Acme", "Bolt", "Maybe"])
        known = (
            {} if company is None else {"company": company, "company_confidence": 0.3 if company == "Maybe" else 0.9}
        )
        form = chance.choice([None, "demo", "other"])
        steps = [(0, "/a")] if form is None else [(0, "/a"), (50 * 60, "/a", FORM)]
        blog.visit(at.isoformat(), *steps, **known, **(sent(form) if form else {}), source="LinkedIn")
        local = at.astimezone(PARIS)
        # The hour that comes twice is one hour on the clock.
        hour = local.replace(minute=0, second=0, tzinfo=None, fold=0)
        if company in ("Acme", "Bolt") and (company, hour) not in seen:
            seen.add((company, hour))
            hours["companies"][local.weekday(), local.hour] += 1
        if form:
            local = (at + timedelta(minutes=50)).astimezone(PARIS)
            hours["goals"][local.weekday(), local.hour] += 2 if form == "demo" else 1
    return hours


def slots(blog: Blog, what: What, source: str | None = None) -> Slots:  # noqa: F811
    asked = DAYS if source is None else scope("2026-10-20,2026-11-08", Comparison(Dimension.SOURCE, "is", (source,)))
    found = timing(blog.store, asked, what, GOALS)
    assert found.visits == sum(map(sum, found.cells))
    return Counter(
        {(day, hour): count for day, row in enumerate(found.cells) for hour, count in enumerate(row) if count}
    )


def test_companies_and_goals_are_counted_alike_from_events_and_from_kept_days(blog: Blog) -> None:  # noqa: F811
    expected = tell(blog)
    before = {what: slots(blog, what) for what in expected}
    assert before == expected
    Keeper(blog.store).seal_all(SITE, PARIS, today=date(2026, 11, 8), on_progress=lambda done, left: None)
    while keep_goals(blog.store, SITE, PARIS, GOALS):
        pass
    for what in expected:
        assert slots(blog, what) == expected[what], what
        assert slots(blog, what, "LinkedIn") == expected[what], what
        assert slots(blog, what, "Bing") == Counter(), what
