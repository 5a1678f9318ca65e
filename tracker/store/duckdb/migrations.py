"""DuckDB's steps from each version of the event store's schema to the next (`tracker.store.migrations` takes them)."""

from __future__ import annotations

from sqlalchemy import Connection, text

from tracker.store.deltas import AGE_SQL, SECONDS_SQL, WINDOWS_SQL
from tracker.store.migrations import Step

# A step over all rows goes through them in parts of about so many, since DuckDB holds a transaction's changes in memory.
_ROWS_A_PART = 1_000_000
# The ids that clients gave their events are kept of so many days before the newest; housekeeping removes what is not needed.
_DAYS_OF_IDS = 31

# Of each visit in a part: by how many seconds of the clock each row lengthens it, and how many after its beginning it is.
_FILL_LENGTHS = text(f"""
    update events set visit_seconds = lengths.lengthened, visit_age_seconds = lengths.age
    from (
        select
            row_number_in_table,
            {SECONDS_SQL} as lengthened,
            {AGE_SQL} as age
        from (
            select rowid as row_number_in_table, visit_id, visits, epoch_us(occurred_at) // 1000000 as second
            from events where abs(visit_id % :parts) = :part
        )
        window {WINDOWS_SQL}
    ) as lengths
    where lengths.row_number_in_table = events.rowid and (lengths.lengthened <> 0 or lengths.age <> 0)
""")  # noqa: S608 - the rules' own text


def add_visit_lengths(connection: Connection) -> None:
    """1 to 2: each event says by how many seconds it lengthens its visit, and how old the visit is with it.

    Rewrites two columns, part by part, and leaves all others and the order of rows as they are. Done again from the
    start it fills in the same.
    """
    columns = ("visit_seconds", "visit_age_seconds")
    for column in columns:
        connection.execute(text(f"alter table events add column if not exists {column} integer default 0"))
        connection.execute(text(f"alter table events alter column {column} set not null"))
    connection.commit()
    parts = connection.execute(text("select count(*) from events")).scalar_one() // _ROWS_A_PART + 1
    for part in range(parts):
        connection.execute(_FILL_LENGTHS, {"parts": parts, "part": part})
        connection.commit()
    for column in columns:
        connection.execute(text(f"alter table events alter column {column} drop default"))


def add_campaign_words_and_consent(connection: Connection) -> None:
    """2 to 3: what a campaign's URL said word for word, and whether a visitor's id is one that they agreed to.

    Nobody knows either of the rows that are there, so they have neither. No row is rewritten.
    """
    for column, kind in (("utm_source", "varchar"), ("utm_medium", "varchar"), ("consented", "boolean")):
        connection.execute(text(f"alter table events add column if not exists {column} {kind}"))


_KEY_OF_ROLLUPS = "site varchar not null, day date not null, dimension varchar not null, value varchar"
_SUMS_OF_ROLLUPS = (
    "events", "visitors", "visitors_1", "visitors_2", "visits", "touched", "touched_1", "touched_2",
    "pageviews", "engaged_ms", "bounces", "visits_begun", "visit_seconds", "depth", "reads",
)  # fmt: skip


def add_rollups(connection: Connection) -> None:
    """3 to 4: tables for the figures of days. They are empty, so that everything is counted from the events at first."""
    sums = ", ".join(f"{name} bigint not null default 0" for name in _SUMS_OF_ROLLUPS)
    connection.execute(text(f"create table if not exists rollups ({_KEY_OF_ROLLUPS}, {sums})"))
    connection.execute(
        text(f"create table if not exists rollup_ids ({_KEY_OF_ROLLUPS}, visitor_id bigint not null, visit_id bigint)")
    )
    connection.execute(
        text(
            "create table if not exists sealed_days (site varchar not null, day date not null, time_zone varchar not null,"
            " rules integer not null, start_at timestamp not null, end_at timestamp not null)"
        )
    )


