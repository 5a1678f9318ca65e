"""The first day's checklist: what is left to do so that a site, or the service as a whole, counts and tells all it can.

What can be seen is seen; the rest somebody ticks off, which is kept in the app database.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import delete, exists, select

from tracker.db.copies import list_copies
from tracker.db.models import ChecklistMark, Delivery, ReportRecipient, Site
from tracker.enrichment.text.urls import is_development_host
from tracker.service.context import Context
from tracker.store.schema import events


class Task(StrEnum):
    """One thing to do, in the order in which a newcomer does them. The value is stored; never rename one."""

    COUNTING = "counting"
    NETWORK_DATABASE = "network_database"
    MAIL = "mail"
    PUBLIC_URL = "public_url"
    RECIPIENTS = "recipients"
    LEAVE_YOURSELF_OUT = "leave_yourself_out"
    BACKUPS = "backups"


# Whoever has done these may say so; of the others it can be seen, but for mail, where a test message says it.
TICKED_BY_HAND = frozenset({Task.LEAVE_YOURSELF_OUT, Task.BACKUPS})
_DISMISSED = "dismissed"


class State(NamedTuple):
    """A task, and whether it is done."""

    task: Task
    is_done: bool


def open_checklist(context: Context, site: Site | None, *, knows_networks: bool) -> list[State]:
    """Each task with its state, for a site or for the service as a whole; empty when all is done or it is dismissed."""
    marks = _marks(context, site)
    if _DISMISSED in marks:
        return []
    states = [State(task, _is_done(context, site, task, marks, knows_networks=knows_networks)) for task in Task]
    return [] if all(state.is_done for state in states) else states


def last_copied_at(context: Context) -> datetime | None:
    """When the service last copied its app database; None where it has not, or the database is not a file of its own.

    Such a copy is on the same disk and has no visits, so it is no backup: whether there is one cannot be seen from here.
    """
    file = context.app_db.file
    return next((copy.at for copy in list_copies(file)), None) if file is not None else None


def tick(context: Context, task: Task, site: Site | None) -> None:
    """Marks a task as done, for a site where it is one of its own, else for all."""
    _mark(context, task, site if task == Task.LEAVE_YOURSELF_OUT else None)


def dismiss(context: Context) -> None:
    """Nobody is shown the checklist any more."""
    _mark(context, _DISMISSED, None)


def _is_done(context: Context, site: Site | None, task: Task, marks: set[str], *, knows_networks: bool) -> bool:
    settings = context.settings
    if task in marks:
        return True
    if task == Task.COUNTING:
        return _counts(context, site)
    if task == Task.NETWORK_DATABASE:
        return knows_networks
    if task == Task.MAIL:
        return bool(settings.smtp_url and settings.mail_from) and _has_any(context, Delivery.status == "sent")
    if task == Task.PUBLIC_URL:
        return bool(settings.base_url) and not is_development_host(urlsplit(settings.base_url).hostname or "")
    if task == Task.RECIPIENTS:
        return bool(site.recipients) if site is not None else _has_any(context, ReportRecipient.id.is_not(None))
    if task == Task.LEAVE_YOURSELF_OUT:
        return bool(site.excluded_networks) if site is not None else _has_any(context, Site.excluded_networks != "")
    return False


def _counts(context: Context, site: Site | None) -> bool:
    found = select(events.c.site).limit(1)
    return bool(context.event_store.rows(found if site is None else found.where(events.c.site == site.stored_as)))


def _has_any(context: Context, condition: object) -> bool:
    with context.app_db.transaction() as session:
        return bool(session.scalar(select(exists().where(condition))))  # type: ignore[arg-type]


def _marks(context: Context, site: Site | None) -> set[str]:
    """What is ticked off for all, and for the site; for the service as a whole, what is for any of its sites."""
    question = ("checklist marks", site and site.id)
    return context.app_db.kept(question, lambda: _read_marks(context, site))


def _read_marks(context: Context, site: Site | None) -> set[str]:
    mine = ChecklistMark.site_id.is_(None)
    with context.app_db.transaction() as session:
        marks = select(ChecklistMark.task)
        return set(session.scalars(marks if site is None else marks.where(mine | (ChecklistMark.site_id == site.id))))


def _mark(context: Context, task: str, site: Site | None) -> None:
    site_id = site.id if site is not None else None
    is_this = (ChecklistMark.task == task) & (
        ChecklistMark.site_id.is_(None) if site_id is None else ChecklistMark.site_id == site_id
    )
    with context.app_db.transaction() as session:
        session.execute(delete(ChecklistMark).where(is_this))
        session.add(ChecklistMark(site_id=site_id, task=task, marked_at=context.now()))
