"""The hosts on which a site's pages were seen beside its own: staging copies, archives, another name of the site.

And the names of sites that are not here, which hits gave: a misspelt `data-domain` shows by the host of its page.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

import pandas as pd
from sqlalchemy import func, select

from tracker.enrichment.drops import DropReason
from tracker.enrichment.told import read_unknown_site
from tracker.stats.scope import naive
from tracker.store.protocol import EventStore
from tracker.store.schema import events, not_counted


def other_hosts(
    store: EventStore, site: str, *, known: Collection[str], since: datetime, limit: int = 10
) -> pd.DataFrame:
    """The hosts other than the `known` ones with page views since a moment, most first: `host`, `pageviews`."""
    views = func.sum(events.c.pageviews).label("pageviews")
    host = events.c.hostname.label("host")
    statement = (
        select(host, views)
        .where(events.c.site == site, events.c.occurred_at >= naive(since))
        .where(events.c.hostname.notin_(["", *known]))
        .group_by(host)
        .having(views > 0)
        .order_by(views.desc(), host)
        .limit(limit)
    )
    frame = store.frame(statement)
    frame["pageviews"] = frame["pageviews"].astype("int64")
    return frame


class UnknownSite(NamedTuple):
    """A name that hits gave as their site's, and the host of their pages, empty where it is the name itself or unknown."""

    name: str
    host: str
    hits: int


def unknown_sites(store: EventStore, *, since: date) -> list[UnknownSite]:
    """The names that hits gave since a day (UTC) and that are no site's here, most hits first."""
    table, hits = not_counted.c, func.sum(not_counted.c.hits).label("hits")
    statement = (
        select(table.detail, hits)
        .where(table.site == "", table.reason == DropReason.UNKNOWN_SITE, table.day >= since)
        .group_by(table.detail)
        .order_by(hits.desc(), table.detail)
    )
    return [UnknownSite(*read_unknown_site(detail), int(number)) for detail, number in store.rows(statement)]
