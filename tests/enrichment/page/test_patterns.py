"""Patterns of paths: a star is any text, and a path that is only partly alike is not meant."""

from __future__ import annotations

import pytest

from tracker.enrichment.page.patterns import first_match, is_like


@pytest.mark.parametrize(
    ("pattern", "path", "is_meant"),
    [
        ("/admin", "/admin", True),
        ("/admin", "/admin/", False),
        ("/admin/*", "/admin/a/b", True),
        ("/admin/*", "/administration", False),
        ("*/preview", "/a/preview", True),
        ("*/preview", "/a/preview/b", False),
        ("/a*b*c", "/aXbYc", True),
        ("/a*b*c", "/acb", False),
        ("/a*a", "/a", False),
        ("/ab*ba", "/aba", False),
        ("/a**b", "/ab", True),
        ("/?page_id=*", "/?page_id=12", True),
        ("/x[0-9]", "/x1", False),
    ],
)
def test_a_star_is_any_text_and_nothing_else_is_special(pattern: str, path: str, is_meant: bool) -> None:
    assert is_like(pattern, path) is is_meant


def test_many_stars_take_no_time() -> None:
    """A regular expression would look for years."""
    assert not is_like("/" + "a*" * 140 + "b", "/" + "a" * 2_000)


def test_the_first_pattern_that_fits_is_told() -> None:
    assert first_match(("/b", "/a*", "/*"), "/abc") == "/a*"
    assert first_match((), "/abc") is None
