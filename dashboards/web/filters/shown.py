"""The nodes of a filter's form as its template shows them: with the values to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from dashboards.web.filters import tree
from dashboards.web.filters.choices import Offered, offered, word_value
from dashboards.web.site.selection import Selection
from tracker.service.context import Context
from tracker.stats.dimensions import BY_NAME
from tracker.store.protocol import EventStore

# Each needs an answer of the store; the values of further conditions are typed.
_MOST_OFFERED = 8


@dataclass(frozen=True)
class ShownNode:
    """A node with its fields' `name`. `chosen` are its values in words, `offered` further ones with their counts."""

    name: str
    node: tree.Node
    parts: Sequence[ShownNode] = ()
    chosen: Sequence[Offered] = ()
    offered: Sequence[Offered] = ()
    is_of_events: bool = False
    takes_text: bool = False
    is_edited: bool = False
    join: str = field(default="")


def shown_node(
    context: Context, store: EventStore, selection: Selection, root: tree.Group, name: str, *, edited: str
) -> ShownNode:
    """Returns the form's tree. `edited` is the number of the part that was asked for, the last one without."""
    of_page = replace(context, event_store=store)
    asked = count()
    last = str(len(root.parts) - 1)

    def shown(node: tree.Node, name: str) -> ShownNode:
        if isinstance(node, tree.Group):
            parts = [shown(part, f"{name}-{number}") for number, part in enumerate(node.parts)]
            return ShownNode(name, node, parts, join=node.join.value, is_edited=_is_edited(name))
        return replace(
            _condition(of_page, selection, node, name, offers=next(asked) < _MOST_OFFERED), is_edited=_is_edited(name)
        )

    def _is_edited(name: str) -> bool:
        return name == f"t-{edited or last}"

    return shown(root, name)


def _condition(context: Context, selection: Selection, node: tree.Condition, name: str, *, offers: bool) -> ShownNode:
    if not node.dimension:
        return ShownNode(name, node)
    chosen = [
        Offered(value, word_value(context, selection.site, node.dimension, value), "") for value in node.values if value
    ]
    takes_text = not node.operator.startswith("is")
    found = offered(context, selection, node.dimension, node.typed) if offers and not takes_text else []
    is_of_events = node.dimension == tree.GOAL or BY_NAME[node.dimension].is_event_level
    others = [one for one in found if one.value not in node.values]
    return ShownNode(name, node, (), chosen, others, is_of_events, takes_text)
