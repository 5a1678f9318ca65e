"""What is set for one id of a company: reads and writes its fields, its tags and notes, each change with its history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from tracker.db.workflow_models import CompanyChange, CompanyNote, CompanyTag, CompanyWork
from tracker.leads.workflow.vocabulary import Field


@dataclass(frozen=True)
class Person:
    """Who makes a change."""

    user_id: int | None
    email: str


@dataclass(frozen=True)
class Doing:
    """What all changes of one action have in common. `undoes` is the action that it takes back, if it does."""

    session: Session
    site_id: int
    action: str
    by: Person
    now: datetime
    undoes: str | None = None


class WorkRow:
    """The row of one id within one action. Nothing is written without a change."""

    def __init__(self, doing: Doing, company_id: str, work: CompanyWork | None) -> None:
        self._doing, self.company_id = doing, company_id
        self._is_new = work is None
        self._work = work or CompanyWork(
            site_id=doing.site_id, company_id=company_id, is_hidden=False, changed_at=doing.now
        )
        self.version = 0 if work is None else work.version
        self._is_changed = False

    def value(self, field: Field) -> str | None:
        return _value(self._work, field)

    def set(self, field: Field, value: str | None) -> None:
        before = self.value(field)
        _WRITERS[field](self._work, value)
        self._remember(field, before, value)

    def has_tag(self, tag: str) -> bool:
        return self._doing.session.scalar(select(CompanyTag.id).where(self._has(tag))) is not None

    def count_tags(self) -> int:
        of_company = (CompanyTag.site_id == self._doing.site_id, CompanyTag.company_id == self.company_id)
        return self._doing.session.scalar(select(func.count()).select_from(CompanyTag).where(*of_company)) or 0

    def count_notes(self) -> int:
        """How many notes there are, those that were taken back included."""
        of_company = (CompanyNote.site_id == self._doing.site_id, CompanyNote.company_id == self.company_id)
        return self._doing.session.scalar(select(func.count()).select_from(CompanyNote).where(*of_company)) or 0

    def add_tag(self, tag: str) -> None:
        session = self._doing.session
        session.add(CompanyTag(site_id=self._doing.site_id, company_id=self.company_id, tag=tag))
        self._remember(Field.TAG, None, tag)

    def remove_tag(self, tag: str) -> None:
        self._doing.session.execute(delete(CompanyTag).where(self._has(tag)))
        self._remember(Field.TAG, tag, None)

    def add_note(self, text: str) -> None:
        doing = self._doing
        note = CompanyNote(site_id=doing.site_id, company_id=self.company_id, text=text, author=doing.by.email)
        note.author_id, note.written_at, note.is_removed = doing.by.user_id, doing.now, False
        doing.session.add(note)
        doing.session.flush()
        self._remember(Field.NOTE, None, str(note.id))

    def take_back_note(self, made: CompanyChange) -> None:
        """Takes a note away, or brings back one that was taken away."""
        number, is_removed = int(made.after or made.before or 0), made.after is not None
        of_note = (CompanyNote.site_id == self._doing.site_id, CompanyNote.id == number)
        self._doing.session.execute(update(CompanyNote).where(*of_note).values(is_removed=is_removed))
        self._remember(Field.NOTE, made.after, made.before)

    def settle(self) -> bool:
        """Writes the new version; returns whether anything was changed."""
        if self._is_changed:
            self._work.changed_at = self._doing.now
            if self._is_new:
                self._doing.session.add(self._work)
            else:  # a tag or a note changes no column of the row, and its version counts all the same
                flag_modified(self._work, "changed_at")
            self._doing.session.flush()
        return self._is_changed

    def _has(self, tag: str) -> ColumnElement[bool]:
        of_company = (CompanyTag.site_id == self._doing.site_id, CompanyTag.company_id == self.company_id)
        return and_(*of_company, CompanyTag.tag == tag)

    def _remember(self, field: Field, before: str | None, after: str | None) -> None:
        self._is_changed = True
        doing = self._doing
        made = CompanyChange(
            site_id=doing.site_id, company_id=self.company_id, field=field.value, before=before, after=after
        )
        made.action, made.undoes, made.is_undone = doing.action, doing.undoes, False
        made.version, made.user_id, made.made_by = self.version + 1, doing.by.user_id, doing.by.email
        made.made_at = doing.now
        doing.session.add(made)


def _value(work: CompanyWork, changed: Field) -> str | None:
    """The value of a field as history stores it."""
    if changed is Field.OWNER:
        return None if work.owner_id is None else str(work.owner_id)
    if changed is Field.REMINDER:
        return None if work.remind_on is None else work.remind_on.isoformat()
    if changed is Field.HIDDEN:
        return "yes" if work.is_hidden else None
    return work.status if changed is Field.STATUS else work.kind


def _set_status(work: CompanyWork, value: str | None) -> None:
    work.status = value


def _set_kind(work: CompanyWork, value: str | None) -> None:
    work.kind = value


def _set_owner(work: CompanyWork, value: str | None) -> None:
    work.owner_id = None if value is None else int(value)


def _set_reminder(work: CompanyWork, value: str | None) -> None:
    work.remind_on = None if value is None else date.fromisoformat(value)


def _set_hidden(work: CompanyWork, value: str | None) -> None:
    work.is_hidden = value is not None


_WRITERS: Mapping[Field, Callable[[CompanyWork, str | None], None]] = {
    Field.STATUS: _set_status,
    Field.KIND: _set_kind,
    Field.OWNER: _set_owner,
    Field.REMINDER: _set_reminder,
    Field.HIDDEN: _set_hidden,
}
