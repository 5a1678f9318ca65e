"""The file of leads that the dashboard downloads, as a spreadsheet of its language opens it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import Any

import pytest

from tests.dashboards.web.conftest import SITE, Browser


@pytest.mark.parametrize(
    ("language", "separator", "expected"),
    [
        ("fr", ";", {"Entreprise": "Air France", "Type": "Entreprise", "Pages vues": "1", "Dernière visite": "2026-11-16 08:00"}),
        ("en", ",", {"Company": "Air France", "Type": "Business", "Page views": "1", "Last seen": "2026-11-16 08:00"}),
    ],
)  # fmt: skip
def test_headings_words_and_separator_are_of_the_page_s_language(
    signed_in: Browser,
    site: str,
    company_visit: Callable[..., Any],
    language: str,
    separator: str,
    expected: dict[str, str],
) -> None:
    company_visit("/tarifs")
    signed_in.language = language
    text = signed_in.get(f"/{SITE}/leads.csv").data.decode("utf-8-sig")
    (row,) = csv.DictReader(text.splitlines(), delimiter=separator)
    assert {name: row[name] for name in expected} == expected
