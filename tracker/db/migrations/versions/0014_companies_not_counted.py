"""whether a site's traffic figures leave out its internal and ignored companies"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("workflow_settings") as table:
        table.add_column(sa.Column("counts_all_companies", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    with op.batch_alter_table("workflow_settings") as table:
        table.drop_column("counts_all_companies")
