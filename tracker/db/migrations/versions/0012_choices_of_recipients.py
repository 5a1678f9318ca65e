"""what each recipient of a report chose, whether they confirmed it, and why nothing is sent to them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_TABLE = "report_recipients"
_MAY_BE_MISSING = ("language", "view_key", "pause_reason", "pause_detail")


def upgrade() -> None:
    for name in _MAY_BE_MISSING:
        op.add_column(_TABLE, sa.Column(name, sa.Text(), nullable=True))
    op.add_column(_TABLE, sa.Column("rhythm", sa.Text(), nullable=False, server_default="weekly"))
    op.add_column(_TABLE, sa.Column("weekday", sa.Integer(), nullable=False, server_default="0"))
    op.add_column(_TABLE, sa.Column("hour", sa.Integer(), nullable=False, server_default="8"))
    for name in ("confirmed_at", "chosen_at", "paused_at"):
        op.add_column(_TABLE, sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    # Whoever has had the report so far goes on having it.
    op.execute("UPDATE report_recipients SET confirmed_at = created_at")


def downgrade() -> None:
    for name in ("paused_at", "chosen_at", "confirmed_at", "hour", "weekday", "rhythm", *reversed(_MAY_BE_MISSING)):
        op.drop_column(_TABLE, name)
