from __future__ import annotations

import re

import pytest

from dashboards.web.chart import HEIGHT, WIDTH, Point, draw, sparkline


def word(value: float) -> str:
    return f"{value:g}"


def points(*values: float | None, unfinished: int | None = None) -> list[Point]:
    return [Point(str(index), value, unfinished=index == unfinished) for index, value in enumerate(values)]


def places(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)]


def test_a_line_runs_from_the_middle_of_the_first_interval_to_the_middle_of_the_last() -> None:
    chart = draw(points(0, 50, 100), metric="visitors", word=word)
    (first_x, bottom), _, (last_x, top) = places(chart.line)
    assert first_x == pytest.approx(WIDTH / 6, abs=0.1)
    assert last_x == pytest.approx(WIDTH * 5 / 6, abs=0.1)
    assert bottom == HEIGHT
    assert top < 20


@pytest.mark.parametrize(
    ("metric", "highest", "top", "middle"),
    [
        ("visitors", 0, "2", "1"),
        ("visitors", 7, "8", "4"),
        ("visitors", 11, "12", "6"),
        ("visitors", 101, "120", "60"),
        ("visitors", 390, "400", "200"),
        ("bounce_rate", 0.45, "0.6", "0.3"),
        ("bounce_rate", 0.95, "1", "0.5"),
        ("engaged_seconds", 90, "120", "60"),
        ("engaged_seconds", 90_000, "90000", "45000"),
    ],
)
def test_the_scale_ends_on_round_values(metric: str, highest: float, top: str, middle: str) -> None:
    chart = draw(points(0, highest), metric=metric, word=word)
    assert (chart.top, chart.middle) == (top, middle)


def test_the_comparison_fits_into_the_scale_too() -> None:
    chart = draw([Point("a", 1, before=80), Point("b", 2, before=90)], metric="visitors", word=word)
    assert chart.top == "100"
    assert len(places(chart.before)) == 2


def test_the_unfinished_interval_is_a_tail_and_the_future_is_not_drawn() -> None:
    chart = draw(points(5, 6, 3, None, None, unfinished=2), metric="visitors", word=word)
    assert len(places(chart.line)) == 2
    assert places(chart.tail)[0] == places(chart.line)[-1] == chart.end
    assert len(chart.slots) == 3
    assert chart.future == 2
    assert (chart.first, chart.last) == ("0", "4")


def test_an_empty_series_draws_nothing() -> None:
    chart = draw([], metric="visitors", word=word)
    assert (chart.line, chart.area, chart.tail, chart.before, chart.end) == ("", "", "", "", None)


def test_a_sparkline_of_nothing_lies_on_the_ground() -> None:
    assert {y for _, y in places(sparkline([0, 0, 0]))} == {23.0}
