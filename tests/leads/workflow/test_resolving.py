"""Filters of what is set for companies: against the plain rule, company by company, and what is left out of lists."""

from __future__ import annotations

from datetime import date

import pytest

from tracker.leads.workflow.resolving import asks_for_companies, listed, resolved
from tracker.leads.workflow.site_work import Facts, SiteWork
from tracker.leads.workflow.states import State
from tracker.leads.workflow.vocabulary import Kind
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import And, Comparison, Filter, HasDone, Not, Or
from tracker.stats.filters.address_bar import read_filter, write_filter

TODAY = date(2026, 11, 16)
WORK = SiteWork(
    {
        "A": Facts(State(status="customer", tags=("VIP", "Salon")), Kind.CUSTOMER, "lea@exemple.fr", ("Clients",)),
        "B": Facts(State(remind_on=date(2026, 11, 16)), Kind.IGNORED),
        "C": Facts(State(is_hidden=True, remind_on=date(2026, 12, 1))),
    }
)
UNTOUCHED, NONE = "Z", ""


def keeps(one: Filter, company: str) -> bool:
    """Whether a filter of companies keeps the events of one: the plain rule."""
    match one:
        case Comparison(Dimension.COMPANY, "is", values):
            return company in values
        case Comparison(Dimension.COMPANY, "is_not", values):
            return company not in values
        case And(parts):
            return all(keeps(part, company) for part in parts)
        case Or(parts):
            return any(keeps(part, company) for part in parts)
        case Not(part):
            return not keeps(part, company)
    raise AssertionError(one)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("status:is:customer", "A"),
        ("status:is:new", "BCZ"),
        ("status:is_not:new", "A"),
        ("status:is:new|customer", "ABCZ"),
        ("relationship:is:prospect", "CZ"),
        ("relationship:is_not:ignored", "ACZ"),
        ("owner:is:lea@exemple.fr", "A"),
        ("owner:is:", "BCZ"),
        ("tag:contains:vi", "A"),
        ("tag:is:", "BCZ"),
        ("tag:is_not:Salon", "BCZ"),
        ("list:is:Clients", "A"),
        ("list:is:Nowhere", ""),
        ("reminder:is:due", "B"),
        ("reminder:is:due|later", "BC"),
        ("hidden:is:yes", "C"),
        ("tag:matches_wildcard:V*", "A"),
    ],
)
def test_keeps_the_companies_for_which_it_holds_and_no_visit_without_a_company(text: str, kept: str) -> None:
    one = read_filter(text)
    assert write_filter(one) == text
    (found,) = resolved((one,), WORK, today=TODAY)
    assert "".join(name for name in ("A", "B", "C", UNTOUCHED, NONE) if keeps(found, name)) == kept


def test_the_tree_keeps_its_shape_and_other_comparisons_stay() -> None:
    source = Comparison(Dimension.SOURCE, "is", ("Google",))
    status = Comparison(Dimension.COMPANY_STATUS, "is", ("customer",))
    page = HasDone(Comparison(Dimension.PAGE, "is", ("/a",)))
    (found,) = resolved((And((source, Not(Or((status, page))))),), WORK, today=TODAY)
    assert found == And((source, Not(Or((Comparison(Dimension.COMPANY, "is", ("A",)), page)))))
    assert asks_for_companies((Not(status),))
    assert not asks_for_companies((source, page))


def test_lists_leave_out_hidden_internal_and_ignored_companies_unless_they_are_asked_for() -> None:
    def names(*texts: str) -> list[str]:
        return [name for one in listed(WORK, tuple(map(read_filter, texts))) for name in one.values]  # type: ignore[union-attr]

    assert names() == ["B", "C"]
    assert names("relationship:is:ignored") == ["C"]
    assert names("hidden:is:yes") == ["B"]
    assert listed(SiteWork({})) == ()
