"""A filter as a condition on event rows. Every value is bound, every column is a dimension's own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select, true, tuple_

from tracker.enrichment.event import ENGAGEMENT, PAGEVIEW
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import And, AtLeast, Comparison, Filter, FilterError, HasDone, Not, Or
from tracker.store import functions
from tracker.store.schema import events

_ESCAPE = "\\"


def as_condition(
    one: Filter, span: ColumnElement[bool], around: ColumnElement[bool] | None = None
) -> ColumnElement[bool]:
    """The condition; `span` says within which rows a visit must have done what HasDone asks for.

    `around` has the whole visits of these rows, by default `span`: where a visit ended is a fact of it as a whole.
    """
    whole = span if around is None else around
    match one:
        case Comparison():
            return _of_comparison(one, whole)
        case And(parts):
            return and_(true(), *(as_condition(part, span, whole) for part in parts))
        case Or(parts):
            return or_(false(), *(as_condition(part, span, whole) for part in parts))
        case Not(part):
            # A comparison with a missing value is null, which is not true either.
            return ~func.coalesce(as_condition(part, span, whole), false())
        case HasDone(condition, whole_visit):
            within = whole if whole_visit else span
            return _visit_in(select(events.c.visit_id).where(within, as_condition(condition, within, whole)))
        case AtLeast():
            reached = reached_by(one, whole)
            key: list[ColumnElement[Any]] = [events.c.visit_id, events.c.occurred_at]
            if "page" in reached.c:
                key.append(page_of_event())
            told = events.c.name == ENGAGEMENT
            return and_(told, tuple_(*key).in_(select(*(reached.c[name] for name in _KEY if name in reached.c))))


_KEY = ("visit_id", "occurred_at", "page")


def page_of_event() -> ColumnElement[str]:
    return func.coalesce(events.c.path, literal(""))


def reached_by(one: AtLeast, whole: ColumnElement[bool]) -> Any:
    """A subquery of the moments at which visits had read so far or so long: `visit_id` and `occurred_at`, of a depth also `page`.

    `whole` has the visits from their beginning.
    """
    visit, told = events.c.visit_id, (whole, events.c.name == ENGAGEMENT, as_condition(one.pages, whole))
    first = func.min(events.c.occurred_at).label("occurred_at")
    if one.measure == "scroll_depth":
        page = page_of_event().label("page")
        far = select(visit, first, page).where(*told, events.c.scroll_depth >= one.least)
        return far.group_by(visit, page).subquery("reached")
    until = func.sum(events.c.engaged_ms).over(partition_by=visit, order_by=events.c.occurred_at).label("until")
    times = select(visit, events.c.occurred_at, until).where(*told, events.c.engaged_ms > 0).subquery("times")
    long = select(times.c.visit_id, func.min(times.c.occurred_at).label("occurred_at"))
    return long.where(times.c.until >= one.least * 1000).group_by(times.c.visit_id).subquery("reached")


def exit_pages(span: ColumnElement[bool]) -> Any:
    """A subquery (visit_id, exit_page): the page of each visit's last page view, none for a visit without one.

    Logs tell times to the second: of views at one moment, the path decides, so that the answer is always the same.
    """
    last_path = functions.arg_max(events.c.path, tuple_(events.c.occurred_at, events.c.path))
    return (
        select(events.c.visit_id, last_path.filter(events.c.name == PAGEVIEW).label("exit_page"))
        .where(span)
        .group_by(events.c.visit_id)
        .subquery("exits")
    )


def _of_comparison(one: Comparison, whole: ColumnElement[bool]) -> ColumnElement[bool]:
    if one.dimension.is_of_company:
        raise FilterError(
            f"{one.dimension.api_name} is set for companies, and no event has it: resolve it to companies first"
        )
    if one.dimension is Dimension.GOAL:
        raise FilterError("goals are a site's: resolve them to the events that reach them first")
    if one.dimension is Dimension.PROPERTY:
        return _of_properties(one)
    if not one.dimension.definition.of_last_page_view:
        return _compare(one.dimension.event_column, one)
    exits = exit_pages(whole)
    positive = one.contrary if one.is_negative else one
    inside = _visit_in(select(exits.c.visit_id).where(_compare(exits.c.exit_page, positive)))
    return ~inside if one.is_negative else inside


def _of_properties(one: Comparison) -> ColumnElement[bool]:
    """Whether one of the properties has one of its values; each value names its property, `key=value`."""
    positive = one.contrary if one.is_negative else one
    by_key: dict[str, list[str]] = {}
    for value in positive.values:
        key, _, text = value.partition("=")
        by_key.setdefault(key, []).append(text)
    compared = (
        _compare(functions.json_text(events.c.props, key), Comparison(one.dimension, positive.operator, tuple(texts)))
        for key, texts in by_key.items()
    )
    inside = func.coalesce(or_(false(), *compared), false())
    return ~inside if one.is_negative else inside


def _like(value: str) -> str:
    """A value with `*` for any text as a pattern of LIKE."""
    for special in (_ESCAPE, "%", "_"):
        value = value.replace(special, _ESCAPE + special)
    return value.replace("*", "%")


def _visit_in(found: Select[Any]) -> ColumnElement[bool]:
    return events.c.visit_id.in_(found)


def _compare(column: ColumnElement[Any], one: Comparison) -> ColumnElement[bool]:
    """Null-safe: `*_not` is true of a missing value unless the missing value is what must not be."""
    if one.operator in ("is", "is_not"):
        named = [value for value in one.values if value != ""]
        inside = or_(column.in_(named) if named else false(), column.is_(None) if "" in one.values else false())
    elif one.operator in ("matches_wildcard", "matches_wildcard_not"):
        inside = or_(false(), *(column.like(_like(value), escape=_ESCAPE) for value in one.values))
    else:
        inside = or_(
            false(), *(functions.contains(func.lower(column), func.lower(literal(value))) for value in one.values)
        )
    return ~func.coalesce(inside, false()) if one.is_negative else inside
