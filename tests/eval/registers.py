"""Registers: real French companies among namesakes, subsidiaries, holdings and ceased units of a made-up SIRENE.

Each company is asked for as networks name it, with its town and without, with the town of some namesake, and by a name with its
legal form. A third of the companies is left out of the register while its likes stay: whatever is shown for those is wrong. So
it is for the owners of foreign networks, whose French namesakes are in the register, and for made-up companies, of which there are
enough to count a mistake that is made once in thousands of names.

Matching was tuned on the half of the companies whose SIREN's hash is even; what is measured is the other half, in several registers
that differ in their namesakes and in who is left out.
"""

from __future__ import annotations

import csv
import random
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from tests.eval.measure import SHARED, Measure, timed
from tests.made_register import SYLLABLES, Planted, RegisterMaker, some_town
from tracker.reference.registers.areas import is_foreign_domain
from tracker.reference.registers.matching import Asked, Match, match
from tracker.reference.registers.name_keys import name_keys
from tracker.reference.registers.sirene import import_files
from tracker.reference.registers.store import RegisterStore

_UNITS, _UNITS_OF_OTHERS = 50_000, 1_000
_REGISTERS = 20
_MADE_UP = 6_000
_NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
_SUFFIXES = {"57": "SAS", "54": "SARL", "55": "SA", "58": "SE"}


class _Case(NamedTuple):
    asked: Asked
    right: str  # the SIREN; empty where no entry is the company


def measures(seed: int = 0) -> Iterable[Measure]:
    """The cases of 20 registers; another seed makes others, with other namesakes and other companies left out."""
    companies = [one for one in planted_companies() if _hash(f"half{one.siren}") % 2]
    cases: dict[str, list[_Case]] = {}
    answers: dict[str, list[Match]] = {}
    seconds: dict[str, float] = {}
    for number in range(seed * _REGISTERS, (seed + 1) * _REGISTERS):
        absent = [one for one in companies if _hash(f"{number}{one.siren}") % 3 == 0]
        present = [one for one in companies if one not in absent]
        made_up = [] if number % _REGISTERS else _made_up(number)
        with tempfile.TemporaryDirectory(prefix="webleads-eval-") as folder:
            units = _UNITS_OF_OTHERS if number % _REGISTERS else _UNITS
            left_out = [*absent, *_owners(), *made_up]
            paths = RegisterMaker(number).make(Path(folder) / "published", units, present, left_out)
            target = Path(folder) / "sirene.sqlite"
            import_files(target, paths, now=_NOW)
            store = RegisterStore("sirene", target)
            for what, asked in (_cases(present, absent) | _left_out("made up", made_up)).items():
                found, microseconds = timed(lambda case: match(store, case.asked), asked)  # noqa: B023 - used at once
                cases.setdefault(what, []).extend(asked)
                answers.setdefault(what, []).extend(found)
                seconds[what] = seconds.get(what, 0.0) + microseconds / _REGISTERS
    for what, asked in cases.items():
        yield _measured(what, asked, answers[what], seconds[what])


def _hash(text: str) -> int:
    return sha256(text.encode()).digest()[-1]


def _cases(present: Sequence[Planted], absent: Sequence[Planted]) -> dict[str, list[_Case]]:
    active = [one for one in present if one.active]
    owners = _network_owners({_key(one.name) for one in present})
    abroad = [one for one in owners if one.country not in {"", "FR"}]
    return {
        "with their town": [_Case(Asked(_spoken(one), "FR", one.town), one.siren) for one in active],
        "without a town": [_Case(Asked(_spoken(one), "FR"), one.siren) for one in active],
        "visits from Paris": [_Case(Asked(_spoken(one), "FR", "Paris"), one.siren) for one in active],
        "with their legal form": [_Case(Asked(_with_form(one), "FR", one.town), one.siren) for one in active],
        "ceased, with their town": [
            _Case(Asked(_spoken(one), "FR", one.town), one.siren) for one in present if not one.active
        ],
        "with the domain of its name": [
            _Case(Asked(_spoken(one), "FR", "", _domain(one)), one.siren) for one in active
        ],
        **_left_out("not in the register", absent),
        "foreign, from their country": [_Case(Asked(one.name, one.country), "") for one in abroad],
        "foreign, visits from France": [
            _Case(Asked(one.name, "FR", "", one.domain), "") for one in owners if is_foreign_domain(one.domain)
        ],
        "foreign form, visits from France": [_Case(Asked(f"{one.name} GmbH", "FR", "Paris"), "") for one in owners],
        "foreign, visits from Paris": [_Case(Asked(one.name, "FR", "Paris"), "") for one in owners],
        "foreign, country not known": [_Case(Asked(one.name), "") for one in owners],
    }


