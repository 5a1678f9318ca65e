"""The reasons of a score as a salesperson would say them."""

from __future__ import annotations

import pytest

from dashboards.presentation.score_reasons import SCORE_REASONS, score_reason, standing_in_words
from tracker.leads.scoring import CODES

FORM = {"key": "forms", "name": "Forms sent", "day": "2026-11-24", "times": 1}


@pytest.mark.parametrize(
    ("code", "values", "french", "english"),
    [
        ("goals", {"goals": [FORM]}, "formulaire envoyé le mar. 24 nov.", "sent a form on Tue 24 Nov"),
        ("goals", {"goals": [FORM | {"times": 2}]}, "formulaire envoyé le mar. 24 nov. (2 fois)", "sent a form on Tue 24 Nov (2 times)"),
        ("goals", {"goals": [FORM | {"key": "7", "name": "Demo"}, FORM | {"key": "downloads"}]},
         "«\u202fDemo\u202f» le mar. 24 nov., fichier téléchargé le mar. 24 nov.",
         "“Demo” on Tue 24 Nov, downloaded a file on Tue 24 Nov"),
        ("buying_pages", {"pages": ["Tarifs", "Contact"], "views": 2}, "pages clés\u202f: Tarifs, Contact", "key pages: Tarifs, Contact"),
        ("buying_pages", {"pages": ["Tarifs"], "views": 2}, "pages clés\u202f: Tarifs (2 vues)", "key pages: Tarifs (2 views)"),
        ("several_visitors", {"visitors": 3, "day": "2026-11-24"}, "3 personnes le mar. 24 nov.", "3 people on Tue 24 Nov"),
        ("return_visits", {"visits": 3, "days": 2}, "3 visites sur 2 jours", "3 visits on 2 days"),
        ("pages_read", {"pages": 1}, "1 page vue", "1 page view"),
        ("pages_read", {"pages": 1220}, "1\u202f220 pages vues", "1,220 page views"),
        ("engaged_time", {"engaged_seconds": 700}, "11\u202fmin de lecture", "11\u202fmin of reading"),
        ("recency", {"days": 4, "last_day": "2026-11-01"}, "dernière visite le 1er nov.", "last visit: 1 Nov"),
        ("new_reason", {}, "new reason", "new reason"),
    ],
)  # fmt: skip
def test_reasons_of_a_score_are_phrases(code: str, values: dict[str, object], french: str, english: str) -> None:
    assert score_reason("fr", code, values) == french
    assert score_reason("en", code, values) == english


def test_every_part_of_a_score_has_its_words() -> None:
    assert set(SCORE_REASONS) == set(CODES)


def test_one_visit_is_no_plural_where_a_lead_rises_or_cools() -> None:
    values = {"visits": 1, "days": 14, "visits_before": 6, "days_before": 28}
    assert standing_in_words("en", "cooling", values) == "Cooling: 1 visit in 2 weeks, 6 in the 4 weeks before"
    french = standing_in_words("fr", "cooling", values)
    assert french == "En baisse\xa0: 1 visite en 2 semaines, 6 les 4 précédentes"
    assert "2 visites" in standing_in_words("fr", "rising", values | {"visits": 2})
