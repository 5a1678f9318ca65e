"""rules of fit, of a site"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("workflow_settings") as table:
        table.add_column(sa.Column("fit_rules", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("workflow_settings") as table:
        table.drop_column("fit_rules")
