"""Fit in words: the bands, the weights of rules, and how "fit first" sorts."""

from __future__ import annotations

from dashboards.translations import message, translate
from tracker.leads.fit.rules import Weight

BANDS = {
    "high": message("High (70 and over)"),
    "middle": message("Middle (40 to 69)"),
    "low": message("Low (under 40)"),
}
WEIGHTS = {
    Weight.A_LITTLE: message("counts a little (1)"),
    Weight.MUCH: message("counts much (2)"),
    Weight.DECISIVE: message("is decisive (3)"),
    Weight.RULES_OUT: message("rules out"),
}
FIT_FIRST = message("Fit first: the highest fit first, and companies of the same fit by their score.")


def fit_band(language: str, code: str | None) -> str:
    """What a value of the dimension `fit` is called."""
    return translate(language, BANDS[code]) if code in BANDS else code or ""


def weight_name(language: str, weight: Weight) -> str:
    return translate(language, WEIGHTS[weight])


def fit_in_words(language: str, points: int | None) -> str:
    """A fit as a short text; empty without one."""
    return "" if points is None else translate(language, "Fit %(points)s", points=points)
