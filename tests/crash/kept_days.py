"""Whether what is kept of days is what their events add up to: by the product's own comparison, and by SQL of its own."""

from __future__ import annotations

from pathlib import Path

import duckdb
from sqlalchemy import create_engine, make_url

import tracker.store.duckdb.functions  # noqa: F401 - its rules load with it
from tracker.stats.rollups.checking import compare_with_events
from tracker.store.duckdb.dialect import DRIVER
from tracker.store.duckdb.store import DuckDBStore

# Counted without anything of the product: what each page of a sealed day has.
_BY_EVENTS = """
    SELECT s.site, s.day, e.path AS page, count(*) AS events, sum(e.pageviews) AS pageviews,
        count(DISTINCT e.visitor_id) AS visitors
    FROM sealed_days s JOIN events e ON e.site = s.site AND e.occurred_at >= s.start_at AND e.occurred_at < s.end_at
    GROUP BY ALL
"""
_BY_ROLLUPS = """
    SELECT r.site, r.day, r.value AS page, r.events, r.pageviews, r.visitors + (
        SELECT count(DISTINCT i.visitor_id) FROM rollup_ids i WHERE i.site = r.site AND i.day = r.day
        AND i.dimension = r.dimension AND i.value IS NOT DISTINCT FROM r.value) AS visitors
    FROM rollups r JOIN sealed_days s ON s.site = r.site AND s.day = r.day
    WHERE r.dimension = 'page' AND r.events > 0
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
            compared = compare_with_events(store, site)
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
        either = f"(({_BY_EVENTS}) EXCEPT ({_BY_ROLLUPS})) UNION ALL (({_BY_ROLLUPS}) EXCEPT ({_BY_EVENTS}))"
        rows = database.execute(f"SELECT site, day, min(page), count(*) FROM ({either}) GROUP BY ALL ORDER BY ALL")
        return [
            f"{site}'s {day} has other pages than its events, {n} such as {page}"
            for site, day, page, n in rows.fetchall()
        ]
