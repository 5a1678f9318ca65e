"""people's names, and whom a one-time link is for"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("name", sa.Text(), nullable=True))
    op.add_column("one_time_links", sa.Column("email", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("one_time_links", "email")
    op.drop_column("users", "name")
