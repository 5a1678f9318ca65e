"""which fields of a CRM a rule fills"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("alert_rules") as table:
        table.add_column(sa.Column("fields", sa.Text()))


def downgrade() -> None:
    with op.batch_alter_table("alert_rules") as table:
        table.drop_column("fields")
