"""The app database's tables of companies and the public registers: what publishers say, and what was found for each site.

Importing this module adds the tables to those of tracker.db.models; tracker.db.engine does.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db.models import Base


class RegisterChoice(Base):
    """Which entry of a register a company is, chosen for all sites. It names the entry, so it outlives an edition.

    `company` is a folded name (tracker.leads.companies.names). `number` is missing where the company is none of the register.
    """

    __tablename__ = "register_choices"

    id: Mapped[int] = mapped_column(primary_key=True)
    company: Mapped[str] = mapped_column(unique=True)
    domain: Mapped[str | None] = mapped_column(index=True)
    register: Mapped[str]
    number: Mapped[str | None]
    made_by: Mapped[str]  # the user's email
    made_at: Mapped[datetime]


class RegisterMatch(Base):
    """What a site's company was found to be in the registers, by the name that its pages show.

    `asked` is what was asked and `edition` whom: a match is made again when one of them is another
    (tracker.leads.registers.matching). `facts` are those of the entry, missing where none is the company.
    """

    __tablename__ = "register_matches"
    __table_args__ = (UniqueConstraint("site_id", "company"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    company: Mapped[str]
    asked: Mapped[str] = mapped_column(Text)
    edition: Mapped[str]
    facts: Mapped[str | None] = mapped_column(Text)


class RegisterMatches(Base):
    """Of which state a site's matches are: `revision` is another after each change of them, so that what was read can be kept."""

    __tablename__ = "register_match_revisions"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[str]
    changed_at: Mapped[datetime]
