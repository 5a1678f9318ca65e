"""The revenue of an event: an amount with its currency, in the forms that clients and shops write. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tracker.enrichment.properties import json_object

_MAX_AMOUNT = 1e15
_SIGNS = {"€": "EUR", "£": "GBP"}
_BARE = re.compile(r"(?P<before>[A-Za-z]{3}|[€£])?\s*(?P<amount>[+-]?[\d.,'’\s]*\d)\s*(?P<after>[A-Za-z]{3}|[€£])?")
_SPACES = re.compile(r"[\s'’]")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+")


def read_revenue(given: Mapping[str, Any] | str | float) -> tuple[float | None, str | None]:
    """Amount and ISO 4217 currency, or neither, since an amount without a currency cannot be summed.

    `given` is `{"amount": "12.50", "currency": "EUR"}`, as an object or as its JSON, or a text such as `12,50 €`.
    """
    if isinstance(given, str) and not given.lstrip().startswith("{"):
        amount, currency = _bare(given)
    else:
        money = given if isinstance(given, Mapping) else json_object(given)
        amount, currency = _amount(money.get("amount")), str(money.get("currency", "")).strip().upper()
    currency = _SIGNS.get(currency, currency)
    if (
        amount is None
        or abs(amount) > _MAX_AMOUNT
        or len(currency) != 3
        or not (currency.isascii() and currency.isalpha())
    ):
        return None, None
    return amount, currency


def _bare(text: str) -> tuple[float | None, str]:
    match = _BARE.fullmatch(text.strip()[:100])
    if match is None:
        return None, ""
    return _amount(match["amount"]), (match["before"] or match["after"] or "").upper()


def _amount(value: Any) -> float | None:
    """The number that a person or a program wrote: `1200`, `1 200,50`, `1,200.50`."""
    if isinstance(value, str):
        text = _SPACES.sub("", value[:100])
        last = max(text.rfind(","), text.rfind("."))
        if _THOUSANDS.fullmatch(text) or text.count(",") > 1 or text[last : last + 1] == ".":
            text = text.replace(",", "")
        elif "," in text:
            text = text.replace(".", "").replace(",", ".")
        try:
            value = float(text)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= _MAX_AMOUNT else None
