"""which entry of a public register a company is, chosen by a publisher"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "register_choices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text()),
        sa.Column("register", sa.Text(), nullable=False),
        sa.Column("number", sa.Text()),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_register_choices"),
        sa.UniqueConstraint("company", name="uq_register_choices_company"),
    )
    op.create_index("ix_register_choices_domain", "register_choices", ["domain"])


def downgrade() -> None:
    op.drop_table("register_choices")
