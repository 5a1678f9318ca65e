"""Office hours where the visitor is."""

from __future__ import annotations

import pandas as pd
import pytest

from tracker.leads.possible.office_hours import in_office_hours, zone_of


@pytest.mark.parametrize(
    ("country", "region", "zone"),
    [
        ("FR", "Bretagne", "Europe/Paris"),
        ("RE", None, "Indian/Reunion"),
        ("ES", "Madrid", "Europe/Madrid"),
        ("US", None, "America/New_York"),
        ("US", "California", "America/Los_Angeles"),
        ("RU", "Moscow", "Europe/Moscow"),
        ("BR", "São Paulo", "America/Sao_Paulo"),
        ("XX", None, None),
        (None, None, None),
    ],
)
def test_a_country_has_the_zone_of_most_of_its_people_and_some_regions_their_own(
    country: str | None, region: str | None, zone: str | None
) -> None:
    assert zone_of(country, region) == zone


def test_an_office_hour_is_one_where_the_visitor_is() -> None:
    # A Tuesday, 14:30 UTC: 15:30 in Paris, 23:30 in Tokyo, 6:30 in San Francisco; a Saturday; no country, in Paris.
    rows = [
        ("2026-11-10 14:30", "FR", None, True),
        ("2026-11-10 14:30", "JP", None, False),
        ("2026-11-10 14:30", "US", "California", False),
        ("2026-11-10 02:00", "JP", None, True),
        ("2026-11-14 10:00", "FR", None, False),
        ("2026-11-10 17:59", None, None, True),
        ("2026-11-10 18:00", None, None, False),
    ]
    frame = pd.DataFrame(rows, columns=["at", "country", "region", "expected"])
    found = in_office_hours(frame["at"], frame["country"], frame["region"], otherwise="Europe/Paris")
    assert found.tolist() == frame["expected"].tolist()
