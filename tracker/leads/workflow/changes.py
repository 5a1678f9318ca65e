"""Changes what the publisher set for companies: one or many at once, with a history, and takes a change back.

Each change is of one field of one company. All that one click changed share an action, which can be undone as a whole.
Two people at once: a change of a field that somebody else changed since the page was read is refused and told, with what
the other did; changes of other fields, tags and notes go through. Nothing is overwritten unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid
from tracker.db.models import User
from tracker.db.workflow_models import CompanyChange, CompanyTag, CompanyWork
from tracker.leads.workflow.names import Identity, KnownNames
from tracker.leads.workflow.vocabulary import LEFT_OUT, MOST_KNOWN_TAGS, MOST_NOTES, MOST_TAGS, SINGLE, Field
from tracker.leads.workflow.work_row import Doing, Person, WorkRow

# How often a change is tried that another one came in the way of.
# Whenever a try fails another change has come through: so many changes of the same moment all do.
_TRIES = 25


@dataclass(frozen=True)
class Asked:
    """A company to change, and its version as the page showed it; None accepts every version.

    `identity` has all its ids, where it has more than this one.
    """

    company_id: str
    version: int | None = None
    identity: Identity | None = None

    @property
    def ids(self) -> Identity:
        return self.identity or Identity((self.company_id,))


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
    """What was changed: the `action`, to undo it, and the ids of the companies; and what was not.

    `conflicts` are changes of what somebody else changed, `refused` say why there is no room for more.
    """

    action: str
    changed: list[str] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    refused: list[Invalid] = field(default_factory=list)


def of_companies(known: KnownNames, asked: Sequence[Asked]) -> list[Asked]:
    """The same companies with all their ids; two ids of one company are that company once, as it was seen first."""
    found: dict[str, Asked] = {}
    for one in asked:
        name = known.meant(one.company_id)
        identity = Identity((one.company_id,)) if name is None else known.identity(name)
        found.setdefault(identity.own[0], Asked(identity.own[0], one.version, identity))
    return list(found.values())


def change_companies(
    database: AppDatabase, site_id: int, asked: Sequence[Asked], changes: Sequence[Change], *, by: Person, now: datetime
) -> Outcome:
    """Makes the changes of each of the companies. A value that is there already is no change."""

    def make(session: Session, outcome: Outcome) -> None:
        works = _works(session, site_id, [one_id for one in asked for one_id in one.ids.all])
        doing = Doing(session, site_id, outcome.action, by, now)
        for one in asked:
            company = _Company(doing, one.ids, works, outcome)
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
        doing = Doing(session, site_id, outcome.action, by, now, undoes=action)
        companies: dict[str, _Company] = {}
        for one in made:
            if one.company_id not in companies:
                companies[one.company_id] = _Company(doing, Identity((one.company_id,)), works, outcome)
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
    """One company within one action: the rows of all its ids, of which the first takes what is set from now on."""

    def __init__(self, doing: Doing, identity: Identity, works: Mapping[str, CompanyWork], outcome: Outcome) -> None:
        self._doing, self._outcome, self._identity = doing, outcome, identity
        self._own = [WorkRow(doing, one, works.get(one)) for one in identity.own]
        self._merged = [WorkRow(doing, one, works.get(one)) for one in identity.merged]
        self._first = self._own[0]

    @property
    def _rows(self) -> list[WorkRow]:
        return [*self._own, *self._merged]

    def set(self, change: Change, *, seen: int | None) -> None:
        """Makes a change, unless the field was changed after the version that was `seen`."""
        if change.field is Field.NOTE:
            self._add_note(change.value or "")
        elif change.field is Field.TAG:
            self._set_tag(change.value or "", present=not change.takes_away)
        elif _first(self._counted(change.field)) != change.value:
            theirs = self._changed_since(change.field, seen)
            if theirs is not None:
                self._outcome.conflicts.append(Conflict(self._first.company_id, change, theirs))
            else:
                self._set(change.field, change.value)

    def take_back(self, made: CompanyChange) -> None:
        """Undoes one change. A value that is not the one it set any more was changed since, and stays."""
        changed = Field(made.field)
        if changed is Field.NOTE:
            self._first.take_back_note(made)
        elif changed is Field.TAG:
            self._set_tag(made.after or made.before or "", present=made.after is None)
        elif self._first.value(changed) == made.after:
            self._first.set(changed, made.before if self._is_known(changed, made.before) else None)
        else:
            theirs = self._changed_since(changed, made.version)
            if theirs is not None:
                self._outcome.conflicts.append(Conflict(self._first.company_id, Change(changed, made.before), theirs))
            return
        made.is_undone = True

    def settle(self) -> None:
        """Writes the new versions; without a change nothing is written."""
        if any(row.settle() for row in self._rows):
            self._outcome.changed.append(self._first.company_id)

    def _counted(self, changed: Field) -> dict[WorkRow, str | None]:
        """The value of each row that can count for the company, as tracker.leads.workflow.states unites them."""
        own = {row: row.value(changed) for row in self._own}
        if changed is Field.HIDDEN:
            return own
        return own | {row: value for row in self._merged if (value := row.value(changed)) not in LEFT_OUT}

    def _set(self, changed: Field, value: str | None) -> None:
        """A value is set for the first id, which comes before all others; what is taken away is taken from each."""
        if value is not None:
            self._first.set(changed, value)
            return
        for row, there in self._counted(changed).items():
            if there is not None:
                row.set(changed, None)

    def _set_tag(self, tag: str, *, present: bool) -> None:
        having = [row for row in self._rows if row.has_tag(tag)]
        if present and not having:
            problem = self._no_room_for(tag)
            self._outcome.refused.append(problem) if problem else self._first.add_tag(tag)
        elif not present:
            for row in having:
                row.remove_tag(tag)

    def _no_room_for(self, tag: str) -> Invalid | None:
        if sum(row.count_tags() for row in self._rows) >= MOST_TAGS:
            return Invalid("A company has at most %(most)s tags; remove one first.", most=str(MOST_TAGS))
        known = select(CompanyTag.tag).where(CompanyTag.site_id == self._doing.site_id).distinct()
        tags = set(self._doing.session.scalars(known))
        if tag not in tags and len(tags) >= MOST_KNOWN_TAGS:
            return Invalid("A site has at most %(most)s different tags; use one of them.", most=str(MOST_KNOWN_TAGS))
        return None

    def _add_note(self, text: str) -> None:
        if sum(row.count_notes() for row in self._rows) >= MOST_NOTES:
            self._outcome.refused.append(Invalid("A company has at most %(most)s notes.", most=str(MOST_NOTES)))
        else:
            self._first.add_note(text)

    def _changed_since(self, changed: Field, seen: int | None) -> CompanyChange | None:
        """The newest change of a field after a version; a version counts the changes of all ids.

        A page may have been made when the company had other ids. Then any change may be unseen.
        """
        version = sum(row.version for row in self._rows)
        if seen is None or seen == version or changed not in SINGLE:
            return None
        unseen = version - seen if seen < version else version
        of_company = (
            CompanyChange.site_id == self._doing.site_id,
            CompanyChange.company_id.in_(self._identity.all),
        )
        newest = select(CompanyChange).where(*of_company).order_by(CompanyChange.id.desc())
        versions: set[tuple[str, int]] = set()
        for one in self._doing.session.scalars(newest):
            versions.add((one.company_id, one.version))
            if len(versions) > unseen:
                break
            if one.field == changed.value:
                return one
        return None

    def _is_known(self, changed: Field, value: str | None) -> bool:
        """Whether a value may be set: an owner's account may be gone since."""
        return changed is not Field.OWNER or value is None or self._doing.session.get(User, int(value)) is not None


def _first(values: Mapping[WorkRow, str | None]) -> str | None:
    return next((one for one in values.values() if one is not None), None)
