"""Takes some people at a time, so that memory does not grow with the period."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

# So many rows take some 100 MB.
ROWS_AT_ONCE = 1_000_000


def in_parts(people: pd.DataFrame, *, at_once: int) -> Iterator[pd.DataFrame]:
    """Yields parts of people of whom each has a number of `rows`: about `at_once` of these in each part."""
    part = people["rows"].cumsum() // at_once
    for _, some in people.groupby(part):
        yield some
