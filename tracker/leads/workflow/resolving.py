"""Turns filters of what is set for companies into filters of events: of the companies that they mean, by name.

The tree keeps its shape; only comparisons of a company-level dimension are replaced. Nearly all companies of a site are
untouched, so that a comparison that holds for these becomes "none of the others".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from tracker.leads.workflow.site_work import NOTHING_SET, Facts, SiteWork
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import And, AtLeast, Comparison, Filter, HasDone, Not, Or, comparisons


class CompanyValues(NamedTuple):
    """What each company has of a dimension that is worked out, and what all others have; the empty text is none.

    A company that has several values has a set of them.
    """

    by_name: Mapping[str, str | frozenset[str]]
    of_others: str


# How the values of such dimensions are found, which is done only for a filter that asks.
Known = Mapping[Dimension, Callable[[], CompanyValues]]


def resolved(
    filters: tuple[Filter, ...], work: SiteWork, *, today: date, known: Known | None = None
) -> tuple[Filter, ...]:
    """Returns the filters with each comparison of what is set for companies, or `known` of them, as one of companies."""

    def of_companies(one: Comparison) -> Filter:
        if known is not None and one.dimension in known:
            return _named(*holds_for_values(one, known[one.dimension]()))
        return _named(*holds_for(one, work, today))

    return tuple(_resolve(one, of_companies) for one in filters)


def asks_for_companies(filters: tuple[Filter, ...], *dimensions: Dimension) -> bool:
    """Whether a filter compares what is set for companies, or only these dimensions of it."""
    found = (one.dimension for each in filters for one in comparisons(each))
    return any(one in dimensions if dimensions else one.is_of_company for one in found)


def asks_for_more(filters: tuple[Filter, ...]) -> bool:
    """Whether a filter compares what no event has: what is set for companies, or a goal of the site."""
    found = [one.dimension for each in filters for one in comparisons(each)]
    return any(one.is_of_company or one is Dimension.GOAL for one in found)


def listed(work: SiteWork, filters: tuple[Filter, ...] = ()) -> tuple[Filter, ...]:
    """The filters that leave hidden, internal and ignored companies out, but for those that `filters` ask for."""
    hidden = frozenset() if asks_for_companies(filters, Dimension.COMPANY_HIDDEN) else work.hidden
    not_leads = frozenset() if asks_for_companies(filters, Dimension.COMPANY_KIND) else work.not_leads
    names = hidden | not_leads
    return (Comparison(Dimension.COMPANY, "is_not", tuple(sorted(names))),) if names else ()


def holds_for(one: Comparison, work: SiteWork, today: date) -> tuple[list[str], bool]:
    """Returns for which companies a comparison of what is set for them holds: names, and whether it is all but these."""
    of_untouched = _holds(one, NOTHING_SET, today)
    return sorted(
        name for name, facts in work.by_name.items() if _holds(one, facts, today) != of_untouched
    ), of_untouched


def holds_for_values(one: Comparison, values: CompanyValues) -> tuple[list[str], bool]:
    """The same as `holds_for`, of what is worked out."""
    of_others = _is_true(one, {values.of_others})
    found = ((name, {value} if isinstance(value, str) else value) for name, value in values.by_name.items())
    return sorted(name for name, value in found if _is_true(one, value) != of_others), of_others


def _resolve(one: Filter, of_companies: Callable[[Comparison], Filter]) -> Filter:
    match one:
        case Comparison() if one.dimension.is_of_company:
            return of_companies(one)
        case Comparison() | AtLeast():
            return one
        case And(parts):
            return And(tuple(_resolve(part, of_companies) for part in parts))
        case Or(parts):
            return Or(tuple(_resolve(part, of_companies) for part in parts))
        case Not(part):
            return Not(_resolve(part, of_companies))
        case HasDone(condition):
            return replace(one, condition=_resolve(condition, of_companies))


def _named(names: list[str], all_but: bool) -> Filter:  # noqa: FBT001 - what holds_for returns
    """The filter that keeps the events of these companies, or of all others."""
    if all_but:
        return Comparison(Dimension.COMPANY, "is_not", ("", *names))
    return Comparison(Dimension.COMPANY, "is", tuple(names)) if names else Or(())


def _holds(one: Comparison, facts: Facts, today: date) -> bool:
    return _is_true(one, _values(one.dimension, facts, today))


def _is_true(one: Comparison, values: Collection[str]) -> bool:
    """Whether a comparison is true of a company that has these values."""
    if one.operator in ("is", "is_not"):
        inside = any(value in one.values for value in values)
    elif one.operator in ("matches_wildcard", "matches_wildcard_not"):
        patterns = [re.compile(".*".join(map(re.escape, wanted.split("*"))), re.DOTALL) for wanted in one.values]
        inside = any(pattern.fullmatch(value) for pattern in patterns for value in values if value)
    else:
        inside = any(wanted.casefold() in value.casefold() for value in values if value for wanted in one.values)
    return inside != one.is_negative


def _values(dimension: Dimension, facts: Facts, today: date) -> set[str]:
    """What a company has of a dimension; the empty text where it has nothing."""
    state = facts.state
    if dimension is Dimension.COMPANY_TAG:
        return set(state.tags) or {""}
    if dimension is Dimension.COMPANY_LIST:
        return set(facts.lists) or {""}
    if dimension is Dimension.COMPANY_REMINDER:
        return {"" if state.remind_on is None else "due" if state.remind_on <= today else "later"}
    if dimension is Dimension.COMPANY_HIDDEN:
        return {"yes" if state.is_hidden else "no"}
    if dimension is Dimension.COMPANY_OWNER:
        return {facts.owner}
    return {state.status if dimension is Dimension.COMPANY_STATUS else facts.kind.value}
