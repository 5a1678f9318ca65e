"""A filter as the nodes of a form: each filter has its nodes, and they mean the same filter."""

from __future__ import annotations

import pytest
from hypothesis import given
from werkzeug.datastructures import MultiDict

from dashboards.web.filters.fields import read_root, with_typed
from dashboards.web.filters.tree import (
    GOAL,
    Condition,
    Group,
    How,
    Join,
    Node,
    changed,
    filters_of,
    nodes_of,
    root_of,
)
from dashboards.web.filters.words import sentence
from tests.stats.filters.trees import TREES
from tracker.db.invalid import Invalid
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import And, Comparison, Filter, HasDone, Not, Or
from tracker.stats.goals import Kind, condition_of

GOALS = {"7": condition_of(Kind.FORM, "devis"), "forms": condition_of(Kind.FORM, "*")}
GOOGLE, PRICES = Comparison(Dimension.SOURCE, "is", ("Google",)), Comparison(Dimension.PAGE, "is", ("/prix",))


def folded(one: Filter) -> Filter:
    """Without groups of a single part, which mean their part, and with values for what compares with none."""
    match one:
        case Comparison():
            return Comparison(one.dimension, one.operator, tuple(sorted(one.values)) or ("x",))
        case And(parts) | Or(parts):
            inner = tuple(map(folded, parts))
            return inner[0] if len(inner) == 1 else type(one)(inner)
        case Not(part):
            return Not(folded(part))
        case HasDone(condition):
            return HasDone(folded(condition))


@given(TREES)
def test_every_tree_comes_back_from_its_form(one: Filter) -> None:
    asked = folded(one)
    found = filters_of(Group(Join.ALL, (nodes_of(asked, GOALS),)), GOALS)
    assert tuple(map(folded, found)) == (asked,)


@given(TREES)
def test_every_tree_is_said_in_both_languages(one: Filter) -> None:
    assert sentence("fr", one)
    assert sentence("en", one)


def fields_of(node: Node, name: str = "t") -> list[tuple[str, str]]:
    """What a browser sends for the node as the form shows it."""
    if isinstance(node, Group):
        inner = [pair for number, part in enumerate(node.parts) for pair in fields_of(part, f"{name}-{number}")]
        return [(f"{name}-join", node.join.value), *inner]
    values = [(f"{name}-v", value) for value in node.values if value]
    missing = [(f"{name}-none", "yes")] if "" in node.values else []
    return [
        (f"{name}-d", node.dimension),
        (f"{name}-of", node.dimension),
        (f"{name}-o", node.operator),
        (f"{name}-how", node.how.value),
        (f"{name}-q", node.typed),
        *missing,
        *values,
    ]


@given(TREES)
def test_what_a_browser_sends_of_a_form_is_its_tree(one: Filter) -> None:
    root = root_of((folded(one),), GOALS)
    sent = read_root(MultiDict(fields_of(root)))
    assert filters_of(sent, GOALS) == filters_of(root, GOALS)


@pytest.mark.parametrize(
    ("node", "means"),
    [
        (Condition("source", "is", ("Google",)), GOOGLE),
        (Condition("page", "is", ("/prix",)), HasDone(PRICES)),
        (Condition("page", "is_not", ("/prix",)), Not(HasDone(PRICES))),
        (Condition("page", "is", ("/prix",), How.DID_NOT), Not(HasDone(PRICES))),
        (Condition("page", "is", ("/prix",), How.EVENTS), PRICES),
        (Condition(GOAL, "is", ("7",)), HasDone(GOALS["7"])),
        (Condition(GOAL, "is", ("7",), How.DID_NOT), Not(HasDone(GOALS["7"]))),
        (Condition(GOAL, "is_not", ("7", "forms")), Not(Or((HasDone(GOALS["7"]), HasDone(GOALS["forms"]))))),
    ],
)
def test_what_a_condition_means(node: Condition, means: Filter) -> None:
    assert filters_of(Group(Join.ALL, (node, Condition())), GOALS) == (means,)


@pytest.mark.parametrize(
    ("join", "means"),
    [
        (Join.ANY, Or((GOOGLE, PRICES))),
        (Join.NOT_ALL, Not(And((GOOGLE, PRICES)))),
        (Join.NONE, Not(Or((GOOGLE, PRICES)))),
        (Join.EVENT_ALL, HasDone(And((GOOGLE, PRICES)))),
        (Join.EVENT_ANY, HasDone(Or((GOOGLE, PRICES)))),
        (Join.NO_EVENT_ALL, Not(HasDone(And((GOOGLE, PRICES))))),
        (Join.NO_EVENT_ANY, Not(HasDone(Or((GOOGLE, PRICES))))),
    ],
)
def test_what_a_group_means(join: Join, means: Filter) -> None:
    group = Group(join, (Condition("source", "is", ("Google",)), Condition("page", "is", ("/prix",), How.EVENTS)))
    assert filters_of(group, GOALS) == (means,)
    assert nodes_of(means, GOALS) == group


@pytest.mark.parametrize(
    "node",
    [Condition("source"), Condition("", "is", (), How.DID, "Google"), Condition(GOAL, "is", ("gone",))],
    ids=["no-value", "no-dimension", "goal-that-went"],
)
def test_what_is_not_complete_is_told(node: Condition) -> None:
    with pytest.raises(Invalid):
        filters_of(Group(Join.ALL, (node,)), GOALS)


def test_buttons_change_the_tree_where_they_are() -> None:
    root = Group(Join.ALL, (Condition("source", "is", ("Google",)), Group(Join.ANY, (Condition(),))))
    root = changed(root, (1,), "add")
    root = changed(root, (0,), "remove")
    assert root == Group(Join.ALL, (Group(Join.ANY, (Condition(), Condition())),))
    assert changed(root, (0, 5), "remove") == changed(root, (9, 9), "add") == root


def test_what_was_typed_is_a_value_and_a_value_of_another_dimension_is_not() -> None:
    sent = read_root(
        MultiDict(
            {"t-join": "all", "t-0-d": "page", "t-0-of": "page", "t-0-q": " /a ", "t-0-v": "/b"}
            | {"t-1-d": "source", "t-1-of": "page", "t-1-v": "/b"}
        )
    )
    first, second = with_typed(sent, lambda _dimension, text: text).parts  # type: ignore[union-attr]
    assert first == Condition("page", "is", ("/b", "/a"))
    assert second == Condition("source")


@pytest.mark.parametrize(
    "fields",
    [
        [("t-join", "all"), *((f"t-{number}-d", "page") for number in range(300))],
        [("t" + "-0" * depth + "-join", "any") for depth in range(30)],
        [("t-join", "all"), ("t-0-d", "page"), ("t-0-v", "x" * 2000)],
    ],
    ids=["many", "nested", "long"],
)
def test_a_form_larger_than_forms_are_is_refused(fields: list[tuple[str, str]]) -> None:
    with pytest.raises(Invalid):
        read_root(MultiDict(fields))
