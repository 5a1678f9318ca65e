"""What is kept of a register's entry for a company of a site: its facts, with their source, their day and their evidence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from tracker.reference.registers.areas import region_of
from tracker.reference.registers.entries import Entry, Place, State
from tracker.reference.registers.labels import activity_label, division_of, employees, form_label, section_of


class CompanyFacts(NamedTuple):
    """The facts of a company, as a register says them; texts are empty where it does not.

    `as_of` is the day that the register is of. `nearest` is the establishment nearest to the visits, if it is not the seat.
    `group` has the LEI and name of the direct and the ultimate parent.
    """

    entry: Entry
    as_of: str
    confidence: float
    evidence: tuple[str, ...]
    nearest: Place | None = None
    group: tuple[tuple[str, str], ...] = ()

    @property
    def section(self) -> str:
        """The section of NACE and ISIC, a letter."""
        return section_of(self.entry.activity)

    @property
    def size(self) -> str:
        """The number of employees as a filter names it: `250-499`, `10000+`, `0`."""
        found = employees(self.entry)
        if found is None:
            return ""
        least, most = found
        return f"{least}+" if most is None else str(most) if most == 0 else f"{least}-{most}"

    @property
    def region(self) -> str:
        """The code of the seat's region (ISO 3166-2)."""
        found = region_of(self.entry.country, self.entry.seat.area)
        return found.code if found else ""

    @property
    def state(self) -> str:
        """`active`, `ceased` or `insolvent`."""
        return {State.ACTIVE: "active", State.CEASED: "ceased", State.INSOLVENT: "insolvent"}[self.entry.state]


def as_text(facts: CompanyFacts) -> str:
    """Returns facts as they are kept."""
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> CompanyFacts:
    """Returns facts that were kept."""
    entry, as_of, confidence, evidence, nearest, group = json.loads(text)
    made = Entry._make(entry)
    made = made._replace(names=(), state=State(made.state), seat=Place._make(made.seat), parents=tuple(made.parents))
    return CompanyFacts(
        made,
        as_of,
        confidence,
        tuple(evidence),
        Place._make(nearest) if nearest else None,
        tuple((lei, name) for lei, name in group),
    )


def as_json(facts: CompanyFacts) -> dict[str, Any]:
    """Returns facts for programs: codes as the register has them, labels in English."""
    entry, sizes = facts.entry, employees(facts.entry)
    activity, form = activity_label(entry, "en"), form_label(entry)
    return {
        "register": entry.register,
        "as_of": facts.as_of or None,
        "number": entry.number,
        "name": entry.name,
        "activity": entry.activity or None,
        "activity_label": activity.words if activity else None,
        "nace_section": facts.section or None,
        "nace_division": division_of(entry.activity) or None,
        "employees_least": sizes[0] if sizes else None,
        "employees_most": sizes[1] if sizes else None,
        "employees_year": entry.size_year or None,
        "legal_form": entry.form or None,
        "legal_form_label": form.words if form else None,
        "founded": entry.founded or None,
        "state": facts.state,
        "ceased": entry.ceased or None,
        "seat": _place(entry.seat, facts.region),
        "nearest": _place(facts.nearest, "") if facts.nearest else None,
        "establishments": entry.places,
        "group": [{"lei": lei, "name": name} for lei, name in facts.group],
        "confidence": facts.confidence,
        "evidence": list(facts.evidence),
    }


def _place(place: Place, region: str) -> Mapping[str, str | None]:
    found = {"postcode": place.postcode or None, "town": place.town or None}
    return found | ({"region": region} if region else {})
