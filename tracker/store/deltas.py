"""What an event's row adds to its visit's sums. All rules for it are here: for one event, for arrays and in SQL.

Ingest uses the rules for one event, in any order of events. The demo uses those for arrays and migrations those in SQL,
both for whole visits in the order of time. Tests compute figures in their own way and must not use this module.

- `visits`: 1 on the row that begins the visit.
- `pageviews`: 1 on each page view.
- `bounces`: 1 on the first page view, if no interaction came before it. −1 on the row that ends the bounce: a second page
  view or an interaction. A visit that has stopped being a bounce never becomes one again.
- `engaged_ms`: the number of an engagement report. A report adds nothing else, except to the visit's duration.
- `visit_seconds`: the whole seconds by which the row lengthens its visit. Their sum is the time from the visit's first
  event to its last.
- `visit_age_seconds`: the whole seconds from the visit's beginning to the event; negative for an event that came late.

A visit that must not be counted is retracted: all its rows are removed, and with them all that they added.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

SECOND_US = 1_000_000

Whole = NDArray[np.int64]

# By the names in a window query: of each row its `second`, `visits` and `visit_id`, and `row_number_in_table`, by which
# rows of the same second follow each other.
SECONDS_SQL = "second - coalesce(lag(second) over in_time, second)"
AGE_SQL = "second - coalesce(min(second) filter (visits > 0) over in_visit, min(second) over in_visit)"
WINDOWS_SQL = """
            in_visit as (partition by visit_id),
            in_time as (partition by visit_id order by second, row_number_in_table)"""


class Row(Protocol):
    """What is set of an event; `occurred_at` is µs since 1970."""

    occurred_at: int
    visits: int
    bounces: int
    pageviews: int
    visit_seconds: int
    visit_age_seconds: int


class VisitSums:
    """What the deltas of a visit's next row depend on: what its rows have added so far.

    `began_s` is the second of the row with `visits` = 1. A row that comes late may be earlier.
    """

    __slots__ = ("began_s", "bounced", "engaging", "first_us", "last_us")

    def __init__(self, first_us: int, last_us: int) -> None:
        self.began_s = first_us // SECOND_US
        self.first_us = first_us
        self.last_us = last_us
        self.bounced = False  # counts as a bounce now
        self.engaging = False  # had a second page or an interaction, so it never is a bounce again

    @staticmethod
    def begin(row: Row) -> None:
        """Sets what the first row of a visit adds in addition to what every row does."""
        row.visits = 1

    def count(self, row: Row, *, page_view: bool, interaction: bool) -> None:
        """Sets what a row adds, and adds it to the sums. An engagement report is neither a page view nor an interaction."""
        timestamp_us = row.occurred_at
        second = timestamp_us // SECOND_US
        if timestamp_us >= self.last_us:  # the usual case
            row.visit_seconds = second - self.last_us // SECOND_US
            self.last_us = timestamp_us
        else:
            row.visit_seconds = self._stretch(timestamp_us)
        row.visit_age_seconds = second - self.began_s
        if page_view:
            row.pageviews = 1
        if page_view and not self.bounced and not self.engaging:
            row.bounces = 1
            self.bounced = True
        elif interaction:
            row.bounces = -1 if self.bounced else 0
            self.bounced = False
            self.engaging = True

    def _stretch(self, timestamp_us: int) -> int:
        """Extends the visit to an event that came late. Returns by how many seconds it became longer."""
        # If only later events were loaded, the beginning is all that is known of the earlier ones.
        earliest = min(self.first_us // SECOND_US, self.began_s)
        self.first_us = min(self.first_us, timestamp_us)
        return max(earliest - timestamp_us // SECOND_US, 0)

    def restore(self, bounces: int) -> None:
        """Restores the sums from a stored row, in any order of rows. Not called for engagement reports."""
        self.engaging = self.engaging or bounces < 0
        self.bounced = self.bounced or bounces > 0

    def end_restoring(self) -> None:
        """Ends the restoring. After an interaction that came before any page view, page views add no bounce."""
        self.engaging = self.engaging or not self.bounced
        self.bounced = self.bounced and not self.engaging


def of_whole_visits(visit: Whole, occurred_at: NDArray[np.datetime64], page_view: NDArray[np.bool_]) -> dict[str, Any]:
    """Returns the columns of deltas for rows in the order of time. `visit` is the number of each row's visit, from 0.

    Each visit must begin with a page view, and its other rows must be page views or engagement reports.
    """
    by_visit = np.argsort(visit, kind="stable")
    begins = np.diff(visit[by_visit], prepend=-1) != 0
    group = np.cumsum(begins) - 1
    seconds = occurred_at.astype("datetime64[s]").astype(np.int64)[by_visit]
    views = page_view[by_visit].astype(np.int64)
    viewed = np.cumsum(views)
    place = viewed - (viewed - views)[begins][group]  # which of the visit's page views it is, or comes after
    columns = {
        "visits": begins.astype(np.int64),
        "bounces": views * ((place == 1).astype(np.int64) - (place == 2)),
        "pageviews": views,
        "visit_seconds": np.where(begins, 0, np.diff(seconds, prepend=0)),
        "visit_age_seconds": seconds - seconds[begins][group],
    }
    back = np.empty_like(by_visit)
    back[by_visit] = np.arange(len(by_visit))
    return {name: values[back] for name, values in columns.items()}
