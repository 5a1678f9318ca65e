"""What brings companies, counted by hand; and silence where visits are few, or alike, or a burst, or one company's."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from tests.stats.conftest import PARIS, SITE, Blog, blog, store  # noqa: F401 - fixtures
from tracker.reports.advice.advice import advice_on
from tracker.reports.advice.bringing import bringing
from tracker.reports.advice.findings import Need
from tracker.reports.advice.window import WEEKS, visits_of_companies, window
from tracker.stats.scope import Scope

END = date(2026, 11, 16)
SCOPE = Scope(SITE, window(END, PARIS))
SURE = {"company_confidence": 1.0}


def visits(
    *, week: int, source: str | None, companies: int = 0, others: int = 0, first: int = 0
) -> list[dict[str, object]]:
    """Visits of a week by a source: one of each of so many companies, and others."""
    of_companies = [{"week": week, "source": source, "company": f"C{first + one}"} for one in range(companies)]
    return of_companies + [{"week": week, "source": source, "company": None}] * others  # type: ignore[list-item]


def judged(rows: list[dict[str, object]]) -> dict[str, tuple[int, int, bool]]:
    """By source: its visits, those of companies, and whether it is an advice."""
    frame = pd.DataFrame(rows)
    by_week = pd.crosstab(frame["source"], frame["week"]).reindex(columns=range(WEEKS), fill_value=0)
    found = bringing(by_week, frame[frame["company"].notna()], "source")
    return {one.value: (one.visits, one.theirs, one.passes) for one in found}


def test_a_source_that_companies_come_by_week_after_week_is_an_advice() -> None:
    rows = [one for week in range(WEEKS) for one in visits(week=week, source="LinkedIn", companies=8, others=10)]
    rows += [one for week in range(WEEKS) for one in visits(week=week, source="Google", companies=3, others=60)]
    assert judged(rows) == {"LinkedIn": (13 * 18, 13 * 8, True), "Google": (13 * 63, 13 * 3, False)}


def test_neither_a_burst_nor_one_company_makes_an_advice() -> None:
    even = [one for week in range(WEEKS) for name in ("LinkedIn", "Google") for one in visits(week=week, source=name, companies=4, others=20)]  # fmt: skip
    burst = visits(week=6, source="LinkedIn", companies=80, others=20)
    assert judged(even + burst)["LinkedIn"] == (13 * 24 + 100, 13 * 4 + 80, False)
    faithful = [{"week": week, "source": "LinkedIn", "company": "C99"} for week in range(WEEKS) for _ in range(10)]
    assert judged(even + faithful)["LinkedIn"] == (13 * 34, 13 * 14, False)
    crowd = visits(week=2, source="Google", others=5_000)
    assert not any(passes for _, _, passes in judged(even + crowd).values())


@pytest.mark.parametrize("seed", range(6))
def test_companies_that_come_by_chance_make_no_advice(seed: int) -> None:
    random = np.random.default_rng(seed)
    rows = []
    for week in range(WEEKS):
        number = int(random.poisson(400) * random.lognormal(0, 0.8))
        sources = random.choice(["Google", "LinkedIn", "X", "Bing", "Facebook"], number, p=[0.5, 0.2, 0.15, 0.1, 0.05])
        company = np.where(random.random(number) < 0.15, random.zipf(1.6, number) % 40, -1)
        rows += [{"week": week, "source": str(source), "company": f"C{one}" if one >= 0 else None} for source, one in zip(sources, company, strict=True)]  # fmt: skip
    assert not any(passes for _, _, passes in judged(rows).values())


def test_it_reads_the_visits_of_certain_companies_and_says_what_it_needs(blog: Blog) -> None:  # noqa: F811
    last = END - timedelta(days=1)
    blog.visit(f"{last}T23:30:00+01:00", (0, "/a"), (60, "/b"), company="Acme", source="LinkedIn", **SURE)
    blog.visit(f"{SCOPE.period.start}T00:10:00+02:00", (0, "/b"), company="Borée", source=None, **SURE)
    # Before and after the weeks, not certain, nobody's company: none of them counts.
    blog.visit(f"{END}T00:10:00+01:00", (0, "/b"), company="Borée", source="Bing", **SURE)
    blog.visit("2026-08-16T10:00:00+02:00", (0, "/b"), company="Borée", source="Bing", **SURE)
    blog.visit(f"{last}T10:00:00+01:00", (0, "/b"), company="Borée", source="Bing", company_confidence=0.4)
    blog.visit(f"{last}T10:00:00+01:00", (0, "/b"), source="Bing")
    found = visits_of_companies(blog.store, SCOPE)
    assert [tuple(row) for row in found[["company", "source", "entry_page", "week"]].to_numpy()] == [
        ("Borée", None, "/b", 0),
        ("Acme", "LinkedIn", "/a", 12),
    ]
    advice = advice_on(blog.store, SCOPE)
    assert advice.findings == []
    assert advice.needs == [Need("companies", 2, 10), Need("visits_of_companies", 2, 50), Need("visits", 4, 200)]


def test_without_any_visit_there_is_no_advice(blog: Blog) -> None:  # noqa: F811
    found = advice_on(blog.store, SCOPE)
    assert (found.findings, found.rhythms.visitors.visits) == ([], 0)
    assert [one.has for one in found.needs] == [0, 0, 0]
