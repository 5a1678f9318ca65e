"""How far somebody came in steps, by the moments at which each step was done. Arithmetic alone; it asks nothing of a store."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


def furthest_steps(
    who: Integers, at: Integers, step: Integers, number: int, *, window: int | None, in_order: bool
) -> Integers:
    """Returns how many of the `number` steps each came.

    Each row is a step (from 0) that was done: `who` numbers the people from 0, and rows are sorted by `who`, then by the
    moment `at`. In order, each step is later than the one before. All of them must lie within `window` of moments; None
    is without a limit.
    """
    furthest = np.zeros(int(who[-1]) + 1 if len(who) else 0, dtype=np.int64)
    if not len(who):
        return furthest
    # Rows of one person and moment are one group: none of them is later than another.
    new = np.ones(len(who), dtype=bool)
    new[1:] = (who[1:] != who[:-1]) | (at[1:] != at[:-1])
    done = _in_order if in_order else _in_any_order
    for index, rows in enumerate(done(who, at, step, number, new, window)):
        furthest[who[rows]] = index + 1
    return furthest


def _in_order(
    who: Integers, at: Integers, step: Integers, number: int, new: NDArray[np.bool_], window: int | None
) -> list[NDArray[np.bool_]]:
    """For each step the rows at which it and all before it were done.

    Of all chains of steps that end at a row, the one that began last is the best: it leaves the most of the window. A row
    of a later beginning stands further down, so that the greatest place so far is the one to look at.
    """
    first = np.maximum.accumulate(np.where(new, np.arange(len(who)), 0))
    began = np.where(step == 0, np.arange(len(who)), -1)
    found = [began >= 0]
    for index in range(1, number):
        latest = np.maximum.accumulate(began)
        known = np.where(first > 0, latest[first - 1], -1)
        fits = (step == index) & (known >= 0) & (who[known] == who)
        if window is not None:
            fits &= at - at[known] <= window
        began = np.where(fits, known, -1)
        found.append(fits)
    return found


def _in_any_order(
    who: Integers, at: Integers, step: Integers, number: int, new: NDArray[np.bool_], window: int | None
) -> list[NDArray[np.bool_]]:
    """For each step the rows by which it and all before it were done, whichever came first."""
    last = np.append(np.flatnonzero(new)[1:], len(who))[np.cumsum(new) - 1] - 1
    everybody = np.ones(len(who), dtype=bool)
    earliest = at.copy()
    found = []
    for index in range(number):
        latest = np.maximum.accumulate(np.where(step == index, np.arange(len(who)), -1))[last]
        everybody = everybody & (latest >= 0) & (who[latest] == who)
        earliest = np.minimum(earliest, at[latest])
        found.append(everybody if window is None else everybody & (at - earliest <= window))
    return found
