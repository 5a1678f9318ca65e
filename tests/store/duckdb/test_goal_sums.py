"""A store of version 10, which kept goals as single events: what was kept of days whose events are gone is added up."""

from __future__ import annotations

from sqlalchemy import create_engine, text

from tracker.store.duckdb.migrations import (
    add_company_visits,
    add_counted_days_and_months,
    add_goal_events,
    add_goal_sums,
    add_rollups,
)

DAYS = [("2026-06-30", "2026-06-29 22:00", "2026-06-30 22:00"), ("2026-07-05", "2026-07-04 22:00", "2026-07-05 22:00")]


def test_what_was_kept_of_days_whose_events_are_gone_is_added_up() -> None:
    engine = create_engine("duckdb:///:memory:")
    with engine.begin() as connection:
        connection.execute(text("create table events (site varchar, occurred_at timestamp)"))
        for step in (add_rollups, add_counted_days_and_months, add_company_visits, add_goal_events):
            step(connection)
        connection.execute(text("insert into events values ('a', '2026-07-05 10:00'), ('b', '2026-01-01 10:00')"))
        for site in ("a", "b"):
            for day, start, end in DAYS:
                connection.execute(
                    text(f"insert into sealed_days values ('{site}', '{day}', 'Europe/Paris', 5, '{start}', '{end}')")
                )
                connection.execute(text(f"insert into goal_days values ('{site}', '{day}', 'g', 'Europe/Paris', 1)"))
                for visitor, visit, minute, amount in ((1, 11, 5, 0.1), (1, 11, 40, 0.2), (2, 12, 59, 0.3)):
                    row = f"'{site}', '{day}', 'g', {visitor}, {visit}, timestamp '{day} 21:{minute:02}', '/x', {amount}, 'EUR'"
                    connection.execute(text(f"insert into goal_events values ({row})"))
        connection.execute(
            text("insert into company_visits (site, day, company, visitor_id, visit_id, first_at, last_at, pageviews, engaged_ms)"
                 " values ('a', '2026-06-30', 'Acme', 2, 12, '2026-06-30 21:00', '2026-06-30 22:00', 1, 0)")
        )  # fmt: skip
        add_goal_sums(connection)

        def rows(asked: str) -> list[tuple[object, ...]]:
            return [tuple(map(str, row)) for row in connection.execute(text(asked))]

        assert rows("select site, day, goal, time_zone, rules from goal_days") == [
            ("a", "2026-06-30", "g", "Europe/Paris", "2")
        ]
        assert rows("select site, visitor_id, visit_id from goal_ids order by 2") == [
            ("a", "1", "11"),
            ("a", "2", "12"),
        ]
        assert rows("select site, visit_id, detail from goal_events") == [("a", "12", "/x")]
        assert rows("select dimension, value, events, visitors, amount from goal_sums order by 1") == [
            ("", "None", "3", "0", "None"),
            ("currency", "EUR", "3", "0", "0.600000"),
            ("hour", "2026-06-30 23:00:00", "3", "0", "None"),
        ]
    engine.dispose()
