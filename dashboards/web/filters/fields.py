"""The fields of a form for a filter, read into its nodes. A node is called by its path: `t`, `t-0`, `t-0-1`.

A group has `t-join`; its parts are those that have fields, in their order. A condition has `t-0-d` (dimension),
`t-0-o` (operator), `t-0-v` (each value), `t-0-none` (the missing value), `t-0-how` and `t-0-q` (what was typed).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from werkzeug.datastructures import MultiDict

from dashboards.web.filters.tree import GOAL, Condition, Group, How, Join, Node
from tracker.db.invalid import Invalid
from tracker.stats.dimensions import BY_NAME
from tracker.stats.filters import OPERATORS

ROOT = "t"
_MOST_NESTED = 20
_MOST_NODES = 200
_LONGEST_VALUE = 1000
_MOST_VALUES = 200
_NAME = re.compile(r"t(?:-\d{1,3})*-(?:d|join)")

# What a text typed for a dimension means: a value, such as the code of a country that was written out.
Meant = Callable[[str, str], str]


def read_root(form: MultiDict[str, str]) -> Group:
    """Returns the tree of a form. Raises Invalid for one that is larger than a form makes."""
    names = {name.rpartition("-")[0] for name in form if _NAME.fullmatch(name)}
    if len(names) > _MOST_NODES or any(name.count("-") > _MOST_NESTED for name in names):
        raise Invalid("This filter has too many conditions, or groups within groups. Remove some.")
    root = _read(form, ROOT, names)
    return root if isinstance(root, Group) else Group(Join.ALL, (root,))


def _read(form: MultiDict[str, str], name: str, names: set[str]) -> Node:
    if f"{name}-join" not in form:
        return _condition(form, name)
    depth = name.count("-") + 1
    parts = [one for one in names if one.count("-") == depth and one.startswith(f"{name}-")]
    parts.sort(key=lambda one: int(one.rpartition("-")[2]))
    asked = form[f"{name}-join"]
    join = Join(asked) if asked in list(Join) else Join.ALL
    return Group(join, tuple(_read(form, part, names) for part in parts))


def _condition(form: MultiDict[str, str], name: str) -> Condition:
    dimension, operator, how = (form.get(f"{name}-{field}", "") for field in ("d", "o", "how"))
    dimension = dimension if dimension in BY_NAME or dimension == GOAL else ""
    # What was chosen for another dimension is no value of this one.
    stays = form.get(f"{name}-of", dimension) == dimension
    values = [value for value in form.getlist(f"{name}-v") if value] if stays else []
    typed = form.get(f"{name}-q", "").strip() if stays else ""
    missing = [""] if form.get(f"{name}-none") and stays else []
    if any(len(value) > _LONGEST_VALUE for value in (*values, typed)) or len(values) > _MOST_VALUES:
        raise Invalid("A condition has at most %(most)s values, none longer than %(long)s characters.", most=str(_MOST_VALUES), long=str(_LONGEST_VALUE))  # fmt: skip
    return Condition(
        dimension,
        next((one for one in OPERATORS if one == operator), "is"),
        tuple(dict.fromkeys([*missing, *values])),
        How(how) if how in list(How) else How.DID,
        typed,
    )


def with_typed(node: Node, meant: Meant) -> Node:
    """Returns the tree in which what was typed is a value."""
    if isinstance(node, Group):
        return Group(node.join, tuple(with_typed(part, meant) for part in node.parts))
    if not node.typed or not node.dimension:
        return node
    values = tuple(dict.fromkeys([*node.values, meant(node.dimension, node.typed)]))
    return Condition(node.dimension, node.operator, values, node.how)
