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


def form_label(entry: Entry) -> Label | None:
    """Returns the legal form in the words of the register's country; None for an unknown code."""
    known = _labels("legal_forms_fr") if entry.register == "sirene" else {}
    words = known.get(entry.form) or known.get(entry.form[:2])
    return Label(words, "fr") if words else None


def employees(entry: Entry) -> tuple[int, int | None] | None:
    """Returns how many employees a company has at least and at most; None where the register does not say."""
    return SIZES.get(entry.size)


def _is_2025(nomenclature: str) -> bool:
    return nomenclature.upper() in {"NAF2025", "NAF25", "NAFREV2.1"}


@lru_cache(maxsize=8)
def _labels(name: str) -> Mapping[str, str]:
    text = files("tracker.reference.registers").joinpath(f"data/{name}.csv").read_text("utf-8")
    return {row["code"]: row["label"] for row in csv.DictReader(text.splitlines())}
