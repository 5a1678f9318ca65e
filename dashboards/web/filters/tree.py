"""A filter as the nodes of a form: conditions, and groups that join them. Pure: from filters to nodes and back.

Every filter has its nodes and they make the same filter again; a group of one part may be folded away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from dashboards.translations import message
from tracker.db.invalid import Invalid
from tracker.stats.dimensions import BY_NAME
from tracker.stats.filters import And, AtLeast, Comparison, Filter, HasDone, Not, Operator, Or
from tracker.stats.filters.address_bar import clicked
from tracker.stats.filters.json import write_filter_text

# What a condition compares when it is about a goal of the site: its values are the goals' keys.
GOAL = "goal"


class How(StrEnum):
    """What a condition on single events keeps."""

    DID = "did"
    DID_NOT = "did_not"
    EVENTS = "events"


class Join(StrEnum):
    """How a group joins its parts."""

    ALL = "all"
    ANY = "any"
    NOT_ALL = "not_all"
    NONE = "none"
    EVENT_ALL = "event_all"
    EVENT_ANY = "event_any"
    NO_EVENT_ALL = "no_event_all"
    NO_EVENT_ANY = "no_event_any"


HOW_NAMES = {
    How.DID: message("visits with such an event"),
    How.DID_NOT: message("visits without such an event"),
    How.EVENTS: message("such events alone"),
}
JOIN_NAMES = {
    Join.ALL: message("all of these"),
    Join.ANY: message("at least one of these"),
    Join.NOT_ALL: message("not all of these"),
    Join.NONE: message("none of these"),
    Join.EVENT_ALL: message("one event of the visit with all of these"),
    Join.EVENT_ANY: message("one event of the visit with at least one of these"),
    Join.NO_EVENT_ALL: message("no event of the visit with all of these"),
    Join.NO_EVENT_ANY: message("no event of the visit with any of these"),
}
_ANY = (Join.ANY, Join.NONE, Join.EVENT_ANY, Join.NO_EVENT_ANY)
_OF_EVENTS = (Join.EVENT_ALL, Join.EVENT_ANY, Join.NO_EVENT_ALL, Join.NO_EVENT_ANY)
_NEGATIVE = (Join.NOT_ALL, Join.NONE, Join.NO_EVENT_ALL, Join.NO_EVENT_ANY)
_JOIN_OF = {(one not in _ANY, one in _OF_EVENTS, one in _NEGATIVE): one for one in Join}


@dataclass(frozen=True)
class Condition:
    """A comparison. `dimension` is its name in the address bar, GOAL, or empty while none is chosen; `typed` what is in its text field."""

    dimension: str = ""
    operator: Operator = "is"
    values: tuple[str, ...] = ()
    how: How = How.DID
    typed: str = ""

    @property
    def is_blank(self) -> bool:
        return not self.dimension and not self.values and not self.typed


@dataclass(frozen=True)
class Group:
    join: Join = Join.ALL
    parts: tuple[Node, ...] = field(default=())


Node = Condition | Group
Goals = Mapping[str, Filter]


def nodes_of(one: Filter, goals: Goals) -> Node:
    """Returns the node of a filter. `goals` are the conditions of the site's goals, by their keys."""
    found = _condition_of(one, goals)
    return found if found is not None else _group_of(one, goals)


def _condition_of(one: Filter, goals: Goals) -> Condition | None:
    match one:
        case HasDone(condition) if (key := _goal_key(condition, goals)) is not None:
            return Condition(GOAL, "is", (key,))
        case Not(HasDone(condition)) if (key := _goal_key(condition, goals)) is not None:
            return Condition(GOAL, "is", (key,), How.DID_NOT)
        case HasDone(Comparison() as done) if done.dimension.is_event_level and not done.is_negative:
            return Condition(done.dimension.value, done.operator, done.values)
        case Not(HasDone(Comparison() as done)) if done.dimension.is_event_level:
            return Condition(done.dimension.value, done.operator, done.values, How.DID_NOT)
        case Comparison(dimension, operator, values):
            how = How.EVENTS if dimension.is_event_level else How.DID
            return Condition(dimension.value, operator, values, how)
        case AtLeast():
            # Only a goal of the site has it; of one that was removed the form shows the text.
            return Condition(typed=write_filter_text(one))
    return None


