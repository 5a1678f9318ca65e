"""the domains of a site, its name, the pages that it leaves out, and its removal"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_SITES = sa.table("sites", sa.column("id"), sa.column("former_domains"), sa.column("created_at"))


def upgrade() -> None:
    made = op.create_table(
        "site_domains",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("is_former", sa.Boolean(), nullable=False),
        sa.Column("counts_until", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_site_domains"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_site_domains_site_id_sites", ondelete="CASCADE"),
        sa.UniqueConstraint("domain", name="uq_site_domains_domain"),
    )
    op.create_index("ix_site_domains_site_id", "site_domains", ["site_id"])
    for site, names, at in op.get_bind().execute(sa.select(*_SITES.c)).all():
        for name in names.split():
            op.execute(
                made.insert().values(
                    site_id=site, domain=name, is_former=True, created_at=sa.cast(at, sa.DateTime(timezone=True))
                )
            )
    with op.batch_alter_table("sites") as table:
        table.add_column(sa.Column("label", sa.Text()))
        table.add_column(sa.Column("excluded_pages", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("removed_at", sa.DateTime(timezone=True)))
        table.add_column(sa.Column("removed_by", sa.Text()))
        table.drop_column("former_domains")


def downgrade() -> None:
    with op.batch_alter_table("sites") as table:
        table.add_column(sa.Column("former_domains", sa.Text(), nullable=False, server_default=""))
        for name in ("label", "excluded_pages", "removed_at", "removed_by"):
            table.drop_column(name)
    op.drop_table("site_domains")
