"""The app database's tables of alerts: rules, what they raised, and the messages that leave for webhooks and the like.

Importing this module adds the tables to those of tracker.db.models; tracker.db.engine does.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db.models import Base


class AlertRule(Base):
    """What is to be told, of which companies, where to and how often (tracker.leads.alerts.rules).

    It tells what happens from `made_at` on: when it was made, given another trigger or resumed. `looked_at` is the moment up
    to which all hits that had arrived were looked at; None before the first look. A webhook is signed with `old_secret` as
    well until `old_secret_until`.
    """

    __tablename__ = "alert_rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    trigger: Mapped[str]
    amount: Mapped[int | None]  # the score, days, hours or percent of the trigger
    goal: Mapped[str | None]  # a goal's key; None: any goal
    view_key: Mapped[str | None]  # the saved view whose companies it watches; None: all
    list_name: Mapped[str | None]  # the list whose companies it watches
    channel: Mapped[str]
    target: Mapped[str]  # a URL or an email
    secret: Mapped[str]  # signs webhooks, or is the token of a CRM; empty for other channels
    fields: Mapped[str | None]  # JSON: the fields of a CRM by what they are filled with
    pace: Mapped[str]
    quiet_from: Mapped[int | None]  # hours in the site's time zone
    quiet_until: Mapped[int | None]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    looked_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    old_secret: Mapped[str | None]
    old_secret_until: Mapped[datetime | None]


class AlertMember(Base):
    """A company that meets the condition of a rule which tells of those that begin to meet it."""

    __tablename__ = "alert_members"

    rule_id: Mapped[int] = mapped_column(ForeignKey("alert_rules.id", ondelete="CASCADE"), primary_key=True)
    company_id: Mapped[str] = mapped_column(primary_key=True)


class OutgoingMessage(Base):
    """One message to one URL or email: it is written with what it tells, and then delivered (tracker.delivery.outbox).

    `uid` is the id that the receiver sees, the same in each attempt. `key` keeps a digest from being written twice.
    """

    __tablename__ = "outgoing_messages"
    __table_args__ = (
        UniqueConstraint("rule_id", "key"),
        Index("ix_outgoing_messages_status_due_at", "status", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"), index=True)
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("alert_rules.id", ondelete="CASCADE"))
    key: Mapped[str | None]
    payload: Mapped[str]  # JSON: what is told, as tracker.leads.alerts.payload has it
    status: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    error: Mapped[str | None]


class Alert(Base):
    """What a rule raised, once: `key` says of what, such as a company and a day."""

    __tablename__ = "alerts"
    __table_args__ = (UniqueConstraint("rule_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("alert_rules.id", ondelete="CASCADE"))
    key: Mapped[str]
    company_id: Mapped[str | None]
    facts: Mapped[str]  # JSON
    happened_at: Mapped[datetime]
    raised_at: Mapped[datetime]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("outgoing_messages.id", ondelete="SET NULL"), index=True)


class OutgoingAttempt(Base):
    """One attempt to deliver a message, with what the other side answered."""

    __tablename__ = "outgoing_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("outgoing_messages.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    status_code: Mapped[int | None]
    answer: Mapped[str]
    took_ms: Mapped[int]


class CrmRecord(Base):
    """The record that a company has in a CRM (tracker.delivery.outbox.crm.records): `target` is the URL of its API."""

    __tablename__ = "crm_records"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True)
    target: Mapped[str] = mapped_column(primary_key=True)
    domain: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str]
