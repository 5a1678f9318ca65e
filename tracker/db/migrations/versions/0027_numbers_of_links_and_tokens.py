"""no shared link and no API token gets the number of a revoked one: logs, forms and commands name them by it

PostgreSQL's sequences never go back. No other table refers to these two, so that rebuilding them takes nothing else away.
"""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_TABLES = ("shared_links", "api_tokens")


def upgrade() -> None:
    _rebuild(sqlite_autoincrement=True)


def downgrade() -> None:
    _rebuild(sqlite_autoincrement=False)


def _rebuild(*, sqlite_autoincrement: bool) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for name in _TABLES:
        with op.batch_alter_table(name, recreate="always", table_kwargs={"sqlite_autoincrement": sqlite_autoincrement}):
            pass
