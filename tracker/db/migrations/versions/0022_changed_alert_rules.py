"""alert rules: paused, and signed with two secrets while one takes the other's place; the records of companies in CRMs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for column in (
        sa.Column("paused_at", _MOMENT),
        sa.Column("old_secret", sa.Text()),
        sa.Column("old_secret_until", _MOMENT),
    ):
        op.add_column("alert_rules", column)
    op.create_table(
        "crm_records",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], ondelete="CASCADE", name="fk_crm_records_site_id_sites"),
        sa.PrimaryKeyConstraint("site_id", "target", "domain", name="pk_crm_records"),
    )


def downgrade() -> None:
    op.drop_table("crm_records")
    with op.batch_alter_table("alert_rules") as table:
        for name in ("old_secret_until", "old_secret", "paused_at"):
            table.drop_column(name)
