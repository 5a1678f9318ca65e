"""The matches of a site's companies: made once, made again when the question or the register is another, and for nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.leads.kept_site import NOW
from tests.reference.registers.published import imported, seat, unit
from tests.stats.conftest import SITE, Blog
from tracker.db.engine import AppDatabase
from tracker.db.models import Site
from tracker.leads.registers.choices import Chosen, choose, take_back
from tracker.leads.registers.facts import as_json, as_text, from_text
from tracker.leads.registers.kept import KeptFacts, kept_facts
from tracker.leads.registers.matching import Question, match_companies, question_of, questions
from tracker.reference.registers.matching import Asked
from tracker.reference.registers.registers import Registers
from tracker.stats.dimensions import Dimension

BREGUET, PAPILLON = "552100554", "111111102"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    units = [
        unit(BREGUET, "BREGUET SYSTEMES", size="32"),
        unit("111111101", "PAPILLON", size="12"),
        unit(PAPILLON, "PAPILLON", size="11", activitePrincipaleUniteLegale="01.12Z"),
    ]
    places = [
        seat(BREGUET, "BESANCON"),
        seat(BREGUET, "LE HAVRE", "76600", nic="00029", etablissementSiege="false"),
        seat("111111101", "LYON", "69002"),
        seat(PAPILLON, "BREST", "29200"),
    ]
    imported(tmp_path / "registers", units, places)
    return tmp_path / "registers"


@pytest.fixture
def visited(blog: Blog) -> Blog:
    company = {
        "company_method": "as_organisation",
        "company_confidence": 0.9,
        "network_kind": "business",
        "country": "FR",
    }
    for day in ("2026-11-10", "2026-11-11"):
        blog.visit(f"{day}T09:00+01:00", (0, "/"), company="Breguet Systèmes", city="Besançon", **company)
    blog.visit("2026-11-12T09:00+01:00", (0, "/"), company="Breguet Systèmes", city="Le Havre", **company)
    blog.visit("2026-11-12T09:00+01:00", (0, "/"), company="Papillon", city="Paris", **company)
    blog.visit("2026-11-12T09:00+01:00", (0, "/"), company="Nobody Knows", city="Paris", **company)
    return blog


def matched(database: AppDatabase, blog: Blog, site: Site, folder: Path, only: list[str] | None = None) -> int:
    return match_companies(database, blog.store, site, Registers(folder), now=NOW, only=only)


def test_keeps_what_the_register_says_of_a_sites_companies(
    database: AppDatabase, site: Site, folder: Path, visited: Blog
) -> None:
    assert matched(database, visited, site, folder) == 3
    kept = kept_facts(database, site.id)
    assert set(kept.by_name) == {"Breguet Systèmes"}
    found = kept.by_name["Breguet Systèmes"]
    assert (found.entry.number, found.section, found.size, found.region, found.state) == (
        BREGUET,
        "C",
        "250-499",
        "FR-BFC",
        "active",
    )
    assert found.entry.seat.town == "Besançon"
    assert kept.values(Dimension.COMPANY_ACTIVITY).by_name == {"Breguet Systèmes": {"28", "28.9", "28.99", "28.99B"}}
    assert kept.values(Dimension.COMPANY_TOWN).by_name == {"Breguet Systèmes": {"Besançon", "Besancon"}}
    assert kept.found("28.99", "fr") == kept.found("besanç", "fr") == kept.found(BREGUET, "fr") == {"Breguet Systèmes"}
    assert matched(database, visited, site, folder) == 0, "nothing changed"
    assert kept_facts(database, site.id) is kept


def test_facts_are_kept_as_they_were(database: AppDatabase, site: Site, folder: Path, visited: Blog) -> None:
    matched(database, visited, site, folder)
    found = kept_facts(database, site.id).by_name["Breguet Systèmes"]
    assert from_text(as_text(found)) == found
    told = as_json(found)
    assert (told["register"], told["as_of"], told["employees_least"]) == ("sirene", "2026-10-31", 250)
    assert told["seat"] == {"postcode": "25000", "town": "Besançon", "region": "FR-BFC"}


def test_asks_for_the_town_of_most_visits(visited: Blog) -> None:
    assert questions(visited.store, SITE)["Breguet Systèmes"].asked.town == "Besançon"


def test_names_the_establishment_nearest_to_the_visits(
    database: AppDatabase, site: Site, folder: Path, visited: Blog
) -> None:
    for day in range(13, 16):
        visited.visit(
            f"2026-11-{day}T09:00+01:00", (0, "/"), company="Breguet Systèmes", city="Le Havre", country="FR",
            company_method="as_organisation", company_confidence=0.9, network_kind="business",
        )  # fmt: skip
    matched(database, visited, site, folder)
    found = kept_facts(database, site.id).by_name["Breguet Systèmes"]
    assert found.nearest is not None
    assert (found.entry.seat.town, found.nearest.town) == ("Besancon", "Le Havre")


def test_a_choice_is_kept_for_the_list_and_taken_back(
    database: AppDatabase, site: Site, folder: Path, visited: Blog
) -> None:
    matched(database, visited, site, folder)
    choose(database, ["Papillon"], None, Chosen("sirene", PAPILLON), by="lea@exemple.fr", now=NOW)
    assert matched(database, visited, site, folder, only=["Papillon"]) == 1
    found = kept_facts(database, site.id).by_name["Papillon"]
    assert (found.entry.number, found.evidence) == (PAPILLON, ("chosen",))
    take_back(database, ["Papillon"], None)
    assert matched(database, visited, site, folder) == 1
    assert "Papillon" not in kept_facts(database, site.id).by_name


def test_another_edition_makes_all_matches_again(
    database: AppDatabase, site: Site, folder: Path, visited: Blog
) -> None:
    matched(database, visited, site, folder)
    newer = {"dateDernierTraitementUniteLegale": "2026-11-15T08:00:00"}
    imported(folder, [unit(BREGUET, "BREGUET SYSTEMES", size="41", **newer)], [seat(BREGUET, "BESANCON")])
    assert matched(database, visited, site, folder) == 3
    assert kept_facts(database, site.id).by_name["Breguet Systèmes"].size == "500-999"


def test_without_a_register_no_match_is_left(database: AppDatabase, site: Site, folder: Path, visited: Blog) -> None:
    matched(database, visited, site, folder)
    (folder / "sirene.sqlite").unlink()
    assert matched(database, visited, site, folder) == 0
    assert kept_facts(database, site.id).by_name == {}
    assert question_of(database, site.id, "Breguet Systèmes") is None


def test_knows_nothing_before_the_first_match(database: AppDatabase, site: Site) -> None:
    assert kept_facts(database, site.id) == KeptFacts() or kept_facts(database, site.id).by_name == {}


def test_stops_between_two_pieces(database: AppDatabase, site: Site, folder: Path, visited: Blog) -> None:
    assert match_companies(database, visited.store, site, Registers(folder), now=NOW, pause=lambda: True) == 3


def test_whoever_says_that_they_are_of_a_company_does_not_move_it(
    database: AppDatabase, visited: Blog, site: Site, folder: Path
) -> None:
    matched(database, visited, site, folder)
    asked = questions(visited.store, SITE)["Breguet Systèmes"]
    for hour, method in enumerate(("given", "given", "tenant_referrer", "tenant_referrer") * 3, start=8):
        visited.visit(
            f"2026-11-13T{hour:02}:00+01:00", (0, "/"), company="Breguet Systèmes", city="München", country="DE",
            company_method=method, company_confidence=0.95, company_domain="breguet-systemes.de",
        )  # fmt: skip
    moved = questions(visited.store, SITE)["Breguet Systèmes"]
    assert moved == asked == Question(Asked("Breguet Systèmes", "FR", "Besançon"))
    matched(database, visited, site, folder)
    facts = kept_facts(database, site.id).of("Breguet Systèmes")
    assert facts is not None
    assert facts.entry.number == BREGUET
