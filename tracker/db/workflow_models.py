"""The app database's tables of what a site's people do with its companies: work, notes, history, lists, saved views, trash.

A row hangs on the company's stable id (tracker.leads.companies.ids), so that no event is touched. Importing this module adds
the tables to those of tracker.db.models; tracker.db.engine does.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db.models import Base


class CompanyWork(Base):
    """What the publisher set for one company. A company without a row has all defaults: nothing was set.

    `version` counts the changes, of tags and notes too. SQLAlchemy compares it in each update, so that of two changes at
    the same time one is refused (https://docs.sqlalchemy.org/en/20/orm/versioning.html).
    """

    __tablename__ = "company_work"
    __table_args__ = (UniqueConstraint("site_id", "company_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    company_id: Mapped[str]
    version: Mapped[int] = mapped_column()
    status: Mapped[str | None]
    kind: Mapped[str | None]  # set by hand; None leaves it to rules and lists
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    remind_on: Mapped[date | None]
    is_hidden: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy declares it so


class CompanyTag(Base):
    """A word that the publisher put on a company."""

    __tablename__ = "company_tags"
    __table_args__ = (UniqueConstraint("site_id", "company_id", "tag"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    company_id: Mapped[str]
    tag: Mapped[str]


class CompanyNote(Base):
    """A note on a company. One that was taken back stays, so that it can be brought back."""

    __tablename__ = "company_notes"
    __table_args__ = (Index("ix_company_notes_site_id_company_id", "site_id", "company_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    company_id: Mapped[str]
    text: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    author: Mapped[str]  # the email that the author had
    written_at: Mapped[datetime]
    is_removed: Mapped[bool] = mapped_column(default=False)


class CompanyChange(Base):
    """One entry of the history: who changed which field of a company from what to what.

    `action` is the same for all that one click changed. `version` is the company's after the change. `undoes` is the
    action that it takes back.
    """

    __tablename__ = "company_changes"
    __table_args__ = (Index("ix_company_changes_site_id_company_id", "site_id", "company_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    company_id: Mapped[str]
    action: Mapped[str] = mapped_column(index=True)
    field: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str | None]
    version: Mapped[int] = mapped_column()
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    made_by: Mapped[str]  # the email that the user had
    made_at: Mapped[datetime]
    undoes: Mapped[str | None]
    is_undone: Mapped[bool] = mapped_column(default=False)


class CompanyList(Base):
    """A list of companies that the publisher imported. `kind` is what its companies are, if it says so."""

    __tablename__ = "company_lists"
    __table_args__ = (UniqueConstraint("site_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    name: Mapped[str]
    kind: Mapped[str | None]
    imported_at: Mapped[datetime]
    imported_by: Mapped[str]


class CompanyListEntry(Base):
    """One line of a list: a domain, or a name in the form in which names are compared."""

    __tablename__ = "company_list_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("company_lists.id", ondelete="CASCADE"), index=True)
    written: Mapped[str]  # as the file has it
    domain: Mapped[str | None]
    name_key: Mapped[str | None]


class SavedView(Base):
    """A filter with a name: which companies, in which order, with which columns."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("site_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    key: Mapped[str]  # in URLs and commands
    name: Mapped[str]
    filters: Mapped[str]  # tracker.stats.filters.json's stored form
    sort: Mapped[str]
    columns: Mapped[str]  # by spaces
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class WorkflowSettings(Base):
    """What a site's people agreed on. A site without a row has the defaults of tracker.leads.workflow."""

    __tablename__ = "workflow_settings"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True)
    statuses: Mapped[str]  # JSON: codes in their order, or [code, name] of one that was renamed
    kind_rules: Mapped[str]  # JSON: [[kind, stored filters], …], the first that matches holds
    counts_all_companies: Mapped[bool] = mapped_column(default=True)  # False: traffic without internal and ignored ones
    fit_rules: Mapped[str | None]  # JSON: [[weight, stored filters], …]; None for none
    email_view: Mapped[str | None]  # the key of the view whose companies the weekly email lists


class Trash(Base):
    """Something that the site's people removed, so that it can be brought back (tracker.sites.trash)."""

    __tablename__ = "trash"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"), index=True)
    thing: Mapped[str]
    name: Mapped[str]  # as pages call it
    kept: Mapped[str]  # JSON: what it consists of
    removed_by: Mapped[str | None]  # the email that the user had; None: the operator
    removed_at: Mapped[datetime]
