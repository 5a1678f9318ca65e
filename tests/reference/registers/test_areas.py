from __future__ import annotations

import pytest

from tracker.reference.registers.areas import areas_of_region, department_of, region_names, region_of


@pytest.mark.parametrize(
    ("commune", "postcode", "department"),
    [
        ("25056", "25000", "25"),
        ("2A004", "20000", "2A"),
        ("", "20000", "2A"),
        ("", "20200", "2B"),
        ("97105", "97100", "971"),
        ("", "98800", "988"),
        ("", "01000", "01"),
        ("", "", ""),
        ("", "B-1000", ""),
    ],
)
def test_tells_the_department_of_a_place(commune: str, postcode: str, department: str) -> None:
    assert department_of(commune, postcode) == department


@pytest.mark.parametrize(
    ("country", "area", "code"),
    [
        ("FR", "25", "FR-BFC"),
        ("FR", "2B", "FR-20R"),
        ("RE", "974", "FR-974"),
        ("DE", "DE-BY", "DE-BY"),
        ("DE", "BY", None),
    ],
)
def test_tells_the_region_of_an_area(country: str, area: str, code: str | None) -> None:
    found = region_of(country, area)
    assert (found.code if found else None) == code


def test_finds_the_departments_of_a_region_as_geo_databases_name_it() -> None:
    assert areas_of_region("Bourgogne-Franche-Comté") == {"21", "25", "39", "58", "70", "71", "89", "90"}
    assert areas_of_region("Bavaria") == frozenset()
    assert len(region_names()) == 24
