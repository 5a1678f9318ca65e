"""What a shared link's reader may choose, and nothing else: the period, the figure of the chart, the tabs of panels.

A closed list: what the link fixed (its site, its filters, whether companies are shown) is never read from a URL, and a
tab that is new in the dashboard is not shown by links until it stands here.
"""

from __future__ import annotations

from collections.abc import Mapping

from werkzeug.datastructures import MultiDict

from dashboards.web.panels import BY_KEY
from dashboards.web.site.selection import Selection, read_selection
from tracker.db.models import Site
from tracker.db.sharing_models import SharedLink
from tracker.reports.timetable import last_complete
from tracker.service.context import Context
from tracker.sharing.links import Page, filters_of
from tracker.stats.dimensions import Dimension

# Those of a dashboard. A link to a week or a month has its own days, and those before to compare with.
_PERIOD = ("period", "from", "to", "compare", "compare_from", "compare_to", "weekdays")
_SHOWN = ("metric",)
# The tabs of each panel that a link shows.
TABS: Mapping[str, tuple[Dimension, ...]] = {
    "pages": (Dimension.PAGE, Dimension.ENTRY_PAGE),
    "sources": (Dimension.SOURCE, Dimension.CHANNEL, Dimension.CAMPAIGN),
    "companies": (Dimension.COMPANY,),
    "places": (Dimension.COUNTRY, Dimension.REGION, Dimension.CITY),
    "devices": (Dimension.DEVICE, Dimension.BROWSER, Dimension.OS),
}


class UnreadableLinkError(Exception):
    """A filter of the link is not one of this version: without it the link would show more than was shared."""


def panels_of(link: SharedLink) -> list[str]:
    """The panels that a link shows."""
    return [key for key in BY_KEY if key in TABS and (link.shows_companies or key != "companies")]


def chosen(link: SharedLink, asked: Mapping[str, str]) -> dict[str, str]:
    """The arguments of a URL that a link's reader may choose."""
    names = (*(_PERIOD if link.page == Page.DASHBOARD else ()), *_SHOWN)
    tabs = {key: asked[key] for key in panels_of(link) if asked.get(key) in {one.value for one in TABS[key]}}
    return {name: asked[name] for name in names if name in asked} | tabs


def selection_of(context: Context, link: SharedLink, site: Site, asked: Mapping[str, str]) -> Selection:
    """What a link shows for a reader's URL. Raises UnreadableLinkError."""
    arguments = MultiDict(chosen(link, asked))
    if link.page != Page.DASHBOARD:
        arguments["period"] = last_complete(link.page, site.time_zone, context.now())
    arguments.setlist("f", filters_of(link))
    selection = read_selection(context, site, arguments)
    if selection.unread_filters or len(selection.filters) != len(filters_of(link)):
        raise UnreadableLinkError
    return selection
