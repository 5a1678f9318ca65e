"""The app database of another version: an older one is migrated with what it holds, a newer one is left alone."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, select, text

from tracker.db.engine import open_app_database
from tracker.db.errors import NewerDatabaseError
from tracker.db.migrations.schema_number import MIGRATIONS, newest_number
from tracker.db.models import Annotation, Base, Funnel, SiteGoal
from tracker.db.sharing_models import ApiToken, SharedLink
from tracker.sites.sites import add_site, list_sites

NOW = datetime(2026, 11, 16, tzinfo=UTC)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/app.sqlite"


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config)


@cache
def empty_databases() -> dict[str, bytes]:
    """The file of an empty database of each version, oldest first: each migration is made once for all later ones."""
    made = {}
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "app.sqlite"
        engine = create_engine(f"sqlite:///{path}")
        for revision in reversed([script.revision for script in scripts().walk_revisions()]):
            with engine.connect() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, revision)
                connection.commit()
            made[revision] = path.read_bytes()
        engine.dispose()
    return made


@pytest.mark.parametrize("revision", [script.revision for script in scripts().walk_revisions()])
def test_a_database_of_every_earlier_version_is_migrated(url: str, tmp_path: Path, revision: str) -> None:
    (tmp_path / "app.sqlite").write_bytes(empty_databases()[revision])
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "insert into sites (domain, time_zone, language, excluded_networks, disabled_rules, created_at) values ('a.fr', 'UTC', 'fr', '', '', :now)"
            ),
            {"now": "2026-11-16 00:00:00.000000"},
        )
        _add_recipient(connection)
    engine.dispose()
    opened = open_app_database(url)
    assert [site.domain for site in list_sites(opened)] == ["a.fr"]
    with opened.engine.connect() as connection:
        kept = connection.execute(text("select email from report_recipients")).scalars().all()
        assert kept == ["lea@a.fr"], "what belongs to a site is still there, though its table was made anew"
        assert connection.execute(text("pragma foreign_keys")).scalar_one() == 1
        assert connection.execute(text("pragma foreign_key_check")).all() == []
        assert MigrationContext.configure(connection).get_current_revision() == scripts().get_current_head()
    opened.close()


def _add_recipient(connection: Connection) -> None:
    """Adds a recipient to the site, with a value for each column that this version asks for."""
    usual = {"site_id": 1, "email": "lea@a.fr", "created_at": "2026-11-16 00:00:00.000000"}
    columns = inspect(connection).get_columns("report_recipients")
    needed = [
        one["name"]
        for one in columns
        if one["name"] in usual or not (one["nullable"] or one["default"] or one["name"] == "id")
    ]
    values = {name: usual.get(name, "") for name in needed}
    placed = ", ".join(f":{name}" for name in needed)
    connection.execute(text(f"insert into report_recipients ({', '.join(needed)}) values ({placed})"), values)


_OF_A_SITE = "insert into sites (domain, time_zone, language, excluded_networks, disabled_rules, created_at) values ('a.fr', 'UTC', 'fr', '', '', :at)"


@pytest.mark.parametrize(
    ("revision", "row", "model", "shown"),
    [
        (
            "0026",
            "shared_links (id, site_id, name, page, token_hash, filters, shows_companies, frame_hosts, created_by, created_at) values (7, 1, 'x', 'dashboard', 'h', '[]', 1, '', 'lea@a.fr', :at)",
            SharedLink,
            {"id": 7, "name": "x", "shows_companies": True},
        ),
        (
            "0026",
            "api_tokens (id, site_id, name, token_hash, may_change, created_at) values (3, 1, 'y', 'h', 0, :at)",
            ApiToken,
            {"id": 3, "name": "y", "created_by": ""},
        ),
        (
            "0027",
            "goals (id, site_id, kind, pattern, name, points, counts, created_at) values (5, 1, 'event', 'x', 'X', 3, 1, :at)",
            SiteGoal,
            {"id": 5, "name": "X", "points": 3},
        ),
        (
            "0027",
            "annotations (id, site_id, day, text, created_at) values (7, 1, '2026-11-16', 'y', :at)",
            Annotation,
            {"id": 7, "text": "y", "hour": None},
        ),
        (
            "0027",
            "funnels (id, site_id, name, steps, days, in_order, created_at) values (9, 1, 'z', '[]', 0, 1, :at)",
            Funnel,
            {"id": 9, "name": "z", "in_order": True},
        ),
    ],
)
def test_a_row_stays_when_its_table_is_made_anew(
    url: str, tmp_path: Path, revision: str, row: str, model: Any, shown: dict[str, Any]
) -> None:
    (tmp_path / "app.sqlite").write_bytes(empty_databases()[revision])
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in (_OF_A_SITE, f"insert into {row}"):
            connection.execute(text(statement), {"at": "2026-11-16 00:00:00.000000"})
    engine.dispose()
    opened = open_app_database(url)
    with opened.transaction() as session:
        assert [{name: getattr(one, name) for name in shown} for one in session.scalars(select(model))] == [shown]
    opened.close()


def test_migrations_lead_to_the_models(url: str) -> None:
    opened = open_app_database(url)
    with opened.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    opened.close()


def test_the_newest_number_is_that_of_the_last_migration() -> None:
    assert newest_number() == scripts().get_current_head()


def test_a_database_of_a_newer_version_is_refused_and_left_alone(url: str) -> None:
    opened = open_app_database(url)
    add_site(opened, "a.fr", now=NOW)
    opened.close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
        connection.execute(text("alter table sites add column of_the_future text"))
    with pytest.raises(NewerDatabaseError, match=r"^the app database is at schema 9999, written by a newer version"):
        open_app_database(url)
    assert "of_the_future" in {column["name"] for column in inspect(engine).get_columns("sites")}
    engine.dispose()


def test_opening_it_again_changes_nothing(url: str) -> None:
    first = open_app_database(url)
    add_site(first, "a.fr", now=NOW)
    first.close()
    second = open_app_database(url)
    assert len(list_sites(second)) == 1
    second.close()
