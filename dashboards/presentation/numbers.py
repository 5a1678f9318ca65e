"""Numbers as people read them in a language: decimal comma, narrow no-break spaces, compact from ten thousand on."""

from __future__ import annotations

import math
from functools import lru_cache

from babel.numbers import format_compact_decimal, format_currency, format_decimal, format_percent

COMPACT_FROM = 10_000
# Writing a number by a locale's rules takes a tenth of a millisecond, and a page has hundreds.
_KEPT = 4096
_NARROW = "\u202f"


@lru_cache(_KEPT)
def count(language: str, number: float, *, compact: bool = True) -> str:
    """Returns a whole number as text: 9 876, and compact from ten thousand on: 12,3 k."""
    if compact and abs(number) >= COMPACT_FROM:
        return _narrow(format_compact_decimal(number, locale=language, fraction_digits=1))
    return format_decimal(round(number), locale=language)


@lru_cache(_KEPT)
def decimal(language: str, number: float, digits: int = 1) -> str:
    return format_decimal(number, f"#,##0.{'#' * digits}", locale=language)


@lru_cache(_KEPT)
def percent(language: str, fraction: float) -> str:
    """Returns a fraction as a percentage: with a decimal below ten per cent, where a whole number would hide half of it.

    12 %, 3.4 %, < 0.1 %. Only zero is shown as 0.
    """
    if 0 < fraction < 0.0005:
        return f"<{_NARROW if language == 'fr' else ''}{_percent(language, 0.001, 1)}"
    return _percent(language, fraction, int(0 < round(fraction, 3) < 0.1))


@lru_cache(_KEPT)
def money(language: str, amount: float, currency: str) -> str:
    """Returns an amount with its currency, from a hundred on without cents: 1 250 €."""
    with_cents = abs(amount) < 100 and amount != round(amount)
    shown = round(amount, 2) if with_cents else round(amount)
    number = "#,##0.00" if with_cents else "#,##0"
    pattern = f"{number}\xa0¤" if language == "fr" else f"¤{number}"
    return _narrow(format_currency(shown, currency, pattern, locale=language, currency_digits=False))


def signed_percent(language: str, fraction: float) -> str:
    """A change in whole per cent: +12 %, −3 %, with the minus sign of typography; beyond tenfold as a factor."""
    if fraction >= 9.995:
        return f"×{_NARROW}{decimal(language, fraction + 1, 0 if fraction > 20 else 1)}"
    rounded = round(fraction, 2)
    return _sign(rounded) + _percent(language, abs(rounded), 0)


def signed_points(language: str, difference: float) -> str:
    """Returns the difference of two fractions in percentage points, as a signed number without its unit."""
    return _sign(difference) + decimal(language, abs(difference) * 100)


def change(now: float | None, before: float | None) -> float | None:
    """The change as a fraction of what was before; None when there was nothing to compare with."""
    if now is None or before is None or not before or math.isnan(now) or math.isnan(before):
        return None
    return now / before - 1


def _percent(language: str, fraction: float, digits: int) -> str:
    pattern = f"#,##0{'.' + '0' * digits if digits else ''}{_NARROW if language == 'fr' else ''}%"
    return format_percent(fraction, pattern, locale=language)


def _sign(number: float) -> str:
    return "+" if number > 0 else "\u2212" if number < 0 else ""


def _narrow(text: str) -> str:
    return text.replace("\u00a0", _NARROW)
