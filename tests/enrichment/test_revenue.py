"""Amounts as clients and shops write them."""

from __future__ import annotations

from typing import Any

import pytest

from tracker.enrichment.revenue import read_revenue


@pytest.mark.parametrize(
    ("given", "amount", "currency"),
    [
        pytest.param({"amount": "1200", "currency": "EUR"}, 1200, "EUR", id="as-the-api-has-it"),
        pytest.param({"amount": 12.5, "currency": "eur"}, 12.5, "EUR", id="a-number"),
        pytest.param('{"amount": "9.50", "currency": "USD"}', 9.5, "USD", id="an-object-as-text"),
        pytest.param({"amount": "12,50", "currency": "EUR"}, 12.5, "EUR", id="a-french-comma"),
        pytest.param({"amount": "1 234,50", "currency": "€"}, 1234.5, "EUR", id="a-french-thousand"),
        pytest.param({"amount": "1\u202f234,50", "currency": "EUR"}, 1234.5, "EUR", id="a-narrow-space"),
        pytest.param({"amount": "1.234,50", "currency": "EUR"}, 1234.5, "EUR", id="a-german-thousand"),
        pytest.param({"amount": "1,234.50", "currency": "USD"}, 1234.5, "USD", id="an-english-thousand"),
        pytest.param({"amount": "1,234", "currency": "USD"}, 1234, "USD", id="a-thousand-and-no-cents"),
        pytest.param({"amount": "-5", "currency": "EUR"}, -5, "EUR", id="a-refund"),
        pytest.param("12,50 €", 12.5, "EUR", id="a-text-with-its-sign"),
        pytest.param("EUR 12.50", 12.5, "EUR", id="a-text-with-its-currency"),
    ],
)
def test_an_amount_is_read_as_it_was_meant(given: Any, amount: float, currency: str) -> None:
    assert read_revenue(given) == (amount, currency)


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(12.5, id="a-number-without-currency"),
        pytest.param("12.50", id="a-text-without-currency"),
        pytest.param("a lot", id="words"),
        pytest.param({"amount": True, "currency": "EUR"}, id="true"),
        pytest.param({"amount": "1e400", "currency": "EUR"}, id="beyond-every-number"),
        pytest.param({"amount": 10**400, "currency": "EUR"}, id="a-whole-number-beyond-every-number"),
        pytest.param({"amount": 10**16, "currency": "EUR"}, id="more-than-there-is"),
        pytest.param({"amount": "12", "currency": "ÉUR"}, id="letters-of-no-currency"),
        pytest.param({"amount": [1], "currency": {"code": "EUR"}}, id="nested"),
        pytest.param("[" * 990, id="brackets"),
        pytest.param('{"a":' * 7000 + "1" + "}" * 7000, id="nested-too-deep"),
    ],
)
def test_what_is_no_amount_with_a_currency_earns_nothing(given: Any) -> None:
    assert read_revenue(given) == (None, None)
