"""which entry of a public register each company of a site was found to be"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "register_matches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text()),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name="fk_register_matches_site_id_sites", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_register_matches"),
        sa.UniqueConstraint("site_id", "company", name="uq_register_matches_site_id"),
    )
    op.create_table(
        "register_match_revisions",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name="fk_register_match_revisions_site_id_sites", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("site_id", name="pk_register_match_revisions"),
    )


def downgrade() -> None:
    op.drop_table("register_match_revisions")
    op.drop_table("register_matches")
