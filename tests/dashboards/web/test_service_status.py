from __future__ import annotations

import pytest

from dashboards.web.service_status import line
from tracker.service.finding import Finding


def test_a_finding_is_in_the_language_of_the_page() -> None:
    finding = Finding("hint", "%(site)s: no event yet; is the snippet in its pages?", {"site": "blog.fr"})
    assert line("fr", finding) == (
        "hint",
        "Conseil",
        "blog.fr\xa0: encore aucun événement\u202f; la balise est-elle dans ses pages\u202f?",
        "fr",
    )
    assert line("en", finding)[2:] == ("blog.fr: no event yet; is the snippet in its pages?", "en")


def test_what_another_program_reports_is_marked_as_english() -> None:
    finding = Finding("problem", "City.mmdb: 100 % broken")
    assert line("fr", finding) == ("problem", "Problème", "City.mmdb: 100 % broken", "en")


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("no place database: run it", "No place database: run it"),
        ("journal: 0 kB wait to be stored", "Journal: 0 kB wait to be stored"),
        ("secret.key was too weak", "secret.key was too weak"),
        ("networks.csv, line 3: no network", "networks.csv, line 3: no network"),
        ("blog.fr: no event yet", "blog.fr: no event yet"),
        ("/srv/data is full", "/srv/data is full"),
    ],
)
def test_a_sentence_begins_with_a_capital_unless_a_name_begins_it(sentence: str, shown: str) -> None:
    assert line("en", Finding("hint", sentence)).words == shown


def test_a_finding_has_its_numbers_and_days_as_the_language_writes_them() -> None:
    room = Finding("good", "data folder %(folder)s: %(free)s GB free", {"folder": "/srv/1.5", "free": "74.7"})
    assert line("fr", room).words == "Dossier de données /srv/1.5\xa0: 74,7 Go libres"
    assert line("en", room).words == "Data folder /srv/1.5: 74.7 GB free"
    last = Finding("good", "%(site)s: last event %(time)s UTC", {"site": "blog.fr", "time": "2026-11-01 07:10"})
    assert line("fr", last).words == "blog.fr\xa0: dernier événement le 1er nov. 2026, 07:10 UTC"
