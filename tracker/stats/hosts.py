"""The hosts on which a site's pages were seen beside its own: staging copies, archives, another name of the site."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import pandas as pd
from sqlalchemy import func, select

from tracker.stats.scope import naive
from tracker.store.engines import EventStore
from tracker.store.schema import events


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
