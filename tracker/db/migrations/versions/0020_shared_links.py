"""links by which a site's dashboard or report is shared"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shared_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text()),
        sa.Column("password_hash", sa.Text()),
        sa.Column("ends_at", sa.DateTime(timezone=True)),
        sa.Column("filters", sa.Text(), nullable=False),
        sa.Column("shows_companies", sa.Boolean(), nullable=False),
        sa.Column("frame_hosts", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_shared_links"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_shared_links_site_id_sites", ondelete="CASCADE"),
        sa.UniqueConstraint("token_hash", name="uq_shared_links_token_hash"),
    )
    op.create_index("ix_shared_links_site_id", "shared_links", ["site_id"])


def downgrade() -> None:
    op.drop_table("shared_links")
