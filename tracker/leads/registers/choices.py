"""The entries of registers that publishers chose for companies: made, taken back, and put before what a name alone says.

A choice holds for all sites. It is kept under the folded names of the company, and for its domain, so that it finds the company
under its other names too; and by the entry's number, so that the register's next edition changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, select

from tracker.db.engine import AppDatabase
from tracker.db.register_models import RegisterChoice
from tracker.leads.companies.names import folded
from tracker.reference.registers.matching import Asked, Candidate, Evidence, Match
from tracker.reference.registers.registers import Registers


class Chosen(NamedTuple):
    """The entry that was chosen for a company; without a number, it is none of the register."""

    register: str
    number: str | None


class Choices(NamedTuple):
    """All choices: by folded name, and by domain."""

    by_name: Mapping[str, Chosen]
    by_domain: Mapping[str, Chosen]

    def of(self, asked: Asked) -> Chosen | None:
        """Returns what was chosen for a company; None where nothing was."""
        return self.by_name.get(folded(asked.name)) or self.by_domain.get(asked.domain)


def choices(database: AppDatabase) -> Choices:
    """Returns all choices."""
    with database.transaction() as session:
        rows = session.scalars(select(RegisterChoice).order_by(RegisterChoice.id)).all()
        by_name = {one.company: Chosen(one.register, one.number) for one in rows}
        return Choices(by_name, {one.domain: Chosen(one.register, one.number) for one in rows if one.domain})


def choose(
    database: AppDatabase, names: Collection[str], domain: str | None, chosen: Chosen, *, by: str, now: datetime
) -> None:
    """Keeps which entry the company with these names is, in place of an earlier choice. `by` is the user's email."""
    keys = sorted(set(map(folded, names)))
    with database.transaction() as session:
        session.execute(delete(RegisterChoice).where(RegisterChoice.company.in_(keys)))
        session.add_all(
            RegisterChoice(
                company=key,
                domain=domain or None,
                register=chosen.register,
                number=chosen.number,
                made_by=by,
                made_at=now,
            )
            for key in keys
        )


def take_back(database: AppDatabase, names: Collection[str], domain: str | None) -> None:
    """Removes what was chosen for a company: its name decides again."""
    with database.transaction() as session:
        session.execute(delete(RegisterChoice).where(RegisterChoice.company.in_(sorted(set(map(folded, names))))))
        if domain:
            session.execute(delete(RegisterChoice).where(RegisterChoice.domain == domain))


def company_match(registers: Registers, made: Choices, asked: Asked) -> Match:
    """Returns which entry a company is: the chosen one, else what its name says.

    The candidates are always those of the name. A chosen entry that the register does not have any more is not shown.
    """
    found, chosen = registers.match(asked), made.of(asked)
    if chosen is None:
        return found
    entry = registers.entry(chosen.register, chosen.number) if chosen.number else None
    best = Candidate(entry, 1.0, (Evidence.CHOSEN,)) if entry else None
    return found._replace(best=best)
