"""What is to be said of figures whose days were counted in another time zone, or by the rules of an earlier version."""

from __future__ import annotations

from dashboards.presentation import dates
from dashboards.translations import translate
from tracker.stats.rollups.moment import Caveats


def caveats_in_words(language: str, caveats: Caveats) -> list[str]:
    """Sentences for the page; none where all is as it should be."""
    found = []
    if caveats.in_zone_of_before:
        found.append(
            translate(
                language,
                "The time zone has changed. Figures are being recounted; until then, days begin as they did before.",
            )
        )
    if caveats.by_rules_of_before:
        found.append(
            translate(
                language,
                "The service was updated. Figures are being recounted; until then, those of the earlier version are shown.",
            )
        )
    if caveats.final_before is not None:
        found.append(
            translate(
                language,
                "Before %(day)s, days are those of the time zone %(zone)s: their events have been deleted.",
                day=dates.full_day(language, caveats.final_before),
                zone=caveats.final_in,
            )
        )
    return found
