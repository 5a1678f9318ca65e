"""What the page of all values shows, read from its URL: the search, the order and the page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from dashboards.translations import message
from dashboards.web.pages import page_number
from dashboards.web.site.links import selection_url
from dashboards.web.site.selection import Selection
from tracker.stats.dimensions import Dimension
from tracker.stats.metrics import METRICS

_LONGEST_SEARCH = 100
# The figures of each value, in their order.
FIGURES = ("visitors", "visits", "pageviews", "bounce_rate", "engaged_seconds", "scroll_depth")
GOAL_RATE, REVENUE, COMPANIES, LEAD = "goal_rate", "revenue", "companies", "lead"
LABELS = {
    **{name: METRICS[name].label for name in FIGURES},
    GOAL_RATE: message("Goal rate"),
    REVENUE: message("Revenue"),
    COMPANIES: message("Companies"),
    LEAD: message("Best lead"),
}
MEANINGS = {
    **{name: METRICS[name].meaning for name in FIGURES},
    GOAL_RATE: message("Share of the visits that reached a goal."),
    REVENUE: message("Amounts of the goals of revenue, each event once."),
    COMPANIES: message("Named companies that came this way."),
    LEAD: message("The company with the highest score that came this way."),
}
# By these only values that have some are listed.
WORKED_OUT = (GOAL_RATE, REVENUE, COMPANIES, LEAD)
SORTS = ("value", *LABELS)


@dataclass(frozen=True)
class Listing:
    """`descending` is the order that is shown, `columns` what each value has."""

    selection: Selection
    dimension: Dimension
    search: str
    sort: str
    descending: bool
    page: int
    columns: tuple[str, ...]

    @property
    def kept(self) -> dict[str, Any]:
        """The arguments of the URL beyond the selection's."""
        usual = self.sort != "value"
        return {
            "q": self.search or None,
            "sort": self.sort if self.sort != "visitors" else None,
            "order": "reversed" if self.descending != usual else None,
        }

    def url(self, endpoint: str = "overview.breakdown", **changes: Any) -> str:
        """The URL of the page with changes to single arguments."""
        here = {"dimension": self.dimension.value}
        return selection_url(self.selection, endpoint, **(here | self.kept | changes))

    def sorted_url(self, column: str) -> str:
        """The URL by which a column's heading sorts, and turns the order round."""
        turns = column == self.sort and self.descending == (column != "value")
        return self.url(sort=column if column != "visitors" else None, order="reversed" if turns else None)


def read_listing(
    selection: Selection, dimension: Dimension, arguments: MultiDict[str, str], *, without: Collection[str] = ()
) -> Listing:
    """Reads the page's own arguments of a URL; `without` are columns that it does not have."""
    sort = arguments.get("sort", "visitors")
    sort = sort if sort in SORTS and sort not in without else "visitors"
    return Listing(
        selection,
        dimension,
        search=arguments.get("q", "").strip()[:_LONGEST_SEARCH],
        sort=sort,
        descending=(sort != "value") != (arguments.get("order") == "reversed"),
        page=page_number(arguments),
        columns=tuple(name for name in LABELS if name not in without),
    )
