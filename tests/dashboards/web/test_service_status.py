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
