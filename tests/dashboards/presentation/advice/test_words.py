"""Advice in words: whole sentences, in both languages, with the visits that they rest on."""

from __future__ import annotations

import re

import pytest

from dashboards.presentation.advice.networks import networks_by_kind
from dashboards.presentation.advice.words import needed, said
from tracker.enrichment.source.social_networks import SocialKind
from tracker.reports.advice.findings import Finding, Need
from tracker.reports.advice.networks import Network, Verdict

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


DAYS = {"share": 0.41, "expected_share": 2 / 7, "name": "LinkedIn"}
HOURS = {"share": 0.25, "expected_share": 1 / 8, "name": "LinkedIn", "slots": [9, 10, 11]}


@pytest.mark.parametrize(
    ("code", "facts", "english", "french"),
    [
        ("days_of_visitors", DAYS | {"slots": [1]}, "Publish on Tuesdays: 41% of the visits come then. If all days were alike, it would be 29%.", "Publiez le mardi : 41 % des visites ont lieu alors. Si tous les jours se valaient, ce serait 29 %."),
        ("days_of_companies", DAYS | {"slots": [1, 3]}, "Companies come most on Tuesdays and Thursdays: 41% of their visits. If all days were alike, it would be 29%.", "Les entreprises viennent surtout le mardi et le jeudi : 41 % de leurs visites. Si tous les jours se valaient, ce serait 29 %."),
        ("days_of_network", DAYS | {"slots": [0, 1, 2]}, "Post on LinkedIn on Mondays to Wednesdays: 41% of the visits from there come then, and 29% of all visits.", "Sur LinkedIn, publiez du lundi au mercredi : 41 % des visites qui en viennent ont lieu alors, contre 29 % de l’ensemble des visites."),
        ("hours_of_visitors", HOURS, "Publish shortly before 09:00: 25% of the visits come from 09:00 to 12:00. If all hours were alike, it would be 12%.", "Publiez peu avant 9 h : 25 % des visites ont lieu de 9 h à 12 h. Si toutes les heures se valaient, ce serait 12 %."),
        ("hours_of_companies", HOURS, "Companies come most from 09:00 to 12:00: 25% of their visits. If all hours were alike, it would be 12%.", "Les entreprises viennent surtout de 9 h à 12 h : 25 % de leurs visites. Si toutes les heures se valaient, ce serait 12 %."),
        ("hours_of_network", HOURS, "Post on LinkedIn shortly before 09:00: 25% of the visits from there come from 09:00 to 12:00, and 12% of all visits.", "Sur LinkedIn, publiez peu avant 9 h : 25 % des visites qui en viennent ont lieu de 9 h à 12 h, contre 12 % de l’ensemble des visites."),
        ("leaving", {"name": "Tarifs", "ended": 34, "expected": 25.4}, "Give companies a next step on “Tarifs”: 34 of their visits ended there, and the order of their pages explains 25.", "Proposez une suite aux entreprises sur « Tarifs » : 34 de leurs visites s’y arrêtent, et l’ordre de leurs pages en explique 25."),
        ("reread", {"name": "Panorama", "expected": 9.6}, "Bring “Panorama” up to date: this old article was read in 85 visits in the last 4 weeks, and the weeks before led to expect 10.", "Mettez « Panorama » à jour : cet ancien article a été lu pendant 85 visites ces 4 dernières semaines, et les semaines précédentes en laissaient attendre 10."),
        ("leave", {"name": "Facebook", "expected": 12.2}, "Spend your time elsewhere than on Facebook: 85 visits and no company. Other sources would have brought 12 visits of companies.", "Consacrez votre temps à autre chose qu’à Facebook : 85 visites et aucune entreprise. D’autres sources auraient amené 12 visites d’entreprises."),
        ("try", {"name": "Xing"}, "Try Xing: it is a network of the same kind as one that brings you companies, and hardly anybody comes from there yet.", "Essayez Xing : ce réseau est du même genre qu’un autre qui vous amène des entreprises, et presque personne n’en vient encore."),
    ],
    ids=lambda one: one if isinstance(one, str) and "_" in one else "",
)  # fmt: skip
def test_each_advice_is_a_whole_sentence(code: str, facts: dict[str, object], english: str, french: str) -> None:
    finding = Finding(code, 85, facts)
    assert said("en", finding).sentence == english
    assert re.sub(r"[\u00a0\u202f]", " ", said("fr", finding).sentence) == french
    assert "85" in said("en", finding).basis


def test_each_network_has_its_verdict_in_words() -> None:
    found = networks_by_kind("fr", [Network("LinkedIn", SocialKind.NETWORKING, 1_026, 134, 73.0, Verdict.KEEP)])
    assert [kind for kind, _ in found] == ["Publication", "Partage", "Réseautage", "Messagerie", "Collaboration", "Discussion"]  # fmt: skip
    ((row,),) = [rows for _, rows in found if rows]
    assert (row.name, row.visits, row.theirs, row.tone) == ("LinkedIn", "1\u202f026", "134", "keep")
    assert row.verdict == "À garder\u00a0: il amène des entreprises plus que d’autres."
