"""What the events of days add up to by each dimension, and the visits that began on them.

Most of what events tell is of their visits. So what is alike is added up before it is spread over the dimensions, where there
are many events: of twelve events of a visit one row is left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select

from tracker.stats.rollups.day_figures.spread import SpreadDay, parts_visits
from tracker.stats.rollups.registry import HOUR, TOTAL
from tracker.store.schema import events

# Adding up takes some milliseconds to plan, which fewer dimensions or events do not bring in.
FEWEST_DIMENSIONS = 4
FEWEST_EVENTS = 20_000


def happened(
    day: SpreadDay, source: Any, values: Mapping[str, ColumnElement[Any]], *, has_many: bool
) -> list[Select[Any]]:
    """What the days' events add up to by the values. `source` is what they are selected from, `has_many` says if they are many."""
    of_events = {name: value for name, value in values.items() if _tells_events_apart(day, name)}
    of_visits = {name: value for name, value in values.items() if name not in of_events}
    keys = [events.c.visitor_id, day.lasts().label("lasts"), *day.days()]
    sums = {"events": literal(1)} | {name: events.c[name] for name in ("visits", "pageviews", "engaged_ms")}
    plain = [*keys, *(one.label(name) for name, one in sums.items())]
    if not has_many or len(of_visits) < FEWEST_DIMENSIONS:
        return [_summed(day, day.spread(values, plain, source, day.scope.where()), list(sums))]
    values, alike = added_up(of_visits, keys, sums, source, day.scope.where())
    columns = [alike.c[one.name] for one in keys] + [alike.c[name] for name in sums]
    found = [_summed(day, day.spread(values, columns, alike), list(sums))]
    if of_events:
        found.append(_summed(day, day.spread(of_events, plain, events, day.scope.where()), list(sums)))
    return found


def added_up(
    values: Mapping[str, ColumnElement[Any]],
    keys: Sequence[ColumnElement[Any]],
    sums: Mapping[str, ColumnElement[Any]],
    source: Any,
    *where: ColumnElement[bool],
) -> tuple[dict[str, ColumnElement[Any]], Any]:
    """A row for what is alike in the values and the keys, which have labels, with the sums; and the values in it."""
    labels = {name: f"value_{number}" for number, name in enumerate(values) if name != TOTAL}
    all_rows = select(
        *(values[name].label(label) for name, label in labels.items()),
        *keys,
        *(one.label(name) for name, one in sums.items()),
    )
    rows = all_rows.select_from(source).where(*where).subquery("rows")
    alike = [rows.c[label] for label in labels.values()] + [rows.c[one.name] for one in keys]
    found = select(*alike, *(func.sum(rows.c[name]).label(name) for name in sums)).group_by(*alike).subquery("alike")
    return {name: found.c[labels[name]] if name in labels else value for name, value in values.items()}, found


def _tells_events_apart(day: SpreadDay, name: str) -> bool:
    return name == HOUR or (name in day.groups and parts_visits(day.groups[name]))


def _summed(day: SpreadDay, spread: Any, names: Sequence[str]) -> Select[Any]:
    sums = {name: func.sum(spread.c[name]) for name in names}
    visitors = func.count(spread.c.visitor_id.distinct()).filter(~spread.c.lasts)
    return day.grouped(spread, sums | {"visitors": visitors})
