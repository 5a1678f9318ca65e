"""Rules of fit: which may be made, and that they are kept as they were made."""

from __future__ import annotations

import pytest

from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid
from tracker.db.models import Site
from tracker.leads.fit.rules import MOST_RULES, RULED, Weight, agree_on_fit, fit_rules, make_rule
from tracker.leads.workflow.agreements import agree, agreements
from tracker.stats.filters.address_bar import read_filter


def test_rules_are_kept_beside_what_else_a_site_agreed_on(database: AppDatabase, site: Site) -> None:
    assert fit_rules(database, site.id) == ()
    rules = (make_rule(2, read_filter("country:is:FR|BE")), make_rule(0, read_filter("relationship:is:competitor")))
    agree_on_fit(database, site.id, rules)
    agree(database, site.id, statuses=["Devis"], email_view=None)
    assert fit_rules(database, site.id) == rules
    assert [one.code for one in agreements(database, site.id).statuses] == ["new", "Devis"]
    later = make_rule(3, read_filter("country:is:FR|BE"))
    agree_on_fit(database, site.id, [*rules, later])
    assert {one.weight for one in fit_rules(database, site.id)} == {Weight.DECISIVE, Weight.RULES_OUT}


@pytest.mark.parametrize("dimension", list(RULED))
def test_every_entry_can_be_a_rule(dimension: str) -> None:
    assert make_rule(1, read_filter(f"{dimension}:is:x")).filter.values == ("x",)


@pytest.mark.parametrize(
    ("weight", "text"),
    [
        pytest.param(4, "country:is:FR", id="weight"),
        pytest.param(1, "browser:is:Firefox", id="not-of-a-company"),
        pytest.param(1, "page:is:/a", id="of-an-event"),
        pytest.param(1, "country:is_not:FR", id="negative"),
        pytest.param(1, "country:is:", id="without-a-value"),
        pytest.param(1, f"tag:is:{'x' * 201}", id="too-long"),
    ],
)
def test_refuses_what_cannot_be_a_rule(weight: int, text: str) -> None:
    with pytest.raises(Invalid):
        make_rule(weight, read_filter(text))


def test_a_site_has_only_so_many_rules(database: AppDatabase, site: Site) -> None:
    many = [make_rule(1, read_filter(f"tag:is:{number}")) for number in range(MOST_RULES + 1)]
    with pytest.raises(Invalid):
        agree_on_fit(database, site.id, many)
