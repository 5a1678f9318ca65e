"""annotations of a site's days"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "annotations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hour", sa.Integer()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_annotations"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_annotations_site_id_sites", ondelete="CASCADE"),
    )
    op.create_index("ix_annotations_site_id_day", "annotations", ["site_id", "day"])


def downgrade() -> None:
    op.drop_table("annotations")
