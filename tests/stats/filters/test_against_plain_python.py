"""Any filter tree keeps the events that a reading of its rule in plain Python keeps."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.databases import new_event_store
from tests.stats.conftest import SITE, Blog
from tests.stats.filters.trees import TREES
from tracker.db.models import Site
from tracker.stats import traffic
from tracker.stats.filters import And, Comparison, Filter, HasDone, Not, Or
from tracker.stats.filters.json import write_filters
from tracker.stats.periods import Period
from tracker.stats.query.run import run_query
from tracker.stats.scope import Scope

UTC_ZONE = ZoneInfo("UTC")
FIRST, LAST = date(2026, 11, 16), date(2026, 11, 17)
PERIOD = Period(FIRST, LAST + timedelta(days=1), UTC_ZONE, "two days")
# From the evening before the period to the one after it, so that its edges cut visits.
STARTS = st.integers(-2 * 3600, 50 * 3600).map(
    lambda seconds: datetime(2026, 11, 16, tzinfo=UTC) + timedelta(seconds=seconds)
)
STEPS = st.lists(st.tuples(st.integers(1, 1700), st.sampled_from(["/a", "/b", "/c"]), st.booleans()), max_size=3)
VISITS = st.lists(
    st.tuples(
        STARTS, st.integers(1, 3), st.sampled_from([None, "Google", "LinkedIn"]), st.sampled_from(["/a", "/b"]), STEPS
    ),
    max_size=8,
)


def tell(blog: Blog, visits: list[Any]) -> list[dict[str, Any]]:
    """Tells the visits to the blog, and returns their events of the period as plain facts."""
    told = []
    for number, (start, visitor, source, entry, steps) in enumerate(visits):
        at, path, stored, rows = 0, entry, [(0, entry)], [(0, entry, True)]
        for gap, next_path, view in steps:
            at, path = at + gap, next_path if view else path
            stored.append((at, path) if view else (at, path, 1000))  # type: ignore[arg-type]
            rows.append((at, path, view))
        blog.visit(start.isoformat(), *stored, visitor=visitor, source=source)
        # Where a visit ended is a fact of it as a whole, also where its end lies outside of the period.
        last_view = max((at, path) for at, path, view in rows if view)
        for at, path, view in rows:
            moment = start + timedelta(seconds=at)
            if FIRST <= moment.date() <= LAST:
                fact = {"visit": number, "visitor": visitor, "source": source, "entry_page": entry, "page": path}
                fact |= {"event": "pageview" if view else "engagement", "at": moment, "exit_page": last_view[1]}
                told.append(fact)
    return told


def keeps(one: Filter, event: dict[str, Any], told: list[dict[str, Any]]) -> bool:
    match one:
        case Comparison(dimension, operator, values):
            value = event[dimension.value]
            if operator.startswith("is"):
                found = (value or "") in values
            elif operator.startswith("matches"):
                wild = [re.escape(part).replace(r"\*", ".*") for part in values]
                found = value is not None and any(re.fullmatch(part, value, re.DOTALL) for part in wild)
            else:
                found = value is not None and any(part.lower() in value.lower() for part in values)
            return found != operator.endswith("not")
        case And(parts):
            return all(keeps(part, event, told) for part in parts)
        case Or(parts):
            return any(keeps(part, event, told) for part in parts)
        case Not(part):
            return not keeps(part, event, told)
        case HasDone(condition):
            return any(one["visit"] == event["visit"] and keeps(condition, one, told) for one in told)


@given(visits=VISITS, trees=st.lists(st.lists(TREES, min_size=1, max_size=2).map(tuple), min_size=8, max_size=8))
@settings(max_examples=15)
def test_every_tree_keeps_the_events_that_its_rule_says(visits: list[Any], trees: list[tuple[Filter, ...]]) -> None:
    with new_event_store() as store:
        blog = Blog(store)
        with blog.at_once():
            told = tell(blog, visits)
        site = Site(domain=SITE, stored_as=SITE, time_zone="UTC", language="fr", created_at=datetime.now(UTC))
        for filters in trees:
            kept = [event for event in told if all(keeps(one, event, told) for one in filters)]
            expected = [
                len({event["visitor"] for event in kept}),
                sum(event["event"] == "pageview" for event in kept),
                len(kept),
            ]
            total = traffic.totals(store, Scope(SITE, PERIOD, filters)).iloc[0]
            assert [int(total[name]) for name in ("visitors", "pageviews", "events")] == expected
            query = {
                "metrics": ["visitors", "pageviews", "events"],
                "date_range": [FIRST.isoformat(), LAST.isoformat()],
                "filters": write_filters(filters),
            }
            answer = run_query(store, site, query, now=datetime(2026, 12, 1, tzinfo=UTC))
            assert answer["results"][0]["metrics"] == expected
