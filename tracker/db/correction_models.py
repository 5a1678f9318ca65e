"""The app database's table of corrections to companies: what they are called, and which events are not theirs.

A row is data that is applied when reports read (tracker.leads.corrections); no event is touched. Importing this module
adds the table to those of tracker.db.models; tracker.db.engine does.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db.models import Base


class CompanyCorrection(Base):
    """One correction: of a site, or of all sites where `site_id` is missing.

    `kind` is a tracker.leads.corrections.rules.Kind; `subject` is what it is about (a name, a domain, the digits of an AS
    number), `target` the name that counts instead.
    """

    __tablename__ = "company_corrections"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    subject: Mapped[str]
    target: Mapped[str | None]
    made_by: Mapped[str]  # the user's email
    made_at: Mapped[datetime]
