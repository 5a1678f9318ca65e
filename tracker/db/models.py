"""The app database's tables: sites, users and their sessions, report recipients, what was sent, salts, one-time links.

Times are aware UTC; SQLite stores no time zone, so `UtcDateTime` adds it when it reads. Hits and events are not stored here.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from tracker.sites.domain_name import shown_domain

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


# Tables whose rows never reach a copy of the database (tracker.db.copies). A day's salt must not outlive its day, and
# nobody may sign in with what a copy contains. A new table is copied or stands here (tests/db/test_copies.py).
LEFT_OUT_OF_COPIES = ("salts", "one_time_links", "user_sessions")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime, also where the database stores no time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime, str: Text}


class Site(Base):
    """A publisher's website. `domain` is the snippet's data-domain, as tracker.sites.domain_name normalises it."""

    __tablename__ = "sites"

    id: Mapped[int] = mapped_column(primary_key=True)
    domain: Mapped[str] = mapped_column(unique=True)
    time_zone: Mapped[str] = mapped_column(default="Europe/Paris")
    language: Mapped[str] = mapped_column(default="fr")
    excluded_networks: Mapped[str] = mapped_column(default="")  # one IP address or network a line
    disabled_rules: Mapped[str] = mapped_column(default="")  # bot rules switched off, one a line
    honours_signals: Mapped[bool] = mapped_column(default=False)  # Global Privacy Control and Do Not Track
    keeps_emails: Mapped[bool] = mapped_column(default=False)  # the email addresses that visitors gave with consent
    link_key: Mapped[str] = mapped_column(default="")  # signs the tokens of newsletter links; made on first use
    page_parameters: Mapped[str | None]  # query parameters that identify a page, by spaces; None: WordPress's
    counts_development: Mapped[bool] = mapped_column(default=False)  # pages on localhost, private networks, .test, …
    staging_hosts: Mapped[str] = mapped_column(default="")  # not counted; one a line
    other_hosts: Mapped[str] = mapped_column(default="")  # further hosts that the publisher has counted; one a line
    excluded_referrers: Mapped[str] = mapped_column(
        default=""
    )  # spammers' hosts, their subdomains included; one a line
    buying_pages: Mapped[str | None]  # a pattern and its weight a line; None: the defaults
    excluded_pages: Mapped[str] = mapped_column(default="")  # patterns of paths that are not counted; one a line
    label: Mapped[str | None]  # what the site is called; None: its domain
    # The site's name in the event store: its first domain.
    stored_as: Mapped[str] = mapped_column(default=lambda context: context.get_current_parameters()["domain"])
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]  # set aside, and gone for good some days later (tracker.sites.removal)
    removed_by: Mapped[str | None]  # the user's email; None: the operator

    @property
    def name(self) -> str:
        """What the site is called: its own name, else the domain as people write it, in its own script."""
        return self.label or shown_domain(self.domain)

    domains: Mapped[list[SiteDomain]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="SiteDomain.id"
    )

    recipients: Mapped[list[ReportRecipient]] = relationship(
        back_populates="site", cascade="all, delete-orphan", order_by="ReportRecipient.email"
    )
    confirmations: Mapped[list[CompanyConfirmation]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    goals: Mapped[list[SiteGoal]] = relationship(lazy="selectin", cascade="all, delete-orphan", order_by="SiteGoal.id")

    @property
    def confirmed_names(self) -> frozenset[str]:
        """The names of the companies that the publisher has confirmed."""
        return frozenset(one.company for one in self.confirmations)


class SiteDomain(Base):
    """A domain beside a site's own: a former one, which still finds the site, or a further one that is counted for it.

    Hits with it are counted until `counts_until`; None is without an end.
    """

    __tablename__ = "site_domains"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"), index=True)
    domain: Mapped[str] = mapped_column(unique=True)
    is_former: Mapped[bool]
    counts_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class User(Base):
    """Someone who signs in to the dashboard."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str | None]  # as the person writes it
    password_hash: Mapped[str]
    language: Mapped[str | None]
    uses_keys: Mapped[bool] = mapped_column(default=True)  # single letters are shortcuts on the dashboard's pages
    created_at: Mapped[datetime]
    last_sign_in_at: Mapped[datetime | None]


class UserSession(Base):
    """One device on which a user is signed in. Only the hash of its token is stored; deleting the row ends it."""

    __tablename__ = "user_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    browser: Mapped[str | None]
    system: Mapped[str | None]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]

    user: Mapped[User] = relationship()


