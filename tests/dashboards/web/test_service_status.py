from __future__ import annotations

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


def test_a_finding_has_its_numbers_and_days_as_the_language_writes_them() -> None:
    room = Finding("good", "data folder %(folder)s: %(free)s GB free", {"folder": "/srv/1.5", "free": "74.7"})
    assert line("fr", room).words == "dossier de données /srv/1.5\xa0: 74,7 Go libres"
    last = Finding("good", "%(site)s: last event %(time)s UTC", {"site": "blog.fr", "time": "2026-11-01 07:10"})
    assert line("fr", last).words == "blog.fr\xa0: dernier événement le 1er nov. 2026, 07:10 UTC"
