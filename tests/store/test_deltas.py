"""The rules for deltas: what they add up to, and that an event's, the arrays' and SQL's are the same.

The sums are worked out here in another way. No other test may use the module: figures are held against plain Python.
"""

from __future__ import annotations

import ast
from pathlib import Path
from types import SimpleNamespace

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.store.deltas import AGE_SQL, SECOND_US, SECONDS_SQL, WINDOWS_SQL, VisitSums, of_whole_visits

NAMES = ("visits", "bounces", "pageviews", "visit_seconds", "visit_age_seconds")
TESTS = Path(__file__).parents[1]

# An event of a visit: what it is (a page view, an interaction, one that is none, a report), and when in µs.
KINDS = {"page": (True, True), "quiet page": (True, False), "click": (False, True), "report": (False, False)}


def rows_of(visit: list[tuple[str, int]]) -> list[SimpleNamespace]:
    """The rows of a visit whose events come in this order."""
    sums = None
    rows = []
    for kind, at in visit:
        row = SimpleNamespace(occurred_at=at, **dict.fromkeys(NAMES, 0))
        if sums is None:
            sums = VisitSums(at, at)
            sums.begin(row)
        page_view, interaction = KINDS[kind]
        sums.count(row, page_view=page_view, interaction=interaction)
        rows.append(row)
    return rows


def seconds(number: float) -> int:
    return int(number * SECOND_US)


@pytest.mark.parametrize(
    ("visit", "bounces"),
    [
        pytest.param(["page"], [1], id="one-page"),
        pytest.param(["page", "report"], [1, 0], id="a-page-that-was-read"),
        pytest.param(["page", "page", "page"], [1, -1, 0], id="a-second-page"),
        pytest.param(["page", "click", "page"], [1, -1, 0], id="an-interaction"),
        pytest.param(["click", "page"], [0, 0], id="an-interaction-before-any-page"),
        pytest.param(["page", "quiet page"], [1, 0], id="a-page-that-is-no-interaction"),
        pytest.param(["page", "quiet page", "click"], [1, 0, -1], id="an-interaction-after-it"),
        pytest.param(["report", "page"], [0, 1], id="a-report-decides-nothing"),
    ],
)
def test_a_bounce_is_counted_on_the_first_page_and_taken_back_once(visit: list[str], bounces: list[int]) -> None:
    rows = rows_of([(kind, seconds(place)) for place, kind in enumerate(visit)])
    assert [row.bounces for row in rows] == bounces


@given(st.lists(st.tuples(st.sampled_from(sorted(KINDS)), st.integers(0, 40 * SECOND_US)), min_size=1, max_size=8))
def test_a_visits_rows_add_up_to_the_visit_in_whatever_order_they_come(visit: list[tuple[str, int]]) -> None:
    rows = rows_of(visit)
    whole = [at // SECOND_US for _, at in visit]
    assert sum(row.visits for row in rows) == 1
    assert sum(row.pageviews for row in rows) == sum("page" in kind for kind, _ in visit)
    assert sum(row.visit_seconds for row in rows) == max(whole) - min(whole)
    assert [row.visit_age_seconds for row in rows] == [second - whole[0] for second in whole]
    pages = [place for place, (kind, _) in enumerate(visit) if "page" in kind]
    first = pages[0] if pages else len(visit)
    others = [kind for place, (kind, _) in enumerate(visit) if place != first and kind in ("page", "click")]
    assert sum(row.bounces for row in rows) == int(bool(pages) and not others)


# Whole visits as the demo and the oldest stores have them: each begins with a page, and reports are all else.
WHOLE_VISITS = st.lists(
    st.lists(st.tuples(st.sampled_from(["page", "report"]), st.integers(0, 90 * SECOND_US)), max_size=6),
    min_size=1,
    max_size=5,
)


def in_time(visits: list[list[tuple[str, int]]]) -> list[tuple[int, str, int]]:
    """The rows of visits in the order of time: whose, what, when."""
    found = []
    for number, events in enumerate(visits):
        at = number * 7 * SECOND_US
        found.append((number, "page", at))
        for kind, later in events:
            at += later
            found.append((number, kind, at))
    return sorted(found, key=lambda row: row[2])


@given(WHOLE_VISITS)
def test_arrays_say_what_events_say_one_by_one(visits: list[list[tuple[str, int]]]) -> None:
    rows = in_time(visits)
    whose, kinds, moments = (np.array(values) for values in zip(*rows, strict=True))
    made = of_whole_visits(whose, moments.astype("datetime64[us]"), kinds == "page")
    for number in range(len(visits)):
        one_by_one = rows_of([(kind, at) for owner, kind, at in rows if owner == number])
        for name in NAMES:
            assert made[name][whose == number].tolist() == [getattr(row, name) for row in one_by_one]


def test_sql_says_what_arrays_say() -> None:
    chance = np.random.default_rng(7)
    kinds = np.array(["page", "report"])
    visits = [
        [(str(kinds[chance.integers(2)]), int(chance.integers(0, 90 * SECOND_US))) for _ in range(chance.integers(6))]
        for _ in range(200)
    ]
    rows = in_time(visits)
    whose, kinds_of, moments = (np.array(values) for values in zip(*rows, strict=True))
    made = of_whole_visits(whose, moments.astype("datetime64[us]"), kinds_of == "page")
    table = {"row_number_in_table": np.arange(len(rows)), "visit_id": whose, "visits": made["visits"]}
    with duckdb.connect() as database:
        database.register("given", table | {"second": moments // SECOND_US})
        found = database.sql(
            f"select {SECONDS_SQL} as seconds, {AGE_SQL} as age from given window {WINDOWS_SQL}"
            " order by row_number_in_table"
        ).fetchnumpy()
    assert found["seconds"].tolist() == made["visit_seconds"].tolist()
    assert found["age"].tolist() == made["visit_age_seconds"].tolist()


@pytest.mark.parametrize(
    ("stored", "bounced", "engaging"),
    [
        pytest.param([1], True, False, id="one-page"),
        pytest.param([1, -1], False, True, id="a-second-page"),
        pytest.param([-1, 1], False, True, id="rows-of-the-same-moment-in-any-order"),
        pytest.param([0, 0], False, True, id="an-interaction-before-any-page"),
    ],
)
def test_a_visit_goes_on_from_its_stored_rows(stored: list[int], bounced: bool, engaging: bool) -> None:
    sums = VisitSums(0, 0)
    for bounces in stored:
        sums.restore(bounces)
    sums.end_restoring()
    assert (sums.bounced, sums.engaging) == (bounced, engaging)


def test_figures_are_held_against_another_way_of_counting() -> None:
    """A test that took its expected figures from the rules could not find them wrong."""
    users = [
        path.relative_to(TESTS).as_posix()
        for path in TESTS.rglob("*.py")
        if path != Path(__file__)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and f"{node.module}.{node.names[0].name}".startswith("tracker.store.deltas")
    ]
    assert users == []
