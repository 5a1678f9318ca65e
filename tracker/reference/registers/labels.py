"""What the codes of registers mean, in French and English, from the published nomenclatures (data/SOURCES.md)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

from tracker.reference.registers.entries import Entry

# The employees of a size: at least and at most; None where there is no upper bound (INSEE, tranches d'effectifs).
SIZES: Mapping[str, tuple[int, int | None]] = MappingProxyType(
    {
        "NN": (0, 0),
        "00": (0, 0),
        "01": (1, 2),
        "02": (3, 5),
        "03": (6, 9),
        "11": (10, 19),
        "12": (20, 49),
        "21": (50, 99),
        "22": (100, 199),
        "31": (200, 249),
        "32": (250, 499),
        "41": (500, 999),
        "42": (1_000, 1_999),
        "51": (2_000, 4_999),
        "52": (5_000, 9_999),
        "53": (10_000, None),
    }
)


# The sections of NACE Rev. 2 and ISIC Rev. 4, which are the same, by their last division. A code of NAF 2025 has the section
# that its division had before, so that a filter means the same whichever nomenclature a company's code is of.
_LAST_DIVISIONS = (
    (3, "A"), (9, "B"), (33, "C"), (35, "D"), (39, "E"), (43, "F"), (47, "G"), (53, "H"), (56, "I"), (63, "J"), (66, "K"),
    (68, "L"), (75, "M"), (82, "N"), (84, "O"), (85, "P"), (88, "Q"), (93, "R"), (96, "S"), (98, "T"), (99, "U"),
)  # fmt: skip


class Label(NamedTuple):
    """A code's meaning, and the language that its words are in."""

    words: str
    language: str


def activity_label(entry: Entry, language: str) -> Label | None:
    """Returns what a company does, as exactly as the language has it; None for an unknown code.

    In English, a code of NAF 2025 has the label of its NACE class; one of NAF rév. 2 that of its division.
    """
    if language == "fr":
        words = _labels("naf_2025_fr" if _is_2025(entry.activity_list) else "naf_rev2_fr").get(entry.activity)
        return Label(words, "fr") if words else None
    if not _is_2025(entry.activity_list) and not entry.activity_2025:
        words = _labels("nace_rev2_en").get(entry.activity[:2])
    else:
        code = entry.activity if _is_2025(entry.activity_list) else entry.activity_2025
        known = _labels("nace_2025_en")
        words = known.get(code[:5]) or known.get(code[:2])
    return Label(words, "en") if words else None


def division_of(activity: str) -> str:
    """Returns the division of a NAF code, which is that of NACE and ISIC: its first two digits; empty for another text."""
    return activity[:2] if len(activity) > 1 and activity[:2].isascii() and activity[:2].isdigit() else ""


def section_of(activity: str) -> str:
    """Returns the letter of a NAF code's section; empty for another text."""
    division = int(division_of(activity) or 0)
    return next((section for last, section in _LAST_DIVISIONS if 0 < division <= last), "")


def form_label(entry: Entry) -> Label | None:
    """Returns the legal form in the words of its country; None for an unknown code (ISO 20275 for GLEIF)."""
    if entry.register != "sirene":
        known = forms_of_the_world().get(entry.form)
        return known.label if known else None
    labels = _labels("legal_forms_fr")
    words = labels.get(entry.form) or labels.get(entry.form[:2])
    return Label(words, "fr") if words else None


class WorldForm(NamedTuple):
    """A legal form of ISO 20275: what it is called, and its abbreviations without case and punctuation."""

    label: Label
    abbreviations: frozenset[str]


@lru_cache(maxsize=1)
def forms_of_the_world() -> Mapping[str, WorldForm]:
    """Returns the legal forms of ISO 20275 by their codes."""
    text = files("tracker.reference.registers").joinpath("data/legal_forms_elf.csv").read_text("utf-8")
    return {
        row["code"]: WorldForm(Label(row["label"], row["language"]), frozenset(row["abbreviations"].split()))
        for row in csv.DictReader(text.splitlines())
    }


def employees(entry: Entry) -> tuple[int, int | None] | None:
    """Returns how many employees a company has at least and at most; None where the register does not say."""
    return SIZES.get(entry.size)


def _is_2025(nomenclature: str) -> bool:
    return nomenclature.upper() in {"NAF2025", "NAF25", "NAFREV2.1"}


@lru_cache(maxsize=8)
def _labels(name: str) -> Mapping[str, str]:
    text = files("tracker.reference.registers").joinpath(f"data/{name}.csv").read_text("utf-8")
    return {row["code"]: row["label"] for row in csv.DictReader(text.splitlines())}
