"""What names count as: chains end at their last name, circles are left out, a site's own come first."""

from __future__ import annotations

import pytest

from tracker.leads.corrections.rules import Kind, Rule, Rules


def _rename(subject: str, target: str, site: str | None = None) -> Rule:
    return Rule(site, Kind.RENAME, subject, target)


def test_a_chain_ends_at_its_last_name() -> None:
    assert Rules([_rename("A", "B"), _rename("B", "C")]).names_of("one") == {"A": "C", "B": "C"}


@pytest.mark.parametrize(
    ("rules", "names"),
    [
        ([("A", "B"), ("B", "A"), ("D", "E")], {"B": "A", "D": "E"}),
        ([("A", "B"), ("B", "C"), ("C", "A")], {"B": "A", "C": "A"}),
        ([("A", "B"), ("C", "B"), ("B", "C")], {"A": "C", "B": "C"}),
    ],
)
def test_where_names_go_round_the_later_correction_holds(rules: list[tuple[str, str]], names: dict[str, str]) -> None:
    assert Rules(_rename(*one) for one in rules).names_of("one") == names


def test_a_sites_own_correction_ends_a_shared_one_the_other_way_round() -> None:
    assert Rules([_rename("B", "A", "one"), _rename("A", "B")]).names_of("one") == {"B": "A"}


def test_a_sites_own_correction_comes_before_that_of_all_sites() -> None:
    rules = Rules([_rename("A", "Own", "one"), _rename("A", "Shared")])
    assert (rules.names_of("one"), rules.names_of("two")) == ({"A": "Own"}, {"A": "Shared"})
    assert rules.concern("two")
    assert not Rules([_rename("A", "Own", "one")]).concern("two")
    assert not Rules()
