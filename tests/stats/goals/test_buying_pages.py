"""Buying pages are found by whole words, and not where a word only occurs."""

from __future__ import annotations

import pytest

from tracker.db.invalid import Invalid
from tracker.stats.goals.buying_pages import DEFAULT, read_buying_pages, write_buying_pages


@pytest.mark.parametrize(
    ("path", "weight"),
    [
        ("/tarifs", 1), ("/nos-tarifs/", 1), ("/fr/Nos_Tarifs.html", 1), ("/tarifs/agences", 1), ("/tarif?id=2", 1),
        ("/prix", 1), ("/prix-et-tarifs", 1), ("/prices/", 1), ("/pricing", 1), ("/contact", 1), ("/contact/merci", 1),
        ("/contactez-nous", 1), ("/nous-contacter", 1), ("/get-started", 1), ("/demander-un-devis", 2), ("/devis-gratuit", 2), ("/demande-de-d%C3%A9mo", 2),
        ("/book-a-demo", 2), ("/démonstration", 2), ("/prendre-rendez-vous", 2), ("/services", 0.5), ("/nos-offres", 0.5),
    ],
)  # fmt: skip
def test_the_defaults_find_pages_that_are_called_so(path: str, weight: float) -> None:
    assert DEFAULT.of([path]) == {path: weight}


@pytest.mark.parametrize(
    "path",
    [
        "/prix-goncourt-2026", "/le-prix-de-la-page-blanche", "/prix/goncourt", "/caprix", "/reprise", "/fisher-price",
        "/lentilles-de-contact", "/demographie", "/democratie", "/demo-day", "/comment-fixer-ses-tarifs",
        "/tarifs-douaniers", "/offre-et-la-demande-en-economie", "/services-publics", "/essai-litteraire", "/", "/a-propos",
    ],
)  # fmt: skip
def test_the_defaults_do_not_find_articles_with_such_a_word(path: str) -> None:
    assert DEFAULT.of([path]) == {}


@pytest.mark.parametrize(
    ("pattern", "found", "others"),
    [
        ("migration", ["/migration", "/Migrations/"], ["/immigration", "/migration-cloud"]),
        ("*migration*", ["/la-migration-cloud", "/migration"], ["/immigration-cloud", "/migration/x"]),
        ("cloud*", ["/cloud-azure", "/cloud"], ["/prive-cloud"]),
        ("/offres/*", ["/offres/a", "/offres/a/b"], ["/nos/offres/a", "/offres"]),
        ("/offre", ["/offre", "/offre/"], ["/offres", "/offre/a"]),
        ("audit/*", ["/audit", "/audit/seo"], ["/audit-seo"]),
        ("nous rejoindre", ["/nous-rejoindre"], ["/nous-les-rejoignons"]),
    ],
)
def test_a_pattern_finds_whole_words(pattern: str, found: list[str], others: list[str]) -> None:
    assert list(read_buying_pages(pattern).of([*found, *others])) == found


def test_the_greatest_weight_counts_and_lines_are_read_back() -> None:
    pages = read_buying_pages("offres 0.5\n\n/offres/pro 3\naudit 2024 1\nconseil\nprix 2,5")
    assert pages.weights == (("offres", 0.5), ("/offres/pro", 3), ("audit 2024", 1), ("conseil", 1), ("prix", 2.5))
    assert pages.of(["/offres/pro", "/offres"]) == {"/offres/pro": 3, "/offres": 0.5}
    assert read_buying_pages(write_buying_pages(pages)) == pages
    assert read_buying_pages(write_buying_pages(DEFAULT)).are_defaults


@pytest.mark.parametrize("line", ["***", "prix 6", "prix 0", "x" * 201, "a*b*c*d*e*f"])
def test_what_finds_nothing_is_refused(line: str) -> None:
    with pytest.raises(Invalid):
        read_buying_pages(line)
