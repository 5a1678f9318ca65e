"""Changes what the publisher set for companies: one or many at once, with a history, and takes a change back.

Each change is of one field of one company. All that one click changed share an action, which can be undone as a whole.
Two people at once: a change of a field that somebody else changed since the page was read is refused and told, with what
the other did; changes of other fields, tags and notes go through. Nothing is overwritten unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from tracker.db.engine import AppDatabase
from tracker.db.models import User
from tracker.db.workflow_models import CompanyChange, CompanyNote, CompanyTag, CompanyWork
from tracker.leads.workflow.vocabulary import SINGLE, Field

# How often a change is tried that another one came in the way of.
_TRIES = 5


@dataclass(frozen=True)
class Person:
    """Who makes a change."""

    user_id: int | None
    email: str


@dataclass(frozen=True)
class Asked:
    """A company to change, and its version as the page showed it; None accepts every version."""

    company_id: str
    version: int | None = None


@dataclass(frozen=True)
class Change:
    """A value for a field, as history stores it: None takes a value away. `takes_away` removes a tag."""

    field: Field
    value: str | None
    takes_away: bool = False


@dataclass(frozen=True)
class Conflict:
    """A change that was not made, because somebody else changed the field since. `theirs` is what they did."""

    company_id: str
    wanted: Change
    theirs: CompanyChange


@dataclass
class Outcome:
    """What was changed: the `action`, to undo it, and the ids of the companies; and what was refused."""

    action: str
    changed: list[str] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)


def change_companies(
    database: AppDatabase, site_id: int, asked: Sequence[Asked], changes: Sequence[Change], *, by: Person, now: datetime
) -> Outcome:
    """Makes the changes of each of the companies. A value that is there already is no change."""

    def make(session: Session, outcome: Outcome) -> None:
        works = _works(session, site_id, [one.company_id for one in asked])
        for one in asked:
            company = _Company(session, site_id, one.company_id, works.get(one.company_id), by, now, outcome)
            for change in changes:
                company.set(change, seen=one.version)
            company.settle()

    return _try(database, make)


def undo(database: AppDatabase, site_id: int, action: str, *, by: Person, now: datetime) -> Outcome:
    """Takes back all that an action changed, as an action of its own. What was changed since by another one stays."""

    def make(session: Session, outcome: Outcome) -> None:
        of_action = (CompanyChange.site_id == site_id, CompanyChange.action == action)
        made = session.scalars(select(CompanyChange).where(*of_action, ~CompanyChange.is_undone)).all()
        works = _works(session, site_id, [one.company_id for one in made])
        companies: dict[str, _Company] = {}
        for one in made:
            if one.company_id not in companies:
                work = works.get(one.company_id)
                companies[one.company_id] = _Company(session, site_id, one.company_id, work, by, now, outcome, action)
            companies[one.company_id].take_back(one)
        for company in companies.values():
            company.settle()

    return _try(database, make)


def _try(database: AppDatabase, make: Callable[[Session, Outcome], None]) -> Outcome:
    """Runs a change in a transaction, and again if another one came in its way: its versions are then read anew."""
    for tries_left in reversed(range(_TRIES)):
        outcome = Outcome(uuid4().hex)
        try:
            with database.transaction() as session, session.no_autoflush:
                make(session, outcome)
        except (StaleDataError, IntegrityError):
            if not tries_left:
                raise
        else:
            return outcome
    raise AssertionError("the loop returns or raises")


def _works(session: Session, site_id: int, ids: Sequence[str]) -> dict[str, CompanyWork]:
    of_ids = select(CompanyWork).where(CompanyWork.site_id == site_id, CompanyWork.company_id.in_(ids))
    return {work.company_id: work for work in session.scalars(of_ids)}


class _Company:
    """One company within one action: sets its fields, and writes each change into the history."""

    def __init__(
        self,
        session: Session,
        site_id: int,
        company_id: str,
        work: CompanyWork | None,
        by: Person,
        now: datetime,
        outcome: Outcome,
        undoes: str | None = None,
    ) -> None:
        self._session, self._site_id, self._id = session, site_id, company_id
        self._by, self._now, self._outcome, self._undoes = by, now, outcome, undoes
        self._is_new = work is None
        self._work = work or CompanyWork(site_id=site_id, company_id=company_id, is_hidden=False, changed_at=now)
        self._version = 0 if work is None else work.version
        self._is_changed = False

    def set(self, change: Change, *, seen: int | None) -> None:
        """Makes a change, unless the field was changed after the version that was `seen`."""
        if change.field is Field.NOTE:
            self._add_note(change.value or "")
        elif change.field is Field.TAG:
            self._set_tag(change.value or "", present=not change.takes_away)
        elif _value(self._work, change.field) != change.value:
            theirs = self._changed_since(change.field, seen)
            if theirs is not None:
                self._outcome.conflicts.append(Conflict(self._id, change, theirs))
            else:
                self._set(change.field, change.value)

    def take_back(self, made: CompanyChange) -> None:
        """Undoes one change. A value that is not the one it set any more was changed since, and stays."""
        changed = Field(made.field)
        if changed is Field.NOTE:
            self._remove_note(made)
        elif changed is Field.TAG:
            self._set_tag(made.after or made.before or "", present=made.after is None)
        elif _value(self._work, changed) == made.after:
            self._set(changed, made.before if self._is_known(changed, made.before) else None)
        else:
            theirs = self._changed_since(changed, made.version)
            if theirs is not None:
                self._outcome.conflicts.append(Conflict(self._id, Change(changed, made.before), theirs))
            return
        made.is_undone = True

    def settle(self) -> None:
        """Writes the new version; without a change nothing is written."""
        if not self._is_changed:
            return
        self._work.changed_at = self._now
        if self._is_new:
            self._session.add(self._work)
        self._session.flush()
        self._outcome.changed.append(self._id)

    def _set(self, changed: Field, value: str | None) -> None:
        before = _value(self._work, changed)
        _WRITERS[changed](self._work, value)
        self._remember(changed, before, value)

    def _set_tag(self, tag: str, *, present: bool) -> None:
        own = (CompanyTag.site_id == self._site_id, CompanyTag.company_id == self._id, CompanyTag.tag == tag)
        is_there = self._session.scalar(select(CompanyTag.id).where(*own)) is not None
        if is_there == present:
            return
        if present:
            self._session.add(CompanyTag(site_id=self._site_id, company_id=self._id, tag=tag))
            self._remember(Field.TAG, None, tag)
        else:
            self._session.execute(delete(CompanyTag).where(*own))
            self._remember(Field.TAG, tag, None)

    def _add_note(self, text: str) -> None:
        note = CompanyNote(site_id=self._site_id, company_id=self._id, text=text, author=self._by.email)
        note.author_id, note.written_at, note.is_removed = self._by.user_id, self._now, False
        self._session.add(note)
        self._session.flush()
        self._remember(Field.NOTE, None, str(note.id))

    def _remove_note(self, made: CompanyChange) -> None:
        """Takes a note away, or brings back one that was taken away."""
        number, is_removed = int(made.after or made.before or 0), made.after is not None
        of_note = (CompanyNote.site_id == self._site_id, CompanyNote.id == number)
        self._session.execute(update(CompanyNote).where(*of_note).values(is_removed=is_removed))
        self._remember(Field.NOTE, made.after, made.before)

    def _changed_since(self, changed: Field, seen: int | None) -> CompanyChange | None:
        if seen is None or seen >= self._version or changed not in SINGLE:
            return None
        own = (CompanyChange.site_id == self._site_id, CompanyChange.company_id == self._id)
        later = (CompanyChange.field == changed.value, CompanyChange.version > seen)
        newest = select(CompanyChange).where(*own, *later).order_by(CompanyChange.id.desc()).limit(1)
        return self._session.scalar(newest)

    def _is_known(self, changed: Field, value: str | None) -> bool:
        """Whether a value may be set: an owner's account may be gone since."""
        return changed is not Field.OWNER or value is None or self._session.get(User, int(value)) is not None

    def _remember(self, changed: Field, before: str | None, after: str | None) -> None:
        self._is_changed = True
        made = CompanyChange(
            site_id=self._site_id, company_id=self._id, field=changed.value, before=before, after=after
        )
        made.action, made.undoes, made.is_undone = self._outcome.action, self._undoes, False
        made.version, made.user_id, made.made_by = self._version + 1, self._by.user_id, self._by.email
        made.made_at = self._now
        self._session.add(made)


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
