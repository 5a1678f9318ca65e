"""Each event of a visit is worded in both languages, with its target."""

from __future__ import annotations

import json

import pytest

from dashboards.presentation.visit_events import describe_event


@pytest.mark.parametrize(
    ("name", "props", "english", "french"),
    [
        (
            "Outbound Link: Click",
            {"url": "https://www.linkedin.com/company/acme/?trk=1"},
            "followed a link to www.linkedin.com/company/acme",
            "a suivi un lien vers www.linkedin.com/company/acme",
        ),
        ("File Download", {"url": "https://a.fr/d/%C3%A9t%C3%A9.pdf?x"}, "downloaded été.pdf", "a téléchargé été.pdf"),
        ("Form: Submission", {"form": "devis"}, "sent the form “devis”", "a envoyé le formulaire «\u202fdevis\u202f»"),
        ("Form: Submission", {"form": None}, "sent a form", "a envoyé un formulaire"),
        (
            "Email: Click",
            {"url": "mailto:contact@a.fr?subject=x"},
            "clicked the email address contact@a.fr",
            "a cliqué sur l’adresse e-mail contact@a.fr",
        ),
        (
            "Phone: Click",
            {"url": "tel:+33123456789"},
            "clicked the phone number +33123456789",
            "a cliqué sur le numéro de téléphone +33123456789",
        ),
        ("404", {}, "met a missing page: /perdue", "a rencontré une page introuvable\u202f: /perdue"),
        ("Identify", {"x": "y"}, "said who they are", "a indiqué son identité"),
        ("Démo", {}, "did “Démo”", "a déclenché «\u202fDémo\u202f»"),
        (
            "Démo",
            {"plan": "Pro", "n": 3},
            "did “Démo” (plan: Pro, n: 3)",
            "a déclenché «\u202fDémo\u202f» (plan: Pro, n: 3)",
        ),
    ],
)
def test_an_event_is_worded_with_its_target(name: str, props: object, english: str, french: str) -> None:
    assert describe_event("en", name, json.dumps(props), "/perdue") == english
    assert describe_event("fr", name, json.dumps(props), "/perdue") == french


@pytest.mark.parametrize("props", [None, "", "{", "[1]", '{"url": "http://["}', '{"url": 7}', '{"url": ""}'])
def test_properties_that_tell_no_target_leave_the_event(props: str | None) -> None:
    assert describe_event("en", "File Download", props) in ("downloaded a file", "downloaded 7")


def test_a_long_target_is_cut() -> None:
    props = json.dumps({"url": "https://a.fr/" + "x" * 500})
    assert len(describe_event("en", "Outbound Link: Click", props)) < 120
