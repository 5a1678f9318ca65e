"""The app database's tables of what a publisher shares with people without an account, and with programs.

A number of theirs names one row for ever: logs have it after the row was deleted.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db.models import Base


class SharedLink(Base):
    """A link to a site's dashboard or report. Only the hash of its token is stored; deleting the row revokes it.

    `filters` are texts as tracker.stats.filters.address_bar writes them, as a JSON list. `frame_hosts` are hosts whose
    pages may embed it, one a line. A public dashboard has no token.
    """

    __tablename__ = "shared_links"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    page: Mapped[str]  # that of tracker.sharing.links.Page
    token_hash: Mapped[str | None] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    ends_at: Mapped[datetime | None]
    filters: Mapped[str]
    shows_companies: Mapped[bool]
    frame_hosts: Mapped[str]
    created_by: Mapped[str]  # the user's email
    created_at: Mapped[datetime]


class ApiToken(Base):
    """A token by which a program asks the HTTP API about one site. Only its hash is stored; deleting the row revokes it."""

    __tablename__ = "api_tokens"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    may_change: Mapped[bool]
    created_by: Mapped[str] = mapped_column(server_default="")  # the user's email, or the command; empty where unknown
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]  # to the minute
