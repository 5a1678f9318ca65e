"""the referrers that a site does not count"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sites", sa.Column("excluded_referrers", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("sites", "excluded_referrers")
