"""what readers agree to"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sites", sa.Column("honours_signals", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("sites", sa.Column("keeps_emails", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("sites", sa.Column("link_key", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    for name in ("link_key", "keeps_emails", "honours_signals"):
        op.drop_column("sites", name)
