"""The work with companies in words: statuses, kinds, people, and the lines of a company's history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from dashboards.presentation.dates import day
from dashboards.translations import LANGUAGES, message, translate
from tracker.db.models import User
from tracker.db.workflow_models import CompanyChange
from tracker.leads.workflow.vocabulary import DEFAULT_KIND, KIND_NAMES, STATUS_NAMES, STATUSES, Field, Kind, Status

_FIELDS = {
    Field.STATUS: message("Lead status"),
    Field.KIND: message("Relationship"),
    Field.OWNER: message("Owner"),
    Field.REMINDER: message("Reminder"),
}

_VALUES = {
    **STATUS_NAMES,
    "due": message("due"),
    "later": message("later"),
    "yes": message("yes"),
    "no": message("no"),
    "": message("none"),
}


def work_value(language: str, code: str) -> str:
    """What is set for a company as a filter says it; a site's own status is called as the publisher wrote it."""
    text = _VALUES.get(code) or next((name for kind, name in KIND_NAMES.items() if kind == code), None)
    return translate(language, text) if text else code


def codes_of_statuses(lines: Sequence[str], known: Sequence[Status]) -> list[str]:
    """The codes of statuses that somebody wrote, one on each line: those of known names, else new ones.

    A name that the program has in any language is its status, unless that one was renamed. What is new never gets the code of
    a status with another name.
    """
    by_name = {one.name.casefold(): one.code for one in known if one.name is not None}
    renamed = {one.code for one in known if one.name is not None and one.name != one.code}
    of_program = {translate(one, name).casefold(): code for code, name in STATUS_NAMES.items() for one in LANGUAGES}
    own = {name: code for name, code in of_program.items() if code not in renamed} | by_name
    found = []
    for line in lines:
        plain = " ".join(line.split())
        new = f"{plain} (2)" if plain in renamed else plain
        found.append(own.get(plain.casefold(), new))
    return found


@dataclass(frozen=True)
class WorkWords:
    """What is needed to word the work with a site's companies: its statuses, and people's names by id and by email."""

    language: str
    statuses: Sequence[Status] = STATUSES
    people: Mapping[int, str] | None = None
    emails: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, language: str, statuses: Sequence[Status], users: Iterable[User]) -> WorkWords:
        """The words of a site with these statuses, where these people work."""
        ordered = sorted(users, key=lambda user: (user.name or user.email).casefold())
        people = {user.id: user.name or user.email for user in ordered}
        return cls(language, statuses, people, {user.email: user.name or user.email for user in ordered})

    def status(self, code: str) -> str:
        """A status as people read it; one that the site no longer has is called by its code."""
        own = next((one for one in self.statuses if one.code == code), None)
        if own is not None and own.name is not None:
            return own.name
        return translate(self.language, STATUS_NAMES[code]) if code in STATUS_NAMES else code

    def place(self, code: str) -> int:
        """Where a status stands among those of the site; one that it no longer has is last."""
        return next((place for place, one in enumerate(self.statuses) if one.code == code), len(self.statuses))

    def kind(self, code: str | None) -> str:
        return translate(self.language, KIND_NAMES[DEFAULT_KIND if code is None else Kind(code)])

    def person(self, user_id: int | None) -> str:
        """Somebody's name; nobody's is empty."""
        if user_id is None:
            return ""
        return (self.people or {}).get(user_id) or translate(self.language, "a former user")

    def change(self, one: CompanyChange) -> str:
        """One change as a line: Status: New → Contacted."""
        changed = Field(one.field)
        if changed is Field.NOTE:
            return translate(self.language, "Note added") if one.after else translate(self.language, "Note removed")
        if changed is Field.HIDDEN:
            return translate(self.language, "Hidden") if one.after else translate(self.language, "Shown again")
        if changed is Field.TAG and one.after:
            return translate(self.language, "Tag added: %(tag)s", tag=one.after)
        if changed is Field.TAG:
            return translate(self.language, "Tag removed: %(tag)s", tag=one.before)
        return translate(
            self.language,
            "%(field)s: %(before)s → %(after)s",
            field=translate(self.language, _FIELDS[changed]),
            before=self._value(changed, one.before),
            after=self._value(changed, one.after),
        )

    def _value(self, changed: Field, value: str | None) -> str:
        if changed is Field.STATUS:
            return self.status(value or self.statuses[0].code)
        if changed is Field.KIND:
            return self.kind(value) if value else translate(self.language, "automatic")
        if value is None:
            return translate(self.language, "none")
        return self.person(int(value)) if changed is Field.OWNER else day(self.language, date.fromisoformat(value))
