"""Advice in words: whole sentences, in both languages, with the visits that they rest on."""

from __future__ import annotations

import pytest

from dashboards.presentation.advice.words import needed, said
from tracker.reports.advice.findings import Finding, Need

ARTICLE = Finding("article", 1_234, {"name": "Publier au bon moment", "share": 0.081, "expected_share": 0.0321})


@pytest.mark.parametrize(
    ("language", "sentence", "basis"),
    [
        (
            "en",
            "Show “Publier au bon moment” more: 8.1% of the visits of companies begin there, and 3.2% of all visits.",
            "Based on 1,234 visits by companies in 13 weeks.",
        ),
        (
            "fr",
            "Mettez «\u202fPublier au bon moment\u202f» en avant\u00a0: 8,1\u202f% des visites d’entreprises y commencent, contre 3,2\u202f% de l’ensemble des visites.",
            "D’après 1\u202f234 visites d’entreprises en 13 semaines.",
        ),
    ],
)
def test_an_advice_is_a_sentence_and_what_it_rests_on(language: str, sentence: str, basis: str) -> None:
    found = said(language, ARTICLE)
    assert (found.sentence, found.basis) == (sentence, basis)


def test_what_others_wrote_is_shortened() -> None:
    assert "“PUB”" in said("en", ARTICLE, lambda text: text[:3].upper()).sentence


def test_what_it_would_take_is_a_sentence() -> None:
    assert needed("en", [Need("companies", 1, 10)]) == [
        "Advice on what brings companies takes 10 companies in 13 weeks; there is 1 so far."
    ]
