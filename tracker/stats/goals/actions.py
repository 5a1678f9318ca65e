"""Actions: the events of a site that are no views and no times of reading, by what they are about; and their properties.

A form is told by its name, a download and a link by the URL, every other event by its own name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from tracker.enrichment.event import IDENTIFY
from tracker.stats.companies.visit_rows import Rows, action_rows, read_from
from tracker.stats.companies.whose import whose
from tracker.stats.goals import EVENTS, Kind
from tracker.stats.goals.received import detail_of_event
from tracker.stats.rollups.moment import once_of_present, present
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore

_BY_EVENT = {name: kind for kind, names in EVENTS.items() for name in names}
# What tells actions of a kind apart is not listed among their properties.
_OWN_PROPERTY = {Kind.FORM: "form", Kind.DOWNLOAD: "url", Kind.LINK: "url"}
_MOST_TOLD = 200_000
_MOST_VALUES = 50


@dataclass(frozen=True)
class Action:
    """An action with what it adds up to. `detail` is the form's name or the URL, None where it has none."""

    event: str
    detail: str | None
    events: int
    visits: int
    visitors: int
    companies: int

    @property
    def kind(self) -> Kind:
        return _BY_EVENT.get(self.event, Kind.EVENT)


@dataclass
class Value:
    """A value of a property: how often it was sent, and by which visitors and companies."""

    events: int = 0
    visitors: set[int] = field(default_factory=set)
    companies: set[str] = field(default_factory=set)


def actions(store: EventStore, scope: Scope, *, limit: int, offset: int = 0) -> list[Action]:
    """Returns the actions of a scope, the most frequent first."""

    def work(opened: EventStore) -> list[Action]:
        with action_rows(opened, scope) as rows:
            return _found(opened, scope, rows, rows.c.name != IDENTIFY, limit=limit, offset=offset)

    return list(once_of_present(store, scope, ("actions", limit, offset), work))


def action(store: EventStore, scope: Scope, event: str, detail: str | None) -> Action:
    """Returns what one action adds up to; nothing where it was not done."""
    with present(store) as opened, action_rows(opened, scope) as rows:
        found = _found(opened, scope, rows, _is(rows, event, detail), limit=1)
    return found[0] if found else Action(event, detail, 0, 0, 0, 0)


def _found(
    store: EventStore, scope: Scope, rows: Rows, wanted: ColumnElement[bool], *, limit: int, offset: int = 0
) -> list[Action]:
    # A table of its own, asked twice, so that events are read once; what is told in properties is read there.
    done = (
        select(rows.c.name, _detail(rows), rows.c.visit_id, rows.c.visitor_id)
        .where(wanted)
        .cte("done")
        .prefix_with("MATERIALIZED")
    )
    with whose(store, scope, select(done.c.visit_id)) as of_visits:
        statement = (
            select(
                done.c.name,
                done.c.detail,
                func.count().label("events"),
                func.count(done.c.visit_id.distinct()).label("visits"),
                func.count(done.c.visitor_id.distinct()).label("visitors"),
                func.count(of_visits.c.company.distinct()).label("companies"),
            )
            .select_from(done.join(of_visits, of_visits.c.visit_id == done.c.visit_id, isouter=True))
            .group_by(done.c.name, done.c.detail)
            .order_by(func.count().desc(), done.c.name, done.c.detail)
        )
        return [Action(*tuple(row)) for row in rows.rows(statement.limit(limit).offset(offset))]


def properties(store: EventStore, scope: Scope, event: str, detail: str | None) -> dict[str, list[tuple[str, Value]]]:
    """Returns the values of an action's properties by their keys, the most frequent first."""
    with present(store) as opened, action_rows(opened, scope) as rows:
        wanted = and_(_is(rows, event, detail), rows.c.props.is_not(None))
        with whose(opened, scope, select(rows.c.visit_id).where(wanted)) as of_visits:
            key = [rows.c.props, rows.c.visitor_id, of_visits.c.company]
            told = select(*key, func.count().label("events")).where(wanted).group_by(*key).limit(_MOST_TOLD)
            joined = rows.table.join(of_visits, of_visits.c.visit_id == rows.c.visit_id, isouter=True)
            found = rows.rows(told.select_from(joined))
    own = _OWN_PROPERTY.get(_BY_EVENT.get(event, Kind.EVENT))
    values: dict[str, dict[str, Value]] = {}
    for props, visitor, company, number in map(tuple, found):
        for name, text in _pairs(str(props)):
            if name != own:
                value = values.setdefault(name, {}).setdefault(text, Value())
                value.events += number
                value.visitors.add(visitor)
                value.companies.update([company] if company else [])
    return {name: _most_frequent(of_name) for name, of_name in sorted(values.items())}


def _most_frequent(values: dict[str, Value]) -> list[tuple[str, Value]]:
    return sorted(values.items(), key=lambda one: (-one[1].events, one[0]))[:_MOST_VALUES]


def _pairs(props: str) -> Iterator[tuple[str, str]]:
    """The properties with their values as a filter compares them: as text."""
    try:
        told = json.loads(props)
    except ValueError:
        return
    for key, value in told.items() if isinstance(told, dict) else ():
        if value is not None and not isinstance(value, dict | list):
            yield key, value if isinstance(value, str) else json.dumps(value)


def _detail(rows: Rows) -> ColumnElement[Any]:
    found: ColumnElement[Any] = read_from(detail_of_event(), rows.table)
    return found.label("detail")


def _is(rows: Rows, event: str, detail: str | None) -> ColumnElement[bool]:
    same: ColumnElement[bool] = read_from(detail_of_event(), rows.table).is_not_distinct_from(detail)
    return and_(rows.c.name == event, same)