def _goal_key(condition: Filter, goals: Goals) -> str | None:
    return next((key for key, one in goals.items() if one == condition), None)


def _group_of(one: Filter, goals: Goals) -> Group:
    negative = isinstance(one, Not)
    inner = one.part if isinstance(one, Not) else one
    of_events = isinstance(inner, HasDone)
    inner = inner.condition if isinstance(inner, HasDone) else inner
    is_all = not isinstance(inner, Or)
    parts = inner.parts if isinstance(inner, And | Or) else (inner,)
    return Group(_JOIN_OF[is_all, of_events, negative], tuple(nodes_of(part, goals) for part in parts))


def root_of(filters: Sequence[Filter], goals: Goals) -> Group:
    """Returns the group of filters that must all hold."""
    return Group(Join.ALL, tuple(nodes_of(one, goals) for one in filters))


def filters_of(root: Group, goals: Goals) -> tuple[Filter, ...]:
    """Returns the filters, all of which must hold, that a group means. Raises Invalid."""
    if root.join is Join.ALL:
        parts = (part for node in root.parts if (part := _filter_of(node, goals)) is not None)
        return tuple(dict.fromkeys(parts))
    one = _filter_of(root, goals)
    return () if one is None else (one,)


def _filter_of(node: Node, goals: Goals) -> Filter | None:
    """The filter of a node; None for one in which nothing was chosen."""
    if isinstance(node, Condition):
        return None if node.is_blank else _comparison_of(node, goals)
    parts = tuple(part for one in node.parts if (part := _filter_of(one, goals)) is not None)
    if not parts:
        return None
    joined: Filter = parts[0] if len(parts) == 1 else Or(parts) if node.join in _ANY else And(parts)
    joined = HasDone(joined) if node.join in _OF_EVENTS else joined
    return Not(joined) if node.join in _NEGATIVE else joined


def _comparison_of(node: Condition, goals: Goals) -> Filter:
    if not node.dimension:
        raise Invalid("Choose what “%(value)s” is a value of.", value=node.typed or ", ".join(node.values))
    if not node.values:
        raise Invalid("Choose at least one value for each condition, or remove the condition.")
    if node.dimension == GOAL:
        return _goal_of(node, goals)
    compared = Comparison(BY_NAME[node.dimension], node.operator, node.values)
    if not compared.dimension.is_event_level or node.how is How.EVENTS:
        return compared
    # As in the address bar, "page is not /a" is of the visits that never opened it.
    return (
        Not(HasDone(compared)) if node.how is How.DID_NOT else clicked(compared.dimension, node.operator, node.values)
    )


def _goal_of(node: Condition, goals: Goals) -> Filter:
    found = tuple(goals[key] for key in node.values if key in goals)
    if len(found) < len(node.values):
        raise Invalid("One of the goals is no longer there. Choose again.")
    parts: tuple[Filter, ...] = tuple(HasDone(one) for one in found)
    reached = parts[0] if len(parts) == 1 else Or(parts)
    is_not = (node.how is How.DID_NOT) != node.operator.endswith("_not")
    return Not(reached) if is_not else reached


def with_added(root: Group) -> Group:
    """Returns the group with one more condition, in which nothing is chosen yet."""
    return replace(root, parts=(*root.parts, Condition()))


def changed(root: Group, path: Sequence[int], what: str) -> Group:
    """Returns the tree after a button: in the group at the path `add` a condition or a `group`, or `remove` what is there."""
    if not path:
        group = Group(Join.ANY, (Condition(), Condition()))
        return (
            with_added(root)
            if what == "add"
            else replace(root, parts=(*root.parts, group))
            if what == "group"
            else root
        )
    first, rest = path[0], path[1:]
    if first >= len(root.parts):
        return root
    part = root.parts[first]
    before, after = root.parts[:first], root.parts[first + 1 :]
    if what == "remove" and not rest:
        return replace(root, parts=(*before, *after))
    return replace(root, parts=(*before, changed(part, rest, what), *after)) if isinstance(part, Group) else root
