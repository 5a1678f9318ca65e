"""A word finds companies by their name, domain or town."""

from __future__ import annotations

import pytest

from tests.stats.conftest import Blog, scope
from tracker.leads.search import companies_found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        pytest.param("éc", {"École Vauban"}, id="name-in-any-case"),
        pytest.param("vauban.fr", {"École Vauban"}, id="domain"),
        pytest.param("BREST", {"Armor", "École Vauban"}, id="town"),
        pytest.param("_", set(), id="no-wildcard"),
        pytest.param("nobody", set(), id="none"),
    ],
)
def test_finds_by_name_domain_and_town(blog: Blog, words: str, found: set[str]) -> None:
    blog.visit("2026-11-10T10:00:00+01:00", (0, "/a"), company="Armor", city="Brest")
    blog.visit("2026-11-11T10:00:00+01:00", (0, "/a"), company="École Vauban", company_domain="vauban.fr", city="Brest")
    blog.visit("2026-10-11T10:00:00+01:00", (0, "/a"), company="Long ago", city="Brest")
    blog.visit("2026-11-11T10:00:00+01:00", (0, "/a"), city="Brest")
    assert companies_found(blog.store, scope("2026-11"), words) == found
