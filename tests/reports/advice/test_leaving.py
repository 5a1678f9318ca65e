"""The page that companies leave from, counted by hand; and none where the order of pages is chance, or one company's."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.reports.advice.made_visits import SURE
from tests.stats.conftest import PARIS, SITE, Blog, blog, store  # noqa: F401 - fixtures
from tracker.reports.advice.leaving import leaving, views_of_companies
from tracker.reports.advice.window import WEEKS
from tracker.stats.periods import Period
from tracker.stats.scope import Scope


def views(visits: list[tuple[str, int, tuple[str, ...]]]) -> pd.DataFrame:
    """Page views of visits: company, week, and the pages in their order."""
    return pd.DataFrame(
        [
            {"company": company, "week": week, "visit_id": number, "path": path, "place": place}
            for number, (company, week, paths) in enumerate(visits)
            for place, path in enumerate(paths)
        ]
    )


def test_a_page_on_which_visits_of_many_companies_end_is_found() -> None:
    visits = [(f"C{week}-{one}", week, ("/a", "/b", "/prices")) for week in range(WEEKS) for one in range(4)]
    visits += [(f"C{week}-{one}", week, ("/prices", "/a", "/b")) for week in range(WEEKS) for one in range(4)]
    visits += [("C0-0", 0, ("/a", "/prices"))] * 50  # of a single page after the first, whose order says nothing
    first, *others = leaving(views(visits), WEEKS)
    assert (first.path, first.visits, first.ended, first.companies, first.expected) == ("/prices", 52, 52, 52, 26)
    assert first.passes
    assert [one.passes for one in others] == [False, False]


def test_neither_chance_nor_one_company_makes_a_page_that_companies_leave_from() -> None:
    both = [("/a", "/b", "/prices"), ("/a", "/prices", "/b")]
    even = [(f"C{one}", week, both[(week + one) % 2]) for week in range(WEEKS) for one in range(8)]
    assert not any(one.passes for one in leaving(views(even), WEEKS))
    faithful = [("C99", week, both[0]) for week in range(WEEKS) for _ in range(8)]
    assert not any(one.passes for one in leaving(views(even + faithful), WEEKS))
    assert leaving(views([("C1", 0, ("/a",))]), WEEKS) == []


def test_it_reads_the_views_of_certain_companies_in_their_order(blog: Blog) -> None:  # noqa: F811
    scope = Scope(SITE, Period(pd.Timestamp("2026-11-09").date(), pd.Timestamp("2026-11-16").date(), PARIS, ""))
    steps = (0, "/a"), (60, "/b"), (70, "/b", 5_000)
    blog.visit("2026-11-10T10:00:00+01:00", *steps, (80, "/c"), company="Acme", **SURE)
    blog.visit("2026-11-10T10:00:00+01:00", *steps, company="Acme", **SURE)  # of two views one tells nothing
    blog.visit("2026-11-10T10:00:00+01:00", (0, "/a"), company="Acme", company_confidence=0.4)
    blog.visit("2026-11-10T10:00:00+01:00", (0, "/a"))
    found = views_of_companies(blog.store, scope).sort_values("place")
    assert found[["company", "path", "place", "week"]].to_numpy().tolist() == [
        ["Acme", "/a", 0, 0],
        ["Acme", "/b", 1, 0],
        ["Acme", "/c", 2, 0],
    ]


@pytest.mark.parametrize("weeks", [WEEKS])
def test_without_views_there_is_no_such_page(blog: Blog, weeks: int) -> None:  # noqa: F811
    scope = Scope(SITE, Period(pd.Timestamp("2026-11-09").date(), pd.Timestamp("2026-11-16").date(), PARIS, ""))
    assert leaving(views_of_companies(blog.store, scope), weeks) == []
