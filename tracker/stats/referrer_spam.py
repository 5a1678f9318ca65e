"""Suspected referrer spam: referrers whose visitors never read on and that are on no list yet, with the evidence.

A spammer sends page views in other sites' names from many IP addresses, and no person behind any of them: each visit is
one page view, of the same page or two, and nobody spends a second on it. Nothing here decides; the publisher does.
"""

from __future__ import annotations

import pandas as pd
from sqlalchemy import and_, case, func, select

from tracker.stats import metrics
from tracker.stats.scope import Scope
from tracker.store import functions
from tracker.store.protocol import EventStore
from tracker.store.schema import events

COLUMNS = ("host", "visits", "visitors", "networks", "countries", "landing_pages", "page")

# A visitor's id changes with the IP address and the day, so that visitors stand for IP addresses.
_FEWEST_VISITORS = 5
_FEWEST_NETWORKS = 3
_MOST_LANDING_PAGES = 2
# Where a site measures no reading time (pixels, imported logs) a bounce says little, and it takes more of them.
_FEWEST_VISITORS_UNMEASURED = 20
_MEASURED_SHARE = 0.1
_MOST_ROWS = 200


def suspects(store: EventStore, scope: Scope, *, limit: int = 20) -> pd.DataFrame:
    """The referring hosts that look like spam, the most visits first: a row each of COLUMNS; `page` is one landing page.

    Hosts that a list of sources names are never among them.
    """
    host = functions.regexp_replace(functions.split_part(events.c.referrer, "/", 3), r"^www\.", "")
    of_unknown_sites = and_(events.c.channel == "Referral", events.c.referrer.is_not(None), host != "")
    visits, networks = metrics.VISITS, func.count(events.c.asn.distinct())
    statement = (
        select(
            host.label("host"),
            visits.label("visits"),
            metrics.VISITORS.label("visitors"),
            networks.label("networks"),
            func.count(events.c.country.distinct()).label("countries"),
            func.count(events.c.entry_page.distinct()).label("landing_pages"),
            func.min(events.c.entry_page).label("page"),
            func.max(case((events.c.source == host, 1), else_=0)).label("is_unnamed"),
        )
        .where(scope.where(), of_unknown_sites)
        .group_by(host)
        .having(
            and_(
                _fewest_visitors(store, scope) <= metrics.VISITORS,
                func.sum(events.c.bounces) >= visits,
                metrics.ENGAGED_MS == 0,
                func.count(events.c.entry_page.distinct()) <= _MOST_LANDING_PAGES,
            )
        )
        .order_by(visits.desc(), host)
        .limit(_MOST_ROWS)
    )
    frame = store.frame(statement)
    # Without a geo database no network is known.
    apart = (frame["networks"] >= _FEWEST_NETWORKS) | (frame["networks"] == 0)
    kept = frame[apart & (frame["is_unnamed"] == 1)].head(limit).reset_index(drop=True)
    counts = ["visits", "visitors", "networks", "countries", "landing_pages"]
    kept[counts] = kept[counts].astype("int64")
    return kept[list(COLUMNS)]


def _fewest_visitors(store: EventStore, scope: Scope) -> int:
    read = func.count(case((events.c.engaged_ms > 0, events.c.visit_id)).distinct())
    measured, visits = store.rows(select(read, metrics.VISITS).where(scope.where()))[0]
    return _FEWEST_VISITORS if measured >= _MEASURED_SHARE * (visits or 0) > 0 else _FEWEST_VISITORS_UNMEASURED
