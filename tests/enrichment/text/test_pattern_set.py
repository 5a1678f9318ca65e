from __future__ import annotations

import re

import pytest
from crawlerdetect.providers.crawlers import data as crawler_detect_patterns

from tracker.enrichment.text.pattern_set import FirstMatch, Pattern, PatternMatch, without_look_around

PATTERNS = FirstMatch(
    [Pattern(r"fox\d+", "a numbered fox", "animal"), Pattern("fox", "a fox"), Pattern("(?-i:HEN)", "a hen")]
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the fox7", PatternMatch("a numbered fox", "animal")),
        ("the FOX", PatternMatch("a fox", "")),
        ("HEN and fox", PatternMatch("a fox", "")),
        ("HEN", PatternMatch("a hen", "")),
        ("hen", None),
        ("", None),
    ],
    ids=["the first", "without case", "order of patterns", "with case", "case matters", "nothing"],
)
def test_gives_the_first_pattern_that_matches(text, found):
    assert PATTERNS.find(text) == found


def test_joins_lists_in_their_order():
    both = FirstMatch([Pattern("goose", "a goose")]).joined(PATTERNS)
    assert both.find("fox and goose") == PatternMatch("a goose", "")
    assert both.find("fox") == PatternMatch("a fox", "")


def test_refuses_what_the_engine_cannot_read():
    with pytest.raises(ValueError, match="look-around"):
        FirstMatch([Pattern("fox(?!es)", "a fox")]).find("foxes")


@pytest.mark.parametrize(
    ("expression", "plain"),
    [
        ("Yandex(?!Search)", "Yandex"),
        (r"(?<![a-z(])bot(?=\)|$)s?", "bots?"),
        ("a(b|c)", "a(b|c)"),
        (r"x(?!(?:y|\(z)w)", "x"),
    ],
)
def test_takes_look_arounds_out(expression, plain):
    assert without_look_around(expression) == plain


def test_no_pattern_of_the_list_finds_less_without_them():
    for expression in crawler_detect_patterns:
        assert re.compile(without_look_around(expression))
