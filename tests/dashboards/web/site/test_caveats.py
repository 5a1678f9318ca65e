from __future__ import annotations

from datetime import date

import pytest

from dashboards.web.site.caveats import caveats_in_words
from tracker.stats.rollups.moment import Caveats


@pytest.mark.parametrize(
    ("caveats", "words"),
    [
        (Caveats(), []),
        (Caveats(in_zone_of_before=True), ["Le fuseau horaire a changé"]),
        (Caveats(by_rules_of_before=True), ["Le service a été mis à jour"]),
        (Caveats(final_before=date(2026, 11, 17), final_in="Europe/Paris"), ["17 nov", "Europe/Paris"]),
    ],
    ids=["all is well", "time zone", "rules", "final"],
)
def test_the_page_says_which_days_its_figures_are_of(caveats: Caveats, words: list[str]) -> None:
    found = caveats_in_words("fr", caveats)
    assert len(found) == bool(words)
    assert all(one in found[0] for one in words)
