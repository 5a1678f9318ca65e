"""The app database's table of what publishers say of companies and the public registers.

Importing this module adds the table to those of tracker.db.models; tracker.db.engine does.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from tracker.db.models import Base


class RegisterChoice(Base):
    """Which entry of a register a company is, chosen for all sites. It names the entry, so it outlives an edition.

    `company` is a folded name (tracker.leads.companies.folded). `number` is missing where the company is none of the register.
    """

    __tablename__ = "register_choices"

    id: Mapped[int] = mapped_column(primary_key=True)
    company: Mapped[str] = mapped_column(unique=True)
    domain: Mapped[str | None] = mapped_column(index=True)
    register: Mapped[str]
    number: Mapped[str | None]
    made_by: Mapped[str]  # the user's email
    made_at: Mapped[datetime]
