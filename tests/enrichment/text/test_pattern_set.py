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


def test_several_lists_in_one_pass_find_what_any_of_them_finds():
    either = FirstMatch([Pattern("goose", "a goose")]).without_names(PATTERNS)
    assert either.find("goose") == either.find("a FOX") == either.find("HEN") == PatternMatch("", "")
    assert either.find("hen") is None


def test_many_patterns_that_say_the_same_are_each_found_in_their_order():
    many = [Pattern(f"animal-{number}\\b|beast-{number}$", "wild") for number in range(120)]
    patterns = FirstMatch([*many, Pattern("animal", "tame"), *many])
    assert {patterns.find(f"{word}-{number}").name for word in ("ANIMAL", "beast") for number in range(120)} == {"wild"}
    assert patterns.find("animal-120").name == "tame"
    assert patterns.find("beast-7 and") is None


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