class ReportRecipient(Base):
    """An email address that gets a site's report, with what it chose (tracker.recipients).

    Nothing is sent before `confirmed_at`, nor from `paused_at` on. `chosen_at` is when the rhythm was last changed.
    """

    __tablename__ = "report_recipients"
    __table_args__ = (UniqueConstraint("site_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    email: Mapped[str]
    created_at: Mapped[datetime]
    language: Mapped[str | None]  # None: the site's
    rhythm: Mapped[str] = mapped_column(default="weekly")  # `weekly`, `monthly` or `none`
    weekday: Mapped[int] = mapped_column(default=0)  # of weekly reports; Monday is 0
    hour: Mapped[int] = mapped_column(default=8)  # in the site's time zone
    view_key: Mapped[str | None]  # the saved view whose companies it lists; None: the site's choice
    confirmed_at: Mapped[datetime | None]
    chosen_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    pause_reason: Mapped[str | None]  # `bounce` or `complaint`
    pause_detail: Mapped[str | None]  # what the mail server or the provider said

    site: Mapped[Site] = relationship(back_populates="recipients")


class CompanyConfirmation(Base):
    """The publisher confirms a company that only its visitor had named."""

    __tablename__ = "company_confirmations"
    __table_args__ = (UniqueConstraint("site_id", "company"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    company: Mapped[str]
    confirmed_by: Mapped[str]  # the user's email
    confirmed_at: Mapped[datetime]


class SiteGoal(Base):
    """A goal that the publisher added; where `counts` is false, one of those of every site that they took off.

    `kind` and `pattern` are those of tracker.stats.goals.
    """

    __tablename__ = "goals"
    __table_args__ = (UniqueConstraint("site_id", "kind", "pattern"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    kind: Mapped[str]
    pattern: Mapped[str]
    name: Mapped[str]
    points: Mapped[int]
    counts: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class Delivery(Base):
    """One report to one recipient. It is claimed before it is sent, so that two runs at the same time send it once.

    `status` is that of tracker.delivery.sent_log. A failed delivery may be claimed again after `retry_at`.
    """

    __tablename__ = "deliveries"
    __table_args__ = (UniqueConstraint("site_id", "report", "period", "recipient"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    report: Mapped[str]  # "weekly", "monthly", "confirmation"
    period: Mapped[str]  # "2026-W46", "2026-11"
    recipient: Mapped[str]
    status: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    retry_at: Mapped[datetime | None]
    error: Mapped[str | None]


class ChecklistMark(Base):
    """What somebody ticked off the first day's checklist, of a site or of the service as a whole."""

    __tablename__ = "checklist_marks"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    task: Mapped[str]
    marked_at: Mapped[datetime]


class Annotation(Base):
    """What a publisher did on a day of the site's calendar, and if somebody said so in which hour."""

    __tablename__ = "annotations"
    __table_args__ = (Index("ix_annotations_site_id_day", "site_id", "day"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    day: Mapped[date]
    hour: Mapped[int | None]
    text: Mapped[str]
    created_by: Mapped[str | None]  # the user's email; None: a command
    created_at: Mapped[datetime]


class Funnel(Base):
    """Steps that a publisher hopes visitors take: a JSON list of pairs, a kind of tracker.stats.funnels and its value."""

    __tablename__ = "funnels"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    steps: Mapped[str]
    days: Mapped[int]  # from the first step to the last; 0: within one visit
    in_order: Mapped[bool]
    created_by: Mapped[str | None]  # the user's email; None: a command
    created_at: Mapped[datetime]


class Salt(Base):
    """The secret of one day's visitor ids. Deleted once no event of that day can arrive: then no id leads to a visitor."""

    __tablename__ = "salts"

    day: Mapped[date] = mapped_column(primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class OneTimeLink(Base):
    """A link that works once, such as the first user's. Only the hash of its token is stored."""

    __tablename__ = "one_time_links"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    email: Mapped[str | None]  # the person it is for; None for anybody
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ImportedLog(Base):
    """An imported access log, known by the hash of its contents so that it is not counted twice."""

    __tablename__ = "imported_logs"
    __table_args__ = (UniqueConstraint("site_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    sha256: Mapped[str]
    file_name: Mapped[str]
    lines: Mapped[int]
    imported_at: Mapped[datetime]
