"""The tiers of companies in figures: what is said of a possible company is in no figure of the sure ones."""

from __future__ import annotations

import pytest

from tests.stats.conftest import Blog, blog, scope, site, store  # noqa: F401 - fixtures
from tracker.stats.breakdowns import breakdown
from tracker.stats.dimensions import Dimension

SURE = {"company_method": "as_organisation", "company_confidence": 0.75}
POSSIBLE = {"company_method": "as_organisation", "company_confidence": 0.3}
TYPED = {"company_method": "given", "company_confidence": 0.4}
WITHOUT = {"company_method": "own_list", "company_confidence": None}


@pytest.mark.parametrize(
    ("dimension", "values"),
    [(Dimension.COMPANY, {"Armor", "Typed", "Demo"}), (Dimension.COMPANY_DOMAIN, {"armor.fr", "typed.fr", "demo.fr"})],
)
def test_no_figure_by_company_has_a_possible_one(blog: Blog, dimension: Dimension, values: set[str]) -> None:  # noqa: F811
    for name, facts in (("Armor", SURE), ("Perhaps", POSSIBLE), ("Typed", TYPED), ("Demo", WITHOUT)):
        domain = f"{name.lower()}.fr"
        blog.visit("2026-11-10T10:00:00+01:00", (0, "/a"), company=name, company_domain=domain, **facts)
    found = breakdown(blog.store, scope("2026-11-09,2026-11-15"), dimension)
    assert set(found["value"].dropna()) == values
    assert int(found["visits"].sum()) == 4