def _left_out(what: str, absent: Sequence[Planted]) -> dict[str, list[_Case]]:
    """Companies that are not in the register, asked for in every way that may seem to confirm one of their namesakes."""
    asked = {
        "with their town": lambda one: Asked(_spoken(one), "FR", one.town),
        "without a town": lambda one: Asked(_spoken(one), "FR"),
        "visits from Paris": lambda one: Asked(_spoken(one), "FR", "Paris"),
        "with form and domain": lambda one: Asked(_with_form(one), "FR", "", _domain(one)),
        "with form, domain and town": lambda one: Asked(_with_form(one), "FR", one.town, _domain(one)),
    }
    return {f"{what}, {how}": [_Case(made(one), "") for one in absent] for how, made in asked.items() if absent}


def _made_up(number: int) -> list[Planted]:
    """Companies with names of one to three words that nobody else has."""
    draw = random.Random(number)
    words = ("".join(draw.choices(SYLLABLES, k=4)) for _ in range(_MADE_UP * 2))
    names = (" ".join(next(words) for _ in range(1 + count % 3)) for count in range(_MADE_UP))
    return [Planted("", name, "5710", "", "", "", *some_town(draw)) for name in names]


def _domain(one: Planted) -> str:
    """The domain that a company of this name has."""
    return f"{_spoken(one).replace(' ', '').lower()}.fr"


def _measured(what: str, cases: Sequence[_Case], answers: Sequence[Match], microseconds: float) -> Measure:
    pairs = list(zip(cases, answers, strict=True))
    wrong = [(case, found) for case, found in pairs if found.best and found.best.entry.number != case.right]
    right = sum(found.best is not None and found.best.entry.number == case.right for case, found in pairs)
    first = sum(bool(found.candidates) and found.candidates[0].entry.number == case.right for case, found in pairs)
    most = max(1, len(cases))
    figures = {"shown": right / most, "shown or first candidate": first / most, "wrong": len(wrong) / most}
    near = sorted((one for one in pairs if _other_first(*one)), key=lambda one: -one[1].candidates[0].confidence)
    return Measure("registers", what, len(cases), figures, microseconds, [_sentence(*one) for one in near])


def _other_first(case: _Case, found: Match) -> bool:
    """Whether another company than the right one is the most likely: a mistake if it is shown, else a near miss."""
    return bool(found.candidates) and found.candidates[0].entry.number != case.right


def _sentence(case: _Case, found: Match) -> str:
    first = found.candidates[0]
    mark = "WRONG" if found.best else "near"
    town = f", {case.asked.town}" if case.asked.town else ""
    return (
        f"{mark} {first.confidence:.2f}: {case.asked.name}{town} → {first.entry.name}"
        f" ({first.entry.size}, {first.entry.seat.town}; {', '.join(first.evidence)})"
    )


def _spoken(one: Planted) -> str:
    """The name as a network's registry writes it: without what stands in brackets."""
    return one.name.split(" (")[0].title()


def _with_form(one: Planted) -> str:
    return " ".join(part for part in (_spoken(one), _SUFFIXES.get(one.form[:2], "")) if part)


def _key(name: str) -> str:
    keys = name_keys(name.split(" (", maxsplit=1)[0])
    return keys.loose if keys else ""


def planted_companies() -> list[Planted]:
    """The real companies of the shared data whose SIREN is one, each once."""
    found = {}
    for path in sorted((SHARED / "firmo").glob("companies_fr*.csv")):
        for row in csv.DictReader(path.open(encoding="utf-8")):
            siren = row["siren"]
            if len(siren) == 9 and siren.isascii() and siren.isdigit():
                size = row["tranche_effectif"]
                found[siren] = Planted(
                    siren,
                    row["nom_complet"],
                    row["nature_juridique"],
                    row["naf"],
                    size,
                    row["categorie_entreprise"],
                    row["commune"],
                    row["code_postal"],
                    row["etat"] == "en activité",
                )
    return list(found.values())


def _network_owners(planted: set[str]) -> list[Asked]:
    """The companies of the sample databases, none of which is in the register: name, country and domain, as far as they say it."""
    found: dict[str, Asked] = {}
    for name, column in (("ipinfo_ip_company_sample.csv", "name"), ("ipapi_companySample.csv", "company")):
        with (SHARED / "samples" / name).open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if row[column] and _key(row[column]) not in planted:
                    found[row[column]] = Asked(row[column], row.get("country", ""), "", row["domain"])
    return [found[name] for name in sorted(found)]


def _owners() -> list[Planted]:
    """The same as companies that are left out of a register, so that their French namesakes are in it."""
    return [Planted("", one.name, "5710", "", "", "", "", "") for one in _network_owners(set()) if _key(one.name)]
