"""Whether what is kept of days is what their events add up to: by the product's own comparison, and by SQL of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import create_engine, make_url

import tracker.store.duckdb.functions  # noqa: F401 - its rules load with it
from tracker.db.models import Site
from tracker.stats.goals import goals_of
from tracker.stats.rollups.checking import compare_with_events
from tracker.store.duckdb.dialect import DRIVER
from tracker.store.duckdb.store import DuckDBStore

# Those of every site: the installation adds none.
_GOALS = goals_of(Site(domain="any.example", stored_as="any.example", time_zone="UTC", language="en"))
# A day with more pages than are kept of one has none of them, and a mark with their number.
_MARKED = (
    "(SELECT 1 FROM rollups b WHERE b.site = s.site AND b.day = s.day AND b.dimension = 'beyond' AND b.value = 'page')"
)
# Counted without anything of the product: what each page of a sealed day has.
_BY_EVENTS = f"""
    SELECT s.site, s.day, e.path AS of, count(*) AS events, sum(e.pageviews) AS pageviews,
        count(DISTINCT e.visitor_id) AS visitors
    FROM sealed_days s JOIN events e ON e.site = s.site AND e.occurred_at >= s.start_at AND e.occurred_at < s.end_at
    WHERE NOT EXISTS {_MARKED} GROUP BY ALL
"""
_BY_ROLLUPS = """
    SELECT r.site, r.day, r.value AS of, r.events, r.pageviews, r.visitors + (
        SELECT count(DISTINCT i.visitor_id) FROM rollup_ids i WHERE i.site = r.site AND i.day = r.day
        AND i.dimension = r.dimension AND i.value IS NOT DISTINCT FROM r.value) AS visitors
    FROM rollups r JOIN sealed_days s ON s.site = r.site AND s.day = r.day
    WHERE r.dimension = 'page' AND r.events > 0
"""
_NUMBER_BY_EVENTS = f"""
    SELECT s.site, s.day, 'all' AS of, count(DISTINCT e.path) AS pages
    FROM sealed_days s JOIN events e ON e.site = s.site AND e.occurred_at >= s.start_at AND e.occurred_at < s.end_at
    WHERE EXISTS {_MARKED} GROUP BY ALL
"""
_NUMBER_BY_MARKS = """
    SELECT b.site, b.day, 'all' AS of, b.events AS pages
    FROM rollups b JOIN sealed_days s ON s.site = b.site AND s.day = b.day WHERE b.dimension = 'beyond' AND b.value = 'page'
"""
# And what each company did on it.
_COMPANIES_BY_EVENTS = """
    SELECT s.site, s.day, e.company AS of, e.visit_id, e.visitor_id, min(e.occurred_at) AS first_at, max(e.occurred_at) AS last_at,
        sum(e.pageviews) AS pageviews, sum(e.engaged_ms) AS engaged_ms
    FROM sealed_days s JOIN events e ON e.site = s.site AND e.occurred_at >= s.start_at AND e.occurred_at < s.end_at
    WHERE e.company IS NOT NULL GROUP BY ALL
"""
_COMPANIES_BY_ROWS = """
    SELECT s.site, s.day, v.company AS of, v.visit_id, v.visitor_id, min(v.first_at), max(v.last_at), sum(v.pageviews),
        sum(v.engaged_ms)
    FROM sealed_days s JOIN company_visits v ON v.site = s.site AND v.day = s.day GROUP BY ALL
"""


def compare(file: Path) -> tuple[int, list[str]]:
    """How many days of all sites are sealed, and a sentence a day whose figures are not those of its events.

    Nobody else may have the file open. It is not changed, also not by a checkpoint.
    """
    if not file.exists():
        return 0, []
    found = _by_hand(file)
    store = DuckDBStore(
        create_engine(make_url(f"duckdb:///{file}").set(drivername=DRIVER), connect_args={"read_only": True})
    )
    days = 0
    try:
        for site in _sites(store):
            compared = compare_with_events(store, site, goals=_GOALS)
            days += compared.days
            found += [
                f"{site}'s {day} is not what its events add up to by {', '.join(name or 'all' for name in dimensions)}"
                for day, dimensions in compared.different.items()
            ]
    finally:
        store.close()
    return days, found


def _sites(store: DuckDBStore) -> list[str]:
    with store.transaction() as connection:
        return [site for (site,) in connection.exec_driver_sql("SELECT DISTINCT site FROM sealed_days")]


def _by_hand(file: Path) -> list[str]:
    with duckdb.connect(str(file), read_only=True) as database:
        if not database.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'sealed_days'").fetchall():
            return []
        return [
            f"{site}'s {day} has other {what} than its events, {n} such as {one}"
            for what, by_events, kept in (
                ("pages", _BY_EVENTS, _BY_ROLLUPS),
                ("numbers of pages", _NUMBER_BY_EVENTS, _NUMBER_BY_MARKS),
                ("companies", _COMPANIES_BY_EVENTS, _COMPANIES_BY_ROWS),
            )
            for site, day, one, n in _unlike(database, by_events, kept)
        ]


def _unlike(database: duckdb.DuckDBPyConnection, by_events: str, kept: str) -> list[tuple[Any, ...]]:
    either = f"(({by_events}) EXCEPT ({kept})) UNION ALL (({kept}) EXCEPT ({by_events}))"
    asked = f"SELECT site, day, min(of), count(*) FROM ({either}) GROUP BY ALL ORDER BY ALL"
    return database.execute(asked).fetchall()
