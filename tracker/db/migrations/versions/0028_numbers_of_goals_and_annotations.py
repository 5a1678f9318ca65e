"""no goal, annotation or funnel gets the number of a removed one: views, alerts, funnels and programs name them by it

PostgreSQL's sequences never go back. No other table refers to these, so that rebuilding them takes nothing else away.
"""

from __future__ import annotations

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_TABLES = ("goals", "annotations", "funnels")


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
