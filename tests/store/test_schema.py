"""The tables for figures of days: a column for each raw sum, and the same tables after a migration."""

from __future__ import annotations

from sqlalchemy import create_engine

from tracker.stats.metrics import METRICS
from tracker.store.duckdb.migrations import (
    add_company_pages_and_actions,
    add_company_visits,
    add_counted_days_and_months,
    add_facts_of_company_visits,
    add_goal_events,
    add_goal_sums,
    add_goal_values,
    add_rollups,
)
from tracker.store.schema import ROLLUP_SUMS, ROLLUP_TABLES, events, metadata


def test_every_raw_sum_of_a_metric_is_kept_by_day() -> None:
    raw = {raw.name for metric in METRICS.values() for raw in metric.raw}
    assert raw <= set(ROLLUP_SUMS)
    assert {name for name in ROLLUP_SUMS if f"{name}_1" in ROLLUP_SUMS} == {"visitors", "touched"}


def test_a_migrated_store_has_the_tables_of_a_fresh_one() -> None:
    asked = (
        "select table_name, column_name, data_type, is_nullable from information_schema.columns"
        f" where table_name in {tuple(table.name for table in ROLLUP_TABLES)} order by table_name, ordinal_position"
    )
    found = []
    for steps in (
        [
            events.create,
            add_rollups,
            add_counted_days_and_months,
            add_company_visits,
            add_company_pages_and_actions,
            add_goal_events,
            add_facts_of_company_visits,
            add_goal_sums,
            add_goal_values,
        ],
        [metadata.create_all],
    ):
        engine = create_engine("duckdb:///:memory:")
        with engine.connect() as connection:
            for step in steps:
                step(connection)
            found.append(connection.exec_driver_sql(asked).all())
        engine.dispose()
    assert found[0] == found[1]
    assert found[0]