def add_counted_days_and_months(connection: Connection) -> None:
    """4 to 5: which days have figures, also where events have changed since, and tables for the figures of months."""
    sums = ", ".join(f"{name} bigint not null default 0" for name in _SUMS_OF_ROLLUPS)
    connection.execute(text(f"create table if not exists month_rollups ({_KEY_OF_ROLLUPS}, {sums})"))
    connection.execute(
        text(
            f"create table if not exists month_rollup_ids ({_KEY_OF_ROLLUPS}, visitor_id bigint not null, visit_id bigint)"
        )
    )
    for table, unit in (("counted_days", "day"), ("counted_months", "month")):
        columns = f"site varchar not null, {unit} date not null, time_zone varchar not null, rules integer not null"
        connection.execute(text(f"create table if not exists {table} ({columns})"))
    connection.execute(
        text(
            "insert into counted_days select site, day, time_zone, rules from sealed_days"
            " where not exists (select 1 from counted_days)"
        )
    )


def add_company_visits(connection: Connection) -> None:
    """5 to 6: a table for what visits did as companies. It is empty until days are counted by the rules that fill it."""
    facts = "company varchar not null, company_domain varchar, company_method varchar, company_evidence varchar"
    network = "organisation varchar, asn bigint, network_kind varchar, country varchar, city varchar"
    sums = "pageviews bigint not null, engaged_ms bigint not null"
    connection.execute(
        text(
            f"create table if not exists company_visits (site varchar not null, day date not null, {facts},"
            f" company_confidence double, {network}, device varchar, source varchar, visitor_id bigint not null,"
            f" visit_id bigint not null, first_at timestamp not null, last_at timestamp not null, {sums})"
        )
    )


def add_company_pages_and_actions(connection: Connection) -> None:
    """6 to 7: tables for the pages that companies viewed and for what goals are about; visits of companies have a region."""
    connection.execute(text("alter table company_visits add column if not exists region varchar"))
    names = "company varchar not null, company_domain varchar, company_method varchar, company_evidence varchar"
    network = "company_confidence double, organisation varchar, asn bigint"
    connection.execute(
        text(
            f"create table if not exists company_pages (site varchar not null, day date not null, {names}, {network},"
            " path varchar, title varchar, views bigint not null)"
        )
    )
    connection.execute(
        text(
            "create table if not exists actions (site varchar not null, day date not null, visitor_id bigint not null,"
            " visit_id bigint not null, occurred_at timestamp not null, name varchar not null, path varchar,"
            " props varchar)"
        )
    )


def add_goal_events(connection: Connection) -> None:
    """7 to 8: tables for the events that reach goals. They are empty, so that goals are counted from the events at first."""
    key = "site varchar not null, day date not null, goal varchar not null"
    ids = "visitor_id bigint not null, visit_id bigint not null, occurred_at timestamp not null"
    connection.execute(
        text(f"create table if not exists goal_events ({key}, {ids}, detail varchar, revenue double, currency varchar)")
    )
    connection.execute(
        text(f"create table if not exists goal_days ({key}, time_zone varchar not null, rules integer not null)")
    )


def add_facts_of_company_visits(connection: Connection) -> None:
    """8 to 9: visits of companies say how they came, and with what. Rows do so once their days are counted by the rules that fill it."""
    campaign = ("campaign", "content", "term", "utm_source", "utm_medium")
    for column in ("channel", "social_kind", *campaign, "entry_page", "browser", "os", "language"):
        connection.execute(text(f"alter table company_visits add column if not exists {column} varchar"))


def keep_event_ids_apart(connection: Connection) -> None:
    """9 to 10: of an event only whether its client gave it an id; the ids themselves in a table of their own, those of the last days.

    Rewrites one column. The ids took up to a third of an event's room, and tell only an event that is sent again.
    """
    connection.execute(
        text(
            "create table if not exists event_ids (site varchar not null, visit_id bigint not null,"
            " occurred_at timestamp not null, event_id varchar not null)"
        )
    )
    columns = {name for (name,) in connection.execute(text("select name from pragma_table_info('events')"))}
    if "event_id" not in columns:
        return
    connection.execute(
        text(
            "insert into event_ids select site, visit_id, occurred_at, event_id from events where event_id is not null"
            " and occurred_at > (select max(occurred_at) from events) - to_days(:days)"
        ),
        {"days": _DAYS_OF_IDS},
    )
    connection.execute(text("alter table events alter column event_id type boolean using event_id is not null"))
    connection.execute(text("alter table events rename column event_id to has_event_id"))


