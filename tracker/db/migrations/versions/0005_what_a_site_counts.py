"""what a site counts, and its names"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TEXTS = ("staging_hosts", "other_hosts", "former_domains", "stored_as")


def upgrade() -> None:
    op.add_column("sites", sa.Column("page_parameters", sa.Text(), nullable=True))
    op.add_column("sites", sa.Column("counts_development", sa.Boolean(), nullable=False, server_default=sa.false()))
    for name in _TEXTS:
        op.add_column("sites", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE sites SET stored_as = domain")


def downgrade() -> None:
    for name in (*reversed(_TEXTS), "counts_development", "page_parameters"):
        op.drop_column("sites", name)
