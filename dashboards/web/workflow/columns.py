"""The columns of the list of leads: which there are, which are shown, and how rows are sorted by them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from dashboards.presentation.companies.register_facts import FactsInWords, facts_in_words
from dashboards.presentation.workflow import WorkWords
from dashboards.translations import message
from tracker.leads.segments.asked import KnownCompanies
from tracker.leads.workflow.site_work import Facts


class Column(NamedTuple):
    """`largest_first` is None for a column that is not sorted by."""

    label: str
    largest_first: bool | None = None
    style: str = "wide muted"


_FACT = "wide muted leads-fact"
COLUMNS = {
    "score": Column(message("Score"), True, "leads-score"),
    "company": Column(message("Company"), False, "leads-company"),
    "why": Column(message("Why"), None, "leads-why lead-why"),
    "fit": Column(message("Fit"), True, "number leads-number"),
    "sector": Column(message("Sector"), False, _FACT),
    "activity": Column(message("Activity"), False, _FACT),
    "size": Column(message("Size"), True, _FACT),
    "seat": Column(message("Seat"), False, _FACT),
    "region": Column(message("Region of the seat"), False, _FACT),
    "state": Column(message("Legal state"), False, _FACT),
    "status": Column(message("Lead status"), False, "leads-status"),
    "kind": Column(message("Relationship"), False),
    "owner": Column(message("Owner"), False),
    "tags": Column(message("Tags"), False),
    "lists": Column(message("Lists"), False),
    "reminder": Column(message("Reminder"), False),
    "last_seen": Column(message("Last seen"), True, "leads-when"),
    "visits": Column(message("Visits"), True, "number leads-number"),
    "pageviews": Column(message("Pages"), True, "number leads-number"),
    "sources": Column(message("Sources"), style="wide muted leads-sources"),
}
FIXED = ("score", "company")
USUAL = ("why", "status", "last_seen", "visits", "pageviews", "sources")
WITH_FIT = ("why", "fit", *USUAL[1:])
SORTS = frozenset(key for key, column in COLUMNS.items() if column.largest_first is not None)


def chosen_columns(asked: Sequence[str], *, has_fit: bool = False) -> tuple[str, ...]:
    """The columns that somebody asked for, in the order of the list; the usual ones, with fit where it is, if that is none."""
    found = tuple(key for key in COLUMNS if key in asked and key not in FIXED)
    return found or (WITH_FIT if has_fit else USUAL)


def sorted_rows(
    rows: pd.DataFrame, sort: str, known: KnownCompanies, said: WorkWords, *, backwards: bool
) -> pd.DataFrame:
    """The certain companies first; among equals the ranking's own order, by score. What is empty comes last."""
    if rows.empty:
        return rows
    keys = _keys(rows, sort, known, said)
    order = keys.sort_values(ascending=COLUMNS[sort].largest_first == backwards, kind="stable").index
    return rows.loc[order].sort_values("sure", ascending=False, kind="stable")


def _keys(rows: pd.DataFrame, sort: str, known: KnownCompanies, said: WorkWords) -> pd.Series[Any]:
    if sort == "company":
        return rows[sort].str.casefold()
    if sort == "fit":
        return rows["company"].map(lambda name: one.points if (one := known.fits.of(name)) is not None else -1)
    if sort in _OF_REGISTERS:
        of_words = _OF_REGISTERS[sort]
        return rows["company"].map(lambda name: of_words(facts_in_words(said.language, known.facts.of(name))))
    if sort not in _OF_WORK:
        return rows[sort]
    read, work = _OF_WORK[sort], known.work
    return rows["company"].map(lambda name: read(work.of(name), said))


def _text_key(text: str) -> str:
    return text.casefold() or "\U0010ffff"


def _fact_key(read: Callable[[FactsInWords], str]) -> Callable[[FactsInWords | None], Any]:
    return lambda facts: _text_key(read(facts) if facts else "")


_OF_REGISTERS: dict[str, Callable[[FactsInWords | None], Any]] = {
    "sector": _fact_key(lambda facts: facts.sector),
    "activity": _fact_key(lambda facts: facts.activity),
    "size": lambda facts: facts.size_rank if facts else -1,
    "seat": _fact_key(lambda facts: facts.seat),
    "region": _fact_key(lambda facts: facts.region),
    "state": _fact_key(lambda facts: facts.warning or facts.state),
}
_OF_WORK: dict[str, Callable[[Facts, WorkWords], Any]] = {
    "status": lambda facts, said: said.place(facts.state.status),
    "kind": lambda facts, said: _text_key(said.kind(facts.kind)),
    "owner": lambda facts, said: _text_key(said.person(facts.state.owner_id)),
    "tags": lambda facts, _: _text_key(", ".join(facts.state.tags)),
    "lists": lambda facts, _: _text_key(", ".join(facts.lists)),
    "reminder": lambda facts, _: facts.state.remind_on or date.max,
}
