"""alerts: rules, what they raised, and the messages that leave"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "alert_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("amount", sa.Integer()),
        sa.Column("goal", sa.Text()),
        sa.Column("view_key", sa.Text()),
        sa.Column("list_name", sa.Text()),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("pace", sa.Text(), nullable=False),
        sa.Column("quiet_from", sa.Integer()),
        sa.Column("quiet_until", sa.Integer()),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("looked_at", _MOMENT),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], ondelete="CASCADE", name="fk_alert_rules_site_id_sites"),
        sa.PrimaryKeyConstraint("id", name="pk_alert_rules"),
    )
    op.create_index("ix_alert_rules_site_id", "alert_rules", ["site_id"])
    op.create_table(
        "alert_members",
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Text(), nullable=False),
        _of_rule("alert_members"),
        sa.PrimaryKeyConstraint("rule_id", "company_id", name="pk_alert_members"),
    )
    _create_messages()


def _create_messages() -> None:
    op.create_table(
        "outgoing_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer()),
        sa.Column("key", sa.Text()),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("claimed_at", _MOMENT),
        sa.Column("delivered_at", _MOMENT),
        sa.Column("error", sa.Text()),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], ondelete="CASCADE", name="fk_outgoing_messages_site_id_sites"
        ),
        _of_rule("outgoing_messages"),
        sa.PrimaryKeyConstraint("id", name="pk_outgoing_messages"),
        sa.UniqueConstraint("uid", name="uq_outgoing_messages_uid"),
        sa.UniqueConstraint("rule_id", "key", name="uq_outgoing_messages_rule_id"),
    )
    op.create_index("ix_outgoing_messages_site_id", "outgoing_messages", ["site_id"])
    op.create_index("ix_outgoing_messages_status_due_at", "outgoing_messages", ["status", "due_at"])
    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("company_id", sa.Text()),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("happened_at", _MOMENT, nullable=False),
        sa.Column("raised_at", _MOMENT, nullable=False),
        sa.Column("message_id", sa.Integer()),
        _of_rule("alerts"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["outgoing_messages.id"], ondelete="SET NULL", name="fk_alerts_message_id_outgoing_messages"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
        sa.UniqueConstraint("rule_id", "key", name="uq_alerts_rule_id"),
    )
    op.create_index("ix_alerts_message_id", "alerts", ["message_id"])
    op.create_table(
        "outgoing_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("status_code", sa.Integer()),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["outgoing_messages.id"],
            ondelete="CASCADE",
            name="fk_outgoing_attempts_message_id_outgoing_messages",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_outgoing_attempts"),
    )
    op.create_index("ix_outgoing_attempts_message_id", "outgoing_attempts", ["message_id"])


def _of_rule(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["rule_id"], ["alert_rules.id"], ondelete="CASCADE", name=f"fk_{table}_rule_id_alert_rules"
    )


def downgrade() -> None:
    for table in ("outgoing_attempts", "alerts", "outgoing_messages", "alert_members", "alert_rules"):
        op.drop_table(table)
