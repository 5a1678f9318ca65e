"""What is kept by day, and what days of before cannot know."""

from __future__ import annotations

from tracker.stats.dimensions import Dimension
from tracker.stats.rollups.registry import DIMENSIONS, RULES, unknown_to


def test_tabs_of_a_menu_are_not_kept_but_for_the_kinds_of_networks() -> None:
    kept = {one for one in DIMENSIONS if one.definition.more}
    assert kept == {Dimension.SOCIAL_KIND}


def test_days_by_rules_of_before_do_not_know_what_is_kept_since() -> None:
    assert unknown_to(4) == {"social_kind"}
    assert unknown_to(RULES) == set()
    assert unknown_to(1) <= {one.value for one in DIMENSIONS}