# What was kept of goals on days whose events are gone, which nothing can count anew.
_GONE = """
    select e.*, d.time_zone from goal_events_before e
    join goal_days d on d.site = e.site and d.day = e.day and d.goal = e.goal
    join sealed_days s on s.site = e.site and s.day = e.day
    left join (select site, min(occurred_at) as first_at from events group by site) f on f.site = e.site
    where coalesce(f.first_at >= s.end_at, true)
"""
_IDS_OF_GONE = "insert into goal_ids select distinct site, day, goal, visitor_id, visit_id from gone"
_EVENTS_OF_GONE = """
    insert into goal_events select site, day, goal, visit_id, occurred_at, detail from gone
    where visit_id in (select visit_id from company_visits)
"""
_SUMS_OF_GONE = """
    insert into goal_sums select site, day, goal, dimension, value, count(*), 0, 0, 0, 0, 0, 0,
        case when dimension = 'currency' then sum(cast(revenue as decimal(38, 6))) end
    from (
        select *, unnest(['', 'hour', 'currency']) as dimension,
            unnest([null, cast(hour as varchar), currency]) as value
        from (select *, date_trunc('hour', timezone(time_zone, timezone('UTC', occurred_at))) as hour from gone)
    )
    where dimension <> 'currency' or value is not null group by site, day, goal, dimension, value
"""


def add_goal_sums(connection: Connection) -> None:
    """10 to 11: tables for what goals add up to by day. Single events are kept of visits that have a company alone.

    What was kept of goals goes, so that they are counted from the events until they are counted by day; of days whose
    events are gone it is added up, with all ids as ones that last.
    """
    key = "site varchar not null, day date not null, goal varchar not null"
    names = ("events", "visitors", "visitors_1", "visitors_2", "touched", "touched_1", "touched_2")
    sums = ", ".join(f"{name} bigint not null" for name in names)
    connection.execute(text("alter table goal_events rename to goal_events_before"))
    for columns in (
        f"goal_events ({key}, visit_id bigint not null, occurred_at timestamp not null, detail varchar)",
        f"goal_ids ({key}, visitor_id bigint not null, visit_id bigint not null)",
        f"goal_sums ({key}, dimension varchar not null, value varchar, {sums}, amount decimal(38, 6))",
    ):
        connection.execute(text(f"create table {columns}"))
    connection.execute(text(f"create temporary table gone as {_GONE}"))
    for statement in (_IDS_OF_GONE, _EVENTS_OF_GONE, _SUMS_OF_GONE):
        connection.execute(text(statement))
    gone = "(site, day, goal) in (select site, day, goal from gone)"
    connection.execute(text(f"delete from goal_days where not {gone}"))  # noqa: S608 - no text from outside
    connection.execute(text("update goal_days set rules = 2"))
    for table in ("gone", "goal_events_before"):
        connection.execute(text(f"drop table {table}"))


def add_goal_values(connection: Connection) -> None:
    """11 to 12: a table for the visits that reached any goal, by the values of dimensions. It is empty until days are counted for it."""
    key = "site varchar not null, day date not null, goal varchar not null"
    columns = f"{key}, dimension varchar not null, value varchar, visits bigint not null"
    connection.execute(text(f"create table if not exists goal_values ({columns})"))


# Steps by the version that they start from; a fresh store is created at SCHEMA_VERSION and needs none.
STEPS: dict[int, Step] = {
    1: add_visit_lengths,
    2: add_campaign_words_and_consent,
    3: add_rollups,
    4: add_counted_days_and_months,
    5: add_company_visits,
    6: add_company_pages_and_actions,
    7: add_goal_events,
    8: add_facts_of_company_visits,
    9: keep_event_ids_apart,
    10: add_goal_sums,
    11: add_goal_values,
}
