"""The companies with the highest scores are asked together, others alone: each is told what it is told alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.leads.three_visitors import KNOWN
from tests.stats.conftest import Blog, blog, scope, store  # noqa: F401 - fixtures
from tracker.leads.listing import day_facts
from tracker.leads.ranking import Ranking, rank
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Comparison
from tracker.stats.rollups.moment import moment

BY_SOURCE = Comparison(Dimension.SOURCE, "is", ("Google",))
TYPED = {"company_method": "given", "company_evidence": "the visitor named the company", "company_confidence": 0.4}


@pytest.fixture
def month(blog: Blog) -> Blog:  # noqa: F811
    """Acme by two people on one day, who read a buying page; Bolt twice, long ago and lately; Cirq by its own word."""
    for day, visitor, source, facts in (
        (12, 1, "Google", {"company": "Acme", **KNOWN}),
        (12, 2, "LinkedIn", {"company": "Acme", **KNOWN}),
        (2, 3, "Google", {"company": "Bolt", **KNOWN}),
        (20, 3, "Google", {"company": "Bolt", **KNOWN}),
        (21, 4, "Google", {"company": "Cirq", **TYPED}),
    ):
        blog.visit(
            f"2026-11-{day:02}T10:00:00+01:00", (0, "/a"), (30, "/contact"), visitor=visitor, source=source, **facts
        )
    blog.visit("2026-08-03T10:00:00+01:00", (0, "/b"), visitor=5, company="Bolt", **KNOWN)
    return blog


def alone(ranking: Ranking) -> Ranking:
    """The same as where only the shown companies are asked."""
    return replace(ranking, of_all=False)


@pytest.mark.parametrize("filters", [(), (BY_SOURCE,)])
def test_reasons_and_standing_are_those_that_are_asked_of_the_shown_alone(
    month: Blog, filters: tuple[Comparison, ...]
) -> None:
    asked = scope("2026-11", *filters)
    with moment(month.store) as page:
        ranking = rank(page, asked)
        shown = list(ranking.rows["company"])
        assert set(shown) == {"Acme", "Bolt", "Cirq"}
        reasons, each = day_facts.reasons(page, ranking), day_facts.reasons(page, alone(ranking))
        assert {one: reasons[one] for one in shown} == each
        stands = day_facts.stands(page, ranking, asked.period, shown)
        assert {one: stands[one] for one in shown} == day_facts.stands(page, alone(ranking), asked.period, shown)


def test_a_company_of_earlier_months_is_told_where_it_stands(month: Blog) -> None:
    asked = scope("2026-08-01,2026-11-12")
    with moment(month.store) as page:
        ranking = rank(page, asked)
        stands = day_facts.stands(page, ranking, asked.period, ["Bolt"])
        assert stands["Bolt"] == day_facts.stands(page, alone(ranking), asked.period, ["Bolt"])["Bolt"]


def test_of_more_companies_only_the_first_are_asked_together(month: Blog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(day_facts, "_TOGETHER", 1)
    asked = scope("2026-11")
    with moment(month.store) as page:
        ranking = rank(page, asked)
        first, last = (replace(ranking, rows=ranking.rows[ranking.rows["company"] == one]) for one in ("Acme", "Cirq"))
        assert list(day_facts.reasons(page, first)) == ["Acme"]
        assert list(day_facts.reasons(page, last)) == ["Cirq"]  # not among those that are asked together
        for one, name in ((first, "Acme"), (last, "Cirq")):
            assert day_facts.reasons(page, one) == day_facts.reasons(page, alone(one))
            assert list(day_facts.stands(page, one, asked.period, [name])) == [name]
