"""The facts of public registers in the words of lists, filters, files and emails: sector, activity, size, seat, state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dashboards.presentation.numbers import count
from dashboards.translations import message, translate
from tracker.leads.registers.facts import CompanyFacts
from tracker.reference.registers.areas import region_names
from tracker.reference.registers.entries import Entry
from tracker.reference.registers.labels import SIZES, activity_label, employees
from tracker.reference.registers.registers import REGISTERS

# Short names of the sections of NACE Rev. 2 and ISIC Rev. 4.
SECTORS = {
    "A": message("Agriculture"),
    "B": message("Mining"),
    "C": message("Manufacturing"),
    "D": message("Energy"),
    "E": message("Water and waste"),
    "F": message("Construction"),
    "G": message("Trade and repair"),
    "H": message("Transport and storage"),
    "I": message("Hotels and restaurants"),
    "J": message("Information and communication"),
    "K": message("Finance and insurance"),
    "L": message("Real estate"),
    "M": message("Professional and technical services"),
    "N": message("Business support services"),
    "O": message("Public administration"),
    "P": message("Education and training"),
    "Q": message("Health and social work"),
    "R": message("Arts, sports and leisure"),
    "S": message("Associations and personal services"),
    "T": message("Households as employers"),
    "U": message("International organisations"),
}
STATES = {"active": message("Active"), "ceased": message("Ceased"), "insolvent": message("Insolvent")}


@dataclass(frozen=True)
class FactsInWords:
    """What lists show of a company. `activity_language` is that of the activity's words; `line` is all in one line."""

    sector: str
    activity: str
    activity_language: str
    size: str
    size_rank: int
    seat: str
    region: str
    state: str
    warning: str
    number: str
    source: str
    line: str


def facts_in_words(language: str, facts: CompanyFacts | None) -> FactsInWords | None:
    """Returns the facts of a company in words; None where no register has it."""
    if facts is None:
        return None
    entry, label = facts.entry, activity_label(facts.entry, language)
    sector, size = sector_name(language, facts.section), size_in_words(language, entry)
    state = state_name(language, facts.state)
    warning = "" if facts.state == "active" else state
    parts = (sector, size if entry.size != "NN" else "", entry.seat.town, warning)
    found = employees(entry)
    return FactsInWords(
        sector=sector,
        activity=label.words if label else "",
        activity_language=label.language if label else language,
        size=size,
        size_rank=found[0] if found else -1,
        seat=entry.seat.town,
        region=region_name(language, facts.region),
        state=state,
        warning=warning,
        number=entry.number,
        source=_source(facts),
        line=", ".join(filter(None, parts)),
    )


def _source(facts: CompanyFacts) -> str:
    """The register, whose it is, and its day."""
    register = next(one for one in REGISTERS if one.name == facts.entry.register)
    return ", ".join(filter(None, (f"{register.title} ({register.publisher})", facts.as_of)))


def size_in_words(language: str, entry: Entry) -> str:
    """Returns the size as a number of people: 250–499 people; empty where the register does not say it."""
    found = employees(entry)
    return _people(language, *found) if found else ""


def _people(language: str, least: int, most: int | None) -> str:
    if most is None:
        return translate(language, "%(number)s people and more", number=count(language, least, compact=False))
    if most == 0:
        return translate(language, "no employee")
    numbers = f"{count(language, least, compact=False)}–{count(language, most, compact=False)}"
    return translate(language, "%(numbers)s people", numbers=numbers)


def sector_name(language: str, code: str | None) -> str:
    """What a value of the dimension `sector` is called."""
    return translate(language, SECTORS[code]) if code in SECTORS else code or _none(language)


def activity_name(language: str, code: str | None) -> str:
    """What a value of the dimension `activity` is called: a code with its label, of the nomenclature that has it."""
    if not code:
        return _none(language)
    of_either = (Entry("sirene", "", "", activity=code, activity_list=one) for one in ("", "NAF2025"))
    label = next(filter(None, (activity_label(entry, language) for entry in of_either)), None)
    return f"{code} {label.words}" if label else code


def size_name(language: str, value: str | None) -> str:
    """What a value of the dimension `size` is called."""
    return SIZE_BANDS[value](language) if value in SIZE_BANDS else value or _none(language)


def region_name(language: str, code: str | None) -> str:
    """What a value of the dimension `seat_region` is called."""
    return region_names().get(code or "", code or "") or (_none(language) if code is None else "")


def state_name(language: str, code: str | None) -> str:
    """What a value of the dimension `legal_state` is called."""
    return translate(language, STATES[code]) if code in STATES else code or _none(language)


def _none(language: str) -> str:
    return translate(language, "none")


def _band(least: int, most: int | None) -> tuple[str, Any]:
    value = f"{least}+" if most is None else str(most) if most == 0 else f"{least}-{most}"
    return value, lambda language: _people(language, least, most)


# The values of the dimension `size`, the smallest first.
SIZE_BANDS = dict(_band(*band) for band in dict.fromkeys(SIZES.values()))
