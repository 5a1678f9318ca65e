"""One answer for all who look: worked out once, and nobody waits for another one's query."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from dashboards.web.realtime.board import FRESH_SECONDS, Board


def test_a_hundred_viewers_cost_one_answer_in_five_seconds() -> None:
    made: list[int] = []
    clock = iter([float(tick) / 100 for tick in range(1_000)])
    board = Board(lambda: next(clock))

    def make() -> str:
        made.append(1)
        return f"<p>{len(made)}</p>"

    with ThreadPoolExecutor(8) as viewers:
        answers = list(viewers.map(lambda _: board.answer(1, "fr", make), range(100)))
    assert (len(made), {one.html for one in answers}) == (1, {"<p>1</p>"})
    assert board.answer(2, "fr", make).html == "<p>2</p>"
    assert board.answer(1, "en", make).html == "<p>3</p>"


def test_who_asks_while_it_is_worked_out_gets_what_was_there_before() -> None:
    now, began, ends = [0.0], Event(), Event()
    board = Board(lambda: now[0])
    first = board.answer(1, "fr", lambda: "before")
    now[0] = FRESH_SECONDS

    def slow() -> str:
        began.set()
        ends.wait(30)
        return "after"

    with ThreadPoolExecutor(1) as other:
        running = other.submit(board.answer, 1, "fr", slow)
        began.wait(30)
        assert board.answer(1, "fr", slow) == first
        ends.set()
        assert running.result().html == "after"
    assert board.answer(1, "fr", slow).etag != first.etag


def test_a_failed_answer_is_tried_again() -> None:
    board = Board(lambda: 0.0)
    with pytest.raises(ZeroDivisionError):
        board.answer(1, "fr", lambda: str(1 / 0))
    assert board.answer(1, "fr", lambda: "x").html == "x"
