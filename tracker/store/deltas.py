"""What an event's row adds to its visit's sums: the one place of these rules, for an event, for arrays and in SQL.

Ingest uses the first, for events in whatever order they come; the demo the second and migrations the third, for whole
visits in the order of time. Tests compute figures in their own way and must not use this.

- `visits`: 1 on the row that begins the visit.
- `pageviews`: 1 on each page view.
- `bounces`: 1 on the first page view of a visit in which nothing happened yet, and −1 on the row by which it stops being
  a bounce, a second page view or an interaction. A bounce is taken back once and never comes again.
- `engaged_ms` is the report's own number; a report adds nothing else but time.
- `visit_seconds`: by how many seconds of the clock the row lengthens its visit. All rows' add up to those between the
  first event and the last.
- `visit_age_seconds`: how many seconds after the visit's beginning it happened; negative for one that came late.

A visit that must not be counted is retracted with all its rows, which takes back all that they added.
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
    """What the rows of one visit have added so far, as far as the next one's deltas depend on it.

    `began_s` is the second of the row that carries `visits`, which one that comes late may precede.
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
        """Sets what the first row of a visit adds beside what any row does."""
        row.visits = 1

    def count(self, row: Row, *, page_view: bool, interaction: bool) -> None:
        """Sets what a row adds, and adds it. A report of engaged time is neither a page view nor an interaction."""
        row.visit_seconds = self.stretch(row.occurred_at)
        row.visit_age_seconds = row.occurred_at // SECOND_US - self.began_s
        if page_view:
            row.pageviews = 1
        if page_view and not self.bounced and not self.engaging:
            row.bounces = 1
            self.bounced = True
        elif interaction:
            row.bounces = -1 if self.bounced else 0
            self.bounced = False
            self.engaging = True

    def stretch(self, timestamp_us: int) -> int:
        """Extends the visit to an event's time; returns by how many seconds it became longer."""
        second, latest = timestamp_us // SECOND_US, self.last_us // SECOND_US
        if timestamp_us >= self.last_us:  # as nearly always
            self.last_us = timestamp_us
            return second - latest
        # Where only later events were loaded, the beginning is what is known of the earlier ones.
        earliest = min(self.first_us // SECOND_US, self.began_s)
        self.first_us = min(self.first_us, timestamp_us)
        return max(earliest - second, second - latest, 0)

    def take_up(self, bounces: int) -> None:
        """Takes in a stored row that is no report: a second page or an interaction wrote −1, in whatever order."""
        self.engaging = self.engaging or bounces < 0
        self.bounced = self.bounced or bounces > 0

    def taken_up(self) -> None:
        """After all stored rows: an interaction before any page wrote nothing, and neither did the pages after it."""
        self.engaging = self.engaging or not self.bounced
        self.bounced = self.bounced and not self.engaging


def of_whole_visits(visit: Whole, occurred_at: NDArray[np.datetime64], page_view: NDArray[np.bool_]) -> dict[str, Any]:
    """The columns of deltas of rows in the order of time, `visit` being whose each is, from 0 on.

    A visit begins with a page view; all rows of it that are none are reports of engaged time.
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
